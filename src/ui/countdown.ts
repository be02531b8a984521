/** How long a code is still good for. */
import { fill } from "./language.js";
import { make, say } from "./make.js";

/** A code is never good for longer; a clock that says otherwise is wrong. */
const MOST_MS = 120_000;
const SOON_MS = 30_000;

export interface CountdownTexts {
  readonly left: string;
  /** Told once when little is left. */
  readonly soon?: string;
}

export interface Countdown {
  readonly element: HTMLElement;
  stop(): void;
}

/**
 * Counts on the screen's own steady clock: `expiresAt` is the server's, and a till whose clock is wrong would show
 * nonsense. That the code has really ended is told by the client.
 */
export function startCountdown(expiresAt: number, { left: words, soon }: CountdownTexts, announce?: (words: string) => void, mostMs = MOST_MS): Countdown {
  const said = expiresAt - Date.now();
  const leftMs = said > 0 && said <= mostMs ? said : mostMs;
  const began = performance.now();
  const element = make("small", { part: "time", role: "timer" });
  let isTold = leftMs <= SOON_MS;
  const tick = (): void => {
    const left = Math.max(0, leftMs - (performance.now() - began));
    say(element, fill(words, { time: clockOf(left) }));
    if (left > SOON_MS || isTold) return;
    isTold = true;
    if (soon !== undefined) announce?.(soon);
  };
  const timer = setInterval(tick, 1_000);
  tick();
  return { element, stop: () => clearInterval(timer) };
}

function clockOf(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
