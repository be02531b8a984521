/** Handing the cart to another screen, and taking one over: both sides' steps. */
import type { CartView } from "../model/cart-view.js";
import { misuse } from "../model/misuse.js";
import { type Mode, MODES, type OfferAnswer, type PreviewAnswer, type Progress, type Screen, type Status } from "../wire/handoff.js";
import type { Caller } from "../wire/caller.js";
import { PATHS, WIRE } from "../wire/version.js";
import type { Device } from "./device.js";
import { withoutTraces } from "./link.js";
import { callerOf } from "./post.js";
import { RefusalError } from "./refusal.js";
import { vanish } from "./session.js";

/** Where a handoff of this screen stands. */
export interface HandoffState {
  readonly role: "offering" | "receiving";
  readonly mode: Mode;
  readonly status: Status;
  /** ms since epoch. */
  readonly expiresAt: number;
  /** To be typed on the other screen: `BCDF-GHJK`. */
  readonly code?: string;
  /** To be shown as a QR code. */
  readonly url?: string;
  /** On the receiving screen: the number to find on the other. */
  readonly number?: number;
  /** On the offering screen: one of these is shown on the other. */
  readonly choices?: readonly number[];
  readonly other?: Screen;
  /** The page to go on with. */
  readonly page?: string;
  /** ms since epoch: until when a cart is `lent`; of what is `done`, until when `undo` takes it back, if it can. */
  readonly endsAt?: number | undefined;
}

/** What would come over, shown before anybody agrees. */
export interface HandoffPreview extends CartView {
  readonly mode: Mode;
  readonly from: Screen;
  readonly page?: string;
  readonly expiresAt: number;
}

/** Where a typed code is for: the name of a store or kiosk, at most 60 characters. It opens nothing elsewhere. */
export interface HandoffPlace {
  readonly place?: string | undefined;
}

/** `shop.handoff`. Each call rejects with a RefusalError; `state.handoff` follows both sides' steps. */
export interface HandoffCommands {
  /**
   * Makes a code and a link, good for 120 seconds and one use. `url` is the page that the link opens; this page by default.
   * Signed-in customers may `lend`; for the rest they sign in on the other screen.
   *
   * @example
   * const { code, url } = await shop.handoff.offer("lend", { url: "https://shop.example/" });
   */
  offer(mode: Mode, more?: HandoffPlace & { readonly url?: string }): Promise<{ code: string; url: string; expiresAt: number }>;
  /** What would come over; consumes nothing. A typed code can be looked at five times. */
  preview(codeOrUrl: string, more?: HandoffPlace): Promise<HandoffPreview>;
  /** Takes it over. With `join` and `lend` it resolves once the other screen has approved or declined. */
  accept(codeOrUrl: string, more?: HandoffPlace): Promise<HandoffState>;
  /** The number that the other screen shows. A wrong one ends the handoff. */
  approve(number: number): Promise<HandoffState>;
  /**
   * Takes the offer back; with a code or link: declines what another screen offers. Of a cart that is lent: stops that, on
   * either side; the screen that had borrowed it forgets it at once, and tells the server as soon as it can.
   */
  cancel(codeOrUrl?: string, more?: HandoffPlace): Promise<void>;
  /**
   * Takes back what the last handoff of this screen did, as long as `state.handoff.endsAt` says. The lines of a `copy` leave the
   * screen that got them, on the word of either; what came by `take` leaves the phone, and is gone with the kiosk that was wiped;
   * after a `join` each screen has its own cart again, and what was added since stays with the one that offered. Rejects with
   * `handoff-impossible` where there is nothing to undo, or where somebody has signed in since.
   *
   * @example
   * if (shop.state.handoff?.status === "done" && shop.state.handoff.endsAt) await shop.handoff.undo();
   */
  undo(): Promise<HandoffState>;
}

const TRIES = 3;
const POLL_MS = 700;
const MARK = "#carryover=";

export interface Handoff {
  readonly state: HandoffState | undefined;
  readonly commands: HandoffCommands;
  /** The visit is over; the next shopper sees nothing of it. */
  clear(): void;
  /** Waits for nothing any more. */
  close(): void;
}

export function createHandoff(device: Device): Handoff {
  const { settings, visitor, pusher, post } = device;
  let state: HandoffState | undefined;
  let received: { readonly key: string } & HandoffPlace = { key: "" };
  let expiry: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  const become = (next: HandoffState | undefined): void => {
    state = next && Object.freeze(next);
    clearTimeout(expiry);
    if (state && !isClosed) {
      const { endsAt, ...rest } = state;
      const late = { ...rest, status: endsAt ? "done" as const : "expired" as const };
      if (endsAt || !isOver(state)) expiry = setTimeout(() => (isBorrowing() ? stop() : become(late)), Math.max(0, (endsAt ?? state.expiresAt) - device.clock.now()));
    }
    device.changed.emit();
  };

  /** Another's cart is on this screen. */
  const isBorrowing = (): boolean => state?.status === "lent" && state.role === "receiving";

  /** What was borrowed leaves this screen first; the server ends it by itself, should it not be told. */
  const stop = (): void => {
    const { session } = visitor;
    if (session) void vanish(device, session);
  };

  /** A handoff needs somebody on both sides, and both sides listening. */
  const caller = (): Caller => {
    const { credential } = visitor.mint();
    device.wake();
    return callerOf(settings, credential);
  };

  /** By what the server knows the handoff that this screen receives; its own offer it knows by the credential. */
  const ofHere = (): typeof received | undefined => (state?.role === "receiving" ? received : undefined);

  /** What this screen offers goes on, with what is known by now. */
  const goOn = (progress: Progress): void => become({ ...(state?.role === "offering" && state), endsAt: undefined, role: "offering", ...progress });

  device.handoffs.on((progress: Progress) => {
    // A stream that starts tells again how the last handoff ended; who has put that away need not see it twice.
    if (isOver(progress) && (state?.role !== "offering" || state.status === progress.status)) return;
    goOn(progress);
    // Taken along: this screen has nothing of it any more, and the server has already let it go.
    if (progress.status === "done" && progress.mode === "take") void device.forget();
  });

  // Given back or taken along, whether or not this screen was told so: who was here is not here any more.
  device.changed.on(() => {
    if (!state || visitor.session || isOver(state)) return;
    const { role, mode, expiresAt } = state;
    become({ role, mode, expiresAt, status: isBorrowing() || mode === "take" ? "done" : "declined" });
  });

  /** An answer may be lost: the same request again by the same device is the same handoff. */
  const acceptOnce = async (tries = TRIES): Promise<Progress> => {
    try {
      return await post<Progress>(PATHS.accept, { ...caller(), ...received });
    } catch (error) {
      if (tries <= 1 || (error as RefusalError).code !== "unreachable") throw error;
      return acceptOnce(tries - 1);
    }
  };

  const awaited = async (): Promise<void> => {
    while (!isClosed && state?.status === "to-approve" && state.role === "receiving") {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const progress = await post<Progress>(PATHS.progress, { ...caller(), ...received }).catch(() => undefined);
      if (progress !== undefined && progress.status !== state?.status) become({ role: "receiving", ...progress });
    }
  };

  const commands: HandoffCommands = {
    async offer(mode, { url, place } = {}) {
      if (!MODES.includes(mode)) misuse("handoff.offer(mode)", mode, `one of ${MODES.join(", ")}`);
      const page = url ?? (typeof location === "undefined" ? undefined : location.href);
      if (page === undefined || !/^https?:\/\//.test(page)) misuse("handoff.offer(mode, { url })", page, "an absolute http(s) URL");
      const asked = { ...caller(), mode, url: withoutTraces(page), place };
      await pusher.flush();
      const { code, token, expiresAt } = await post<OfferAnswer>(PATHS.offer, asked);
      device.known();
      const offered = { code: `${code.slice(0, 4)}-${code.slice(4)}`, url: asked.url + MARK + token, expiresAt };
      become({ role: "offering", mode, status: "offered", ...offered });
      return offered;
    },
    async preview(codeOrUrl, { place } = {}) {
      const { cart, ...answer } = await post<PreviewAnswer>(PATHS.preview, { v: WIRE, site: settings.site, key: keyOf(codeOrUrl), place });
      return { ...(cart as CartView), ...answer };
    },
    async accept(codeOrUrl, { place } = {}) {
      received = { key: keyOf(codeOrUrl), place };
      const progress = await acceptOnce();
      become({ role: "receiving", ...progress });
      device.known();
      await awaited();
      if (state?.status === "done" || isBorrowing()) device.moved();
      return state ?? { role: "receiving", ...progress, status: "declined" }; // taken back while it waited
    },
    async approve(number) {
      if (!Number.isInteger(number)) misuse("handoff.approve(number)", number, "the number on the other screen");
      goOn(await post<Progress>(PATHS.approve, { ...caller(), number }));
      return state as HandoffState;
    },
    async cancel(codeOrUrl, { place } = {}) {
      if (isBorrowing() && codeOrUrl === undefined) return stop();
      const given = codeOrUrl === undefined ? ofHere() : { key: keyOf(codeOrUrl), place };
      const credential = visitor.session && visitor.fresh(visitor.session).credential; // who says no stays nobody
      if (given || (state && !isOver(state))) await post(PATHS.cancel, { v: WIRE, site: settings.site, credential, ...given });
      become(undefined);
    },
    async undo() {
      const progress = await post<Progress>(PATHS.undo, { ...caller(), ...ofHere() });
      if (state) become({ ...state, endsAt: undefined, ...progress });
      return state ?? { role: "offering", ...progress };
    },
  };

  return {
    get state() {
      return state;
    },
    commands,
    clear: () => become(undefined),
    close() {
      isClosed = true;
      clearTimeout(expiry);
    },
  };
}

function isOver({ status }: Pick<Progress, "status">): boolean {
  return ["done", "undone", "declined", "expired"].includes(status);
}

/** A code as typed, or the secret out of a link. */
function keyOf(codeOrUrl: unknown): string {
  const key = (typeof codeOrUrl === "string" && codeOrUrl.trim().split(MARK).pop()) || "";
  if (key.length < 8 || key.length > 40) throw new RefusalError("handoff-gone", "A code has eight letters.");
  return key;
}
