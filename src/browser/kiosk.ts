/** A screen that strangers share: it watches for the shopper who has walked away. */

import type { Caller } from "../wire/caller.js";
import type { Client } from "./client.js";
import type { Settings } from "./options.js";

const WARNING_MS = 10_000;
const TOUCHES = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

/** What `kioskScreen` of carryover/kiosk is to the client: it knows who the screen is, and clears the page when a shopper leaves. */
export interface KioskScreen {
  /** Goes along with what is sent, once the screen is registered. */
  readonly caller: Caller["kiosk"];
  /** The client is there; called once. */
  open(shop: Pick<Client, "on">, settings: Settings): void;
  close(): void;
}

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

/**
 * Calls `end` after `idleMs` without a touch, with a warning in `state` for the last ten seconds. `isAnyTouch`: whoever has only
 * looked around, or typed into a field, has left something on the page as well.
 */
export function createKiosk(idleMs: number, now: () => number, changed: () => void, end: () => void, isAnyTouch = false): Kiosk {
  let state: KioskState | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isInUse = false;
  let isTouched = false;
  const warningMs = Math.min(WARNING_MS, idleMs / 2);

  const show = (next: KioskState | undefined): void => {
    if (state === next) return;
    state = next;
    changed();
  };
  const restart = (): void => {
    clearTimeout(timer);
    timer = isInUse || isTouched ? setTimeout(warn, idleMs - warningMs) : undefined;
    show(undefined);
  };
  const touched = (): void => {
    isTouched = isAnyTouch;
    restart();
  };
  const warn = (): void => {
    show({ endsAt: now() + warningMs });
    timer = setTimeout(() => {
      isTouched = false;
      show(undefined);
      end();
    }, warningMs);
  };

  const watching = new AbortController();
  if (typeof document !== "undefined") {
    for (const touch of TOUCHES) document.addEventListener(touch, touched, { capture: true, passive: true, signal: watching.signal });
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
