/** Tells a scanner that types from a shopper who does: no hand is as quick and as even. */
import { GS } from "./element-string.js";

/** A key as the keyboard tells it. */
export interface Stroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  /** Held down: keyboards repeat about as quickly as scanners type. */
  readonly repeat: boolean;
  readonly isComposing: boolean;
  /** ms, of any beginning. */
  readonly timeStamp: number;
}

export interface WedgeOptions {
  /** Between two characters at most, 35 ms by default; scanners need 1 to 20, the quickest hands 50. */
  readonly gapMs?: number;
  /** Less was typed by hand; 8 by default, the shortest barcode. */
  readonly minLength?: number;
}

export interface Wedge {
  /** `begun`: this may be the first character of a scan. A text: the scan that this key has ended. */
  stroke(stroke: Stroke): { readonly begun: boolean; readonly scan: string | undefined };
}

const ENDS = ["Enter", "Tab"];
const LONGEST = 4_096;

/** Listens to one keyboard. */
export function createWedge({ gapMs = 35, minLength = 8 }: WedgeOptions = {}): Wedge {
  let typed = "";
  let lastAt = -Infinity;
  const ended = (): string | undefined => {
    const scan = typed.length >= minLength ? typed : undefined;
    typed = "";
    return scan;
  };
  return {
    stroke(stroke) {
      if (["Shift", "Control", "CapsLock", "AltGraph"].includes(stroke.key)) return { begun: false, scan: undefined };
      const isQuick = stroke.timeStamp - lastAt <= gapMs;
      lastAt = stroke.timeStamp;
      if (!isQuick) typed = "";
      if (ENDS.includes(stroke.key) && !stroke.repeat) return { begun: false, scan: ended() };
      const character = characterOf(stroke);
      const begun = typed === "";
      typed = character === undefined || typed.length >= LONGEST ? "" : typed + character;
      return { begun: begun && typed !== "", scan: undefined };
    },
  };
}

/** Scanners send the separator of GS1 as Ctrl+] or, so configured, as F8. */
function characterOf({ key, ctrlKey, altKey, metaKey, repeat, isComposing }: Stroke): string | undefined {
  if (repeat || isComposing || metaKey) return undefined;
  if ((ctrlKey && key === "]") || key === "F8") return GS;
  const isWriting = [...key].length === 1 && (ctrlKey === altKey); // Ctrl and Alt together are AltGr
  return isWriting ? key : undefined;
}
