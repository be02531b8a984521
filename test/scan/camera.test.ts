/** The camera: what it sees is added once, and where it cannot see the shop is told why. */
// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { createClient } from "../../src/index.js";
import { CameraRefused, scanWithCamera, type Scanned } from "../../src/scan/index.js";

interface Sight {
  readonly rawValue: string;
  readonly format: string;
}

let seen: readonly Sight[] = [];
const stopTrack = vi.fn();

/** A browser with eyes, or without. */
function equip({ formats = ["ean_13", "upc_e"], camera = async () => ({ getTracks: () => [{ stop: stopTrack }] }) as unknown as MediaStream }: { formats?: readonly string[] | undefined; camera?: () => Promise<MediaStream> } = {}): HTMLVideoElement {
  vi.stubGlobal("BarcodeDetector", class {
    static getSupportedFormats = async () => formats;
    detect = async () => seen;
  });
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: camera } });
  const video = document.createElement("video");
  video.play = async () => {};
  Object.defineProperty(video, "srcObject", { writable: true, value: null }); // happy-dom has no streams
  return video;
}

afterEach(() => {
  seen = [];
  stopTrack.mockClear();
  vi.unstubAllGlobals();
});

test("a code that stays before the camera is one scan; out of sight and back it is another", async () => {
  const shop = createClient({ site: "pk", kiosk: {} });
  const heard: Scanned[] = [];
  const stop = await scanWithCamera(shop, equip(), { resolve: () => ({ sku: "RISOTTO" }), heard: (scanned) => heard.push(scanned), everyMs: 1, againMs: 40 });
  const risotto = [{ rawValue: "9506000134352", format: "ean_13" }];
  seen = risotto;
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  const before = performance.now();
  await vi.waitFor(() => expect(performance.now() - before).toBeGreaterThan(100)); // seen again and again
  expect(heard).toHaveLength(1);
  seen = [];
  const gone = performance.now();
  await vi.waitFor(() => expect(performance.now() - gone).toBeGreaterThan(60));
  seen = risotto;
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  stop();
  expect([shop.state.cart.quantity, stopTrack.mock.calls.length]).toEqual([2, 1]);
  shop.close();
});

test("the camera says which of two codes eight digits are", async () => {
  const shop = createClient({ site: "pk", kiosk: {} });
  const read = vi.fn(() => undefined);
  const stop = await scanWithCamera(shop, equip(), { resolve: read, everyMs: 1 });
  seen = [{ rawValue: "01234565", format: "ean_8" }];
  await vi.waitFor(() => expect(read).toHaveBeenCalledWith(expect.objectContaining({ gtin: "00000001234565" })));
  stop();
  shop.close();
});

test.each<[string, () => HTMLVideoElement, string]>([
  ["reads no barcodes", () => equip({ formats: [] }), "unsupported"],
  ["has no such thing", () => (equip(), vi.stubGlobal("BarcodeDetector", undefined), document.createElement("video")), "unsupported"],
  ["is told no", () => equip({ camera: () => Promise.reject(new DOMException("", "NotAllowedError")) }), "not-allowed"],
])("a browser that %s says so in a sentence", async (_, equipped, code) => {
  const shop = createClient({ site: "pk", kiosk: {} });
  const refused = await scanWithCamera(shop, equipped(), { resolve: () => undefined }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(CameraRefused);
  expect(refused).toMatchObject({ code, message: expect.stringMatching(/^\p{Lu}.*\.$/u) });
  shop.close();
});
