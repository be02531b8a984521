/** An open stream on its way through a network: in pieces, held back, gone silent, or torn off in the middle of a word. */
import type { Chance } from "./chance.js";

export interface Hose {
  readonly body: ReadableStream<Uint8Array>;
  /** Resolves when it is over, in whatever way. */
  readonly ended: Promise<void>;
  /** The line breaks; or the page has let go of it. */
  burst(): void;
  /** The next thing that is said breaks off in the middle, and the line with it. */
  tear(): void;
  /** Stays open, and nothing comes through any more. */
  silence(): void;
  /** A proxy holds back everything, until `release`. */
  hold(): void;
  release(): void;
}

/**
 * `told` hears what comes out at the page's end, and undefined first of all. A page that has asked for a whole answer
 * (`isWhole`) is told nothing by one that breaks off.
 */
export function createHose(source: ReadableStream<Uint8Array>, chance: Chance, isWhole: boolean, told: (text: string | undefined) => void): Hose {
  const reader = source.getReader();
  const decoder = new TextDecoder();
  let out: ReadableStreamDefaultController<Uint8Array> | undefined;
  let state: "open" | "held" | "silent" | "tearing" = "open";
  let isOver = false;
  let finish = (): void => {};
  const ended = new Promise<void>((resolve) => (finish = resolve));
  let kept: Uint8Array[] = [];
  let unheard = "";
  told(undefined);

  /** What has gone silent stays so: no line loses a piece from the middle and goes on. */
  const become = (next: typeof state): void => {
    if (state !== "silent") state = next;
  };
  const hear = (): void => {
    told(unheard);
    unheard = "";
  };
  const pour = (bytes: Uint8Array): void => {
    if (out === undefined || bytes.length === 0) return;
    unheard += decoder.decode(bytes, { stream: true });
    if (!isWhole) hear();
    out.enqueue(bytes);
  };
  const burst = (): void => {
    out?.error(new TypeError("network error"));
    out = undefined;
    finish();
    void reader.cancel().catch(() => {});
  };
  const arrive = (bytes: Uint8Array): void => {
    const cut = chance.below(bytes.length);
    if (state === "silent") return;
    if (state === "held") return void kept.push(bytes);
    pour(bytes.subarray(0, cut)); // a network knows nothing of words and lines
    if (state === "tearing") return burst();
    pour(bytes.subarray(cut));
  };
  const end = (): void => {
    isOver = true;
    if (state === "silent" || state === "held") return;
    if (out) hear();
    out?.close();
    out = undefined;
    finish();
  };
  const pump = async (): Promise<void> => {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) arrive(piece.value);
    end();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      out = controller;
      void pump().catch(burst);
    },
    cancel: burst,
  });
  return {
    body,
    ended,
    burst,
    tear: () => become("tearing"),
    silence: () => become("silent"),
    hold: () => become("held"),
    release() {
      if (state !== "held") return;
      state = "open";
      kept.splice(0).forEach(arrive);
      if (isOver) end();
    },
  };
}
