/** A screen that strangers share: it watches for the shopper who has walked away. */

const WARNING_MS = 10_000;
const TOUCHES = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

export interface KioskState {
  /** The visit ends then, ms since epoch, unless somebody touches the screen. */
  readonly endsAt: number;
}

export interface Kiosk {
  /** Set while the warning should be shown. */
  readonly state: KioskState | undefined;
  /** There is (or is no longer) something to forget. */
  watch(isInUse: boolean): void;
  close(): void;
}

/** Calls `end` after `idleMs` without a touch, with a warning in `state` for the last ten seconds. */
export function createKiosk(idleMs: number, now: () => number, changed: () => void, end: () => void): Kiosk {
  let state: KioskState | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isInUse = false;
  const warningMs = Math.min(WARNING_MS, idleMs / 2);

  const show = (next: KioskState | undefined): void => {
    if (state === next) return;
    state = next;
    changed();
  };
  const restart = (): void => {
    clearTimeout(timer);
    timer = isInUse ? setTimeout(warn, idleMs - warningMs) : undefined;
    show(undefined);
  };
  const warn = (): void => {
    show({ endsAt: now() + warningMs });
    timer = setTimeout(() => {
      show(undefined);
      end();
    }, warningMs);
  };

  const watching = new AbortController();
  if (typeof document !== "undefined") {
    for (const touch of TOUCHES) document.addEventListener(touch, restart, { capture: true, passive: true, signal: watching.signal });
  }
  return {
    get state() {
      return state;
    },
    watch(next) {
      if (next === isInUse) return;
      isInUse = next;
      restart();
    },
    close() {
      clearTimeout(timer);
      watching.abort();
    },
  };
}
