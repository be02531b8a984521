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
}

/** What would come over, shown before anybody agrees. */
export interface HandoffPreview extends CartView {
  readonly mode: Mode;
  readonly from: Screen;
  readonly page?: string;
  readonly expiresAt: number;
}

/** `shop.handoff`. Each call rejects with a RefusalError; `state.handoff` follows both sides' steps. */
export interface HandoffCommands {
  /** Makes a code and a link, good for 120 seconds and one use. `url` is the page that the link opens; this page by default. */
  offer(mode: Mode, more?: { readonly url?: string }): Promise<{ code: string; url: string; expiresAt: number }>;
  /** What would come over; consumes nothing. */
  preview(codeOrUrl: string): Promise<HandoffPreview>;
  /** Takes it over. With `join` it resolves once the other screen has approved or declined. */
  accept(codeOrUrl: string): Promise<HandoffState>;
  /** The number that the other screen shows. A wrong one ends the handoff. */
  approve(number: number): Promise<HandoffState>;
  /** Takes the offer back; with a code or link: declines what another screen offers. */
  cancel(codeOrUrl?: string): Promise<void>;
}

const TRIES = 3;
const POLL_MS = 700;
const MARK = "#carryover=";

export interface Handoff {
  readonly state: HandoffState | undefined;
  readonly commands: HandoffCommands;
  /** The visit is over; the next shopper sees nothing of it. */
  clear(): void;
}

export function createHandoff(device: Device): Handoff {
  const { settings, visitor, pusher, post } = device;
  let state: HandoffState | undefined;
  let key: string | undefined;
  let expiry: ReturnType<typeof setTimeout> | undefined;

  const become = (next: HandoffState | undefined): void => {
    state = next && Object.freeze(next);
    clearTimeout(expiry);
    if (state !== undefined && !isOver(state)) {
      expiry = setTimeout(() => state && become({ ...state, status: "expired" }), Math.max(0, state.expiresAt - device.clock.now()));
    }
    device.changed.emit();
  };

  /** A handoff needs somebody on both sides, and both sides listening. */
  const caller = (): Caller => {
    const { credential } = visitor.mint();
    device.wake();
    return callerOf(settings, credential);
  };

  /** What this screen offers goes on, with what is known by now. */
  const goOn = (progress: Progress): void => become({ ...(state?.role === "offering" && state), role: "offering", ...progress });

  device.handoffs.on((progress: Progress) => {
    // A stream that starts tells again how the last handoff ended; who has put that away need not see it twice.
    if (isOver(progress) && (state === undefined || isOver(state))) return;
    goOn(progress);
    // Taken along: this screen has nothing of it any more, and the server has already let it go.
    if (progress.status === "done" && progress.mode === "take") void device.forget();
  });

  /** An answer may be lost: the same request again by the same device is the same handoff. */
  const acceptOnce = async (tries = TRIES): Promise<Progress> => {
    try {
      return await post<Progress>(PATHS.accept, { ...caller(), key });
    } catch (error) {
      if (tries <= 1 || (error as RefusalError).code !== "unreachable") throw error;
      return acceptOnce(tries - 1);
    }
  };

  const awaited = async (): Promise<void> => {
    while (state?.status === "to-approve" && state.role === "receiving") {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const progress = await post<Progress>(PATHS.progress, { ...caller(), key }).catch(() => undefined);
      if (progress !== undefined && progress.status !== state?.status) become({ role: "receiving", ...progress });
    }
  };

  const commands: HandoffCommands = {
    async offer(mode, { url } = {}) {
      if (!MODES.includes(mode)) misuse("handoff.offer(mode)", mode, `one of ${MODES.join(", ")}`);
      const page = url ?? (typeof location === "undefined" ? undefined : location.href);
      if (page === undefined || !/^https?:\/\//.test(page)) misuse("handoff.offer(mode, { url })", page, "an absolute http(s) URL");
      const asked = { ...caller(), mode, url: withoutTraces(page) };
      await pusher.flush();
      const { code, token, expiresAt } = await post<OfferAnswer>(PATHS.offer, asked);
      device.known();
      const offered = { code: `${code.slice(0, 4)}-${code.slice(4)}`, url: asked.url + MARK + token, expiresAt };
      become({ role: "offering", mode, status: "offered", ...offered });
      return offered;
    },
    async preview(codeOrUrl) {
      const { cart, ...answer } = await post<PreviewAnswer>(PATHS.preview, { v: WIRE, site: settings.site, key: keyOf(codeOrUrl) });
      return { ...(cart as CartView), ...answer };
    },
    async accept(codeOrUrl) {
      key = keyOf(codeOrUrl);
      const progress = await acceptOnce();
      become({ role: "receiving", ...progress });
      device.known();
      await awaited();
      if (state?.status === "done") device.moved();
      return state ?? { role: "receiving", ...progress, status: "declined" }; // taken back while it waited
    },
    async approve(number) {
      if (!Number.isInteger(number)) misuse("handoff.approve(number)", number, "the number on the other screen");
      goOn(await post<Progress>(PATHS.approve, { ...caller(), number }));
      return state as HandoffState;
    },
    async cancel(codeOrUrl) {
      const received = codeOrUrl === undefined ? (state?.role === "receiving" ? key : undefined) : keyOf(codeOrUrl);
      const credential = visitor.session && visitor.fresh(visitor.session).credential; // who says no stays nobody
      if (received || (state && !isOver(state))) await post(PATHS.cancel, { v: WIRE, site: settings.site, credential, key: received });
      become(undefined);
    },
  };

  return {
    get state() {
      return state;
    },
    commands,
    clear: () => become(undefined),
  };
}

function isOver({ status }: Pick<Progress, "status">): boolean {
  return ["done", "declined", "expired"].includes(status);
}

/** A code as typed, or the secret out of a link. */
function keyOf(codeOrUrl: unknown): string {
  const key = (typeof codeOrUrl === "string" && codeOrUrl.trim().split(MARK).pop()) || "";
  if (key.length < 8 || key.length > 40) throw new RefusalError("handoff-gone", "A code has eight letters.");
  return key;
}
