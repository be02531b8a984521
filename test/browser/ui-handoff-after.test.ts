/** `<carryover-handoff>` after the handoff: a cart that is lent, a copy that can be taken back; and what is compared and scanned before. */
// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import type { HandoffPreview, HandoffState } from "../../src/browser/handoff.js";
import { RefusalError } from "../../src/browser/refusal.js";
import { defineScreens, type HandoffElement } from "../../src/ui/index.js";
import { playClient, press, put, rootOf, settle, textOf } from "./ui-stage.js";

defineScreens(playClient().client);

const expiresAt = Date.now() + 120_000;
const offered = { role: "offering", status: "offered", expiresAt, code: "BCDF-GHJK", url: "https://shop.example/#carryover=secret" } as const;
const line = { options: {}, details: {}, fields: {}, added: [] };
const preview: HandoffPreview = {
  mode: "take", from: { channel: "kiosk", name: "Kiosk 3" }, expiresAt, coupons: [], quantity: 3, kept: false,
  lines: [{ ...line, line: "a", sku: "SCHOEN-42", quantity: 1 }, { ...line, line: "b", sku: "BOEK-1", quantity: 2 }],
};

afterEach(() => vi.useRealTimers());

/** A screen that offers its cart, with the code on it. */
async function offering(mode: HandoffState["mode"]) {
  const played = playClient();
  played.handoff.offer.mockImplementation(async () => played.become({ handoff: { ...offered, mode } }));
  const element = await put<HandoffElement>("carryover-handoff", played.client, { mode });
  element.open();
  await settle();
  return { ...played, element };
}

const lent = { role: "offering", mode: "lend", status: "lent", expiresAt, endsAt: Date.now() + 600_000, other: { channel: "kiosk", name: "Kiosk 3" } } as const satisfies HandoffState;

test("a kiosk that its store has registered is named with the store, in the sentence that asks whether to trust it", async () => {
  const { element, become } = await offering("lend");
  become({ handoff: { ...lent, other: { channel: "kiosk", name: "Kiosk 3", store: "GENT" } } });
  expect(textOf(element)).toContain("Het andere scherm (Kiosk 3, GENT) werkt nu in jouw mandje.");
});

test("whoever has lent their cart sees it as long as it lasts, after the panel was closed as well, and can stop it", async () => {
  const { element, become, handoff } = await offering("lend");
  become({ handoff: lent });
  expect(textOf(element)).toContain("Het andere scherm (Kiosk 3) werkt nu in jouw mandje.");
  await press(element, "Sluiten");
  expect(handoff.cancel).not.toHaveBeenCalled();
  expect(rootOf(element).querySelector("[part=bar] [role=timer]")?.textContent).toMatch(/^Nog (10:00|9:5\d)$/);
  await press(element, "Stoppen");
  expect(handoff.cancel).toHaveBeenCalledOnce();
  expect(textOf(element)).toContain("Klaar. Het andere scherm is leeg. Je mandje staat hier.");
  await press(element, "Sluiten");
  expect(rootOf(element).querySelector("[part=bar]")).toBeNull();
});

test("the kiosk that has borrowed says so, ends it by one button, and says goodbye for ten seconds", async () => {
  vi.useFakeTimers();
  const { client, become, handoff } = playClient();
  const element = await put<HandoffElement>("carryover-handoff", client, { size: "kiosk" });
  const borrowed: HandoffState = { role: "receiving", mode: "lend", status: "lent", expiresAt, endsAt: lent.endsAt };
  become({ handoff: borrowed });
  expect(textOf(element)).toContain("Je werkt hier in het mandje van je telefoon.");
  await press(element, "Klaar, wis dit scherm");
  expect(handoff.cancel).toHaveBeenCalledOnce();
  expect(textOf(element)).toContain("Dit scherm is leeg. Je mandje staat op je telefoon.");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(rootOf(element).querySelector("[part=bar]")).toBeNull();
});

test("whoever has lent their cart is told when the other screen ends it", async () => {
  const { client, become } = playClient({ handoff: lent });
  const element = await put<HandoffElement>("carryover-handoff", client, { mode: "lend", lang: "en" });
  expect(textOf(element)).toContain("The other screen (Kiosk 3) works in your cart now.");
  become({ handoff: { ...lent, status: "done", endsAt: undefined } });
  expect(textOf(element)).toContain("Done. The other screen is empty. Your cart is here.");
  element.lang = "nl";
  expect(textOf(element)).toContain("Klaar. Het andere scherm is leeg.");
});

test("a copy can be taken back for ten minutes, from the panel or from the page", async () => {
  const { element, become, handoff } = await offering("copy");
  const done: HandoffState = { ...offered, mode: "copy", status: "done", endsAt: Date.now() + 600_000 };
  become({ handoff: done });
  expect(textOf(element)).toContain("Gelukt. Je mandje staat nu ook op het andere scherm.");
  handoff.undo.mockRejectedValueOnce(new RefusalError("unreachable")).mockImplementation(async () => become({ handoff: { ...done, status: "undone", endsAt: undefined } }));
  await press(element, "Ongedaan maken");
  expect(textOf(element)).toContain("Je bent offline.");
  await press(element, "Ongedaan maken");
  expect(textOf(element)).toContain("Teruggenomen. Het andere scherm heeft weer zijn eigen mandje.");
  expect(handoff.cancel).not.toHaveBeenCalled();
});

test("where a cart is here already, what comes is compared with it: what is new, what gets more, and how much there is then", async () => {
  const own = { lines: [{ ...line, line: "b", sku: "BOEK-1", quantity: 1 }, { ...line, line: "c", sku: "SOK-1", quantity: 4 }], coupons: [], quantity: 5, kept: false };
  const played = playClient({ cart: own });
  played.handoff.preview.mockResolvedValue(preview);
  const element = await put<HandoffElement>("carryover-handoff", played.client, { accept: "BCDF-GHJK" });
  await settle();
  expect([...rootOf(element).querySelectorAll("li [part=note]")].map((note) => note.textContent)).toEqual(["nieuw", "je had 1, straks 3"]);
  expect(textOf(element)).toContain("Straks liggen er 8 in je mandje.");
});

test("a camera is offered where the browser can read codes, goes on only when asked, and off as soon as it has read one", async () => {
  const stop = vi.fn();
  const getUserMedia = vi.fn(async () => ({ getTracks: () => [{ stop }] }));
  const seen: { rawValue: string }[][] = [[], [{ rawValue: "https://other.example/" }], [{ rawValue: "https://shop.example/#carryover=secret" }]];
  const detect = vi.fn(async () => seen.shift() ?? []);
  vi.stubGlobal("BarcodeDetector", class { detect = detect; });
  vi.stubGlobal("navigator", { ...navigator, mediaDevices: { getUserMedia } });
  try {
    const { client, handoff } = playClient();
    handoff.preview.mockResolvedValue(preview);
    const element = await put<HandoffElement>("carryover-handoff", client, { accept: "" });
    Object.defineProperty(HTMLVideoElement.prototype, "play", { configurable: true, value: async () => {} });
    Object.defineProperty(HTMLVideoElement.prototype, "srcObject", { configurable: true, writable: true, value: null });
    await press(element, "Mandje ophalen met een code");
    expect(getUserMedia).not.toHaveBeenCalled();
    await press(element, "Scan met de camera");
    await vi.waitFor(() => expect(textOf(element)).toContain("Dit mandje meenemen?"));
    expect(handoff.preview).toHaveBeenCalledExactlyOnceWith("https://shop.example/#carryover=secret");
    expect(stop).toHaveBeenCalled();
    await press(element, "Niet doen");
    getUserMedia.mockRejectedValueOnce(new DOMException("no", "NotAllowedError"));
    await press(element, "Mandje ophalen met een code");
    await press(element, "Scan met de camera");
    expect(textOf(element)).toContain("De camera lukt niet. Typ de code van het andere scherm.");
  } finally {
    vi.unstubAllGlobals();
  }
});

test("a code that is for one place says so on both screens", async () => {
  const giving = playClient();
  const element = await put<HandoffElement>("carryover-handoff", giving.client, { mode: "take", place: "Kiosk 3", url: "https://shop.example/" });
  element.open();
  await settle();
  expect(giving.handoff.offer).toHaveBeenCalledWith("take", { url: "https://shop.example/", place: "Kiosk 3" });
  element.remove();
  const receiving = playClient();
  receiving.handoff.preview.mockResolvedValue(preview);
  receiving.handoff.accept.mockResolvedValue({ role: "receiving", mode: "take", status: "done", expiresAt });
  const other = await put<HandoffElement>("carryover-handoff", receiving.client, { accept: "BCDF-GHJK", place: "Kiosk 3" });
  await settle();
  await press(other, "Meenemen");
  for (const call of [receiving.handoff.preview, receiving.handoff.accept]) expect(call).toHaveBeenCalledWith("BCDF-GHJK", { place: "Kiosk 3" });
});
