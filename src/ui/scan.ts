/** Reads a code with the camera, where the browser can: only after a press of a button, and not a moment longer than needed. */
import { make } from "./make.js";

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorClass = new (options: { readonly formats: readonly string[] }) => Detector;

export interface Scan {
  readonly element: HTMLElement;
  /** Takes the camera's light away. */
  stop(): void;
}

const EVERY_MS = 150;
/** What the address of a handoff carries behind it. */
export const MARK = "#carryover=";

const detectorClass = (): DetectorClass | undefined => (globalThis as { readonly BarcodeDetector?: DetectorClass }).BarcodeDetector;

/** Where it cannot, nobody is offered it: the code is typed. */
export function mayScan(): boolean {
  return detectorClass() !== undefined && typeof navigator.mediaDevices?.getUserMedia === "function";
}

/** Asks for the camera and looks until a code of ours is before it. Rejects when there is none, or it is refused. */
export async function startScan(found: (link: string) => void): Promise<Scan> {
  const camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const video = make("video", { part: "camera", playsinline: true, muted: true, "aria-hidden": "true" });
  video.muted = true;
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    clearTimeout(timer);
    for (const track of camera.getTracks()) track.stop();
    video.srcObject = null;
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const detector = new (detectorClass() as DetectorClass)({ formats: ["qr_code"] });
  const look = async (): Promise<void> => {
    const seen = await detector.detect(video).catch(() => []); // before the first picture has come
    const link = seen.find(({ rawValue }) => rawValue.includes(MARK))?.rawValue;
    if (isOver) return;
    if (link !== undefined) return found(link);
    timer = setTimeout(() => void look(), EVERY_MS);
  };
  video.srcObject = camera;
  await video.play().catch(() => {}); // a browser that plays nothing yet plays once it is shown
  void look();
  return { element: video, stop };
}
