/** Barcodes by camera, where the browser can read them itself. */
import { createTill, type ScanOptions, type Shop } from "./adding.js";
import type { BarcodeFormat } from "./barcode.js";

/** As for every scan; `againMs`: the same code counts again when it has been out of sight for so long, 1 500 ms by default. */
export interface CameraOptions extends ScanOptions {
  readonly againMs?: number;
  /** How often a picture is looked at, every 100 ms by default. */
  readonly everyMs?: number;
}

/** Why there is no scanning by camera here: `unsupported` by the browser, no camera or not `allowed`. Offer the code to be typed. */
export class CameraRefused extends Error {
  readonly code: "unsupported" | "not-allowed";

  constructor(code: CameraRefused["code"], message: string) {
    super(message);
    this.name = "CameraRefused";
    this.code = code;
  }
}

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string; readonly format: string }[]>;
}

/** https://wicg.github.io/shape-detection-api: in Chromium on Android, ChromeOS and macOS; in no Firefox and no Safari. */
interface DetectorClass {
  new (options: { readonly formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "itf", "code_128", "data_matrix", "qr_code"];

/**
 * Shows the camera in `video` and adds what it sees. Resolves to the function that stops it and lets go of the camera; rejects
 * with a CameraRefused where the browser reads no barcodes or the shopper allows no camera.
 *
 * @example
 * const stop = await scanWithCamera(shop, video, { resolve: ({ gtin }) => catalogue.get(gtin) });
 */
export async function scanWithCamera(shop: Shop, video: HTMLVideoElement, options: CameraOptions): Promise<() => void> {
  const detector = await createDetector();
  const stream = await openCamera();
  const till = createTill(shop, options);
  const sight = createSight(options.againMs);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  const look = async (): Promise<void> => {
    const seen = await detector.detect(video).catch(() => []); // no picture yet
    if (isStopped) return;
    for (const { rawValue, format } of seen) if (sight.isNew(rawValue)) till.scan(rawValue, format as BarcodeFormat);
    timer = setTimeout(() => void look(), options.everyMs ?? 100);
  };
  video.srcObject = stream;
  await video.play().catch(() => {}); // stopped before it began
  void look();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    till.close();
  };
}

async function createDetector(): Promise<Detector> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  const supported = (await BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
  const formats = FORMATS.filter((format) => supported.includes(format));
  if (BarcodeDetector === undefined || formats.length === 0) throw new CameraRefused("unsupported", "This browser reads no barcodes by camera.");
  return new BarcodeDetector({ formats });
}

async function openCamera(): Promise<MediaStream> {
  if (navigator.mediaDevices === undefined) throw new CameraRefused("unsupported", "A page reaches the camera over HTTPS only.");
  return navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).catch((error: Error) => {
    throw new CameraRefused("not-allowed", `The camera cannot be used: ${error.name}.`);
  });
}

/** A code that stays before the camera is one scan, however many pictures show it. */
function createSight(againMs = 1_500): { isNew(text: string): boolean } {
  const seenAt = new Map<string, number>();
  return {
    isNew(text) {
      const now = performance.now();
      const isNew = now - (seenAt.get(text) ?? -Infinity) > againMs;
      if (seenAt.size > 100) seenAt.clear();
      seenAt.set(text, now);
      return isNew;
    },
  };
}
