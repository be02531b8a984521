/** The device at work: copy, way up, way down and the other tabs, put together. */
import { lifetimeMs } from "../model/lifetime.js";
import type { Progress } from "../wire/handoff.js";
import type { ProblemCode } from "../wire/problem.js";
import { createBrowserShelf } from "./browser-shelf.js";
import { type Clock, createClock } from "./clock.js";
import { type Copy, createCopy } from "./copy.js";
import { createEmitter, type Emitter } from "./emitter.js";
import { createGossip, type Sync } from "./gossip.js";
import { createOutbox, type Outbox } from "./outbox.js";
import type { Settings } from "./options.js";
import { createPost, type Post } from "./post.js";
import { createPuller, type Puller, type SyncState } from "./pull.js";
import { createPusher, type Pusher } from "./push.js";
import { RefusalError } from "./refusal.js";
import { createMemoryShelf, type Shelf } from "./shelf.js";
import { createTurns } from "./turns.js";
import { createVisitor, type Visitor } from "./visitor.js";

export interface Device {
  readonly settings: Settings;
  readonly shelf: Shelf;
  readonly clock: Clock;
  readonly visitor: Visitor;
  readonly copy: Copy;
  readonly post: Post;
  readonly pusher: Pusher;
  readonly puller: Puller;
  readonly outbox: Outbox;
  readonly sync: SyncState;
  /** The server was heard since this page was opened, or could not be reached, or the customer has just decided: what the copy says of the account may be believed. */
  isSure: boolean;
  /** Why the device is offline, or asks instead of following the stream. */
  readonly reason: ProblemCode | undefined;
  /** Something that a screen may show has changed. */
  readonly changed: Emitter<void>;
  /** Somebody has come to be, where nobody was. */
  readonly minted: Emitter<void>;
  readonly problems: Emitter<RefusalError>;
  readonly handoffs: Emitter<Progress>;
  /** Nothing of whoever was here is left on the device; resolves to whether the server knows. */
  readonly left: Emitter<Promise<boolean>>;
  /** Reads what was kept, and takes up the work if there is any: at the start, and when another tab has changed who this is. */
  open(): Promise<void>;
  /** There is somebody now: take up the work. */
  wake(): void;
  /** The server has taken this device in. */
  known(): void;
  /** The server has moved this device to another log. */
  moved(): void;
  /** Nothing of the customer stays; the device is nobody again. `told`: the server knows of it, or will not before long. */
  forget(told?: Promise<boolean>): Promise<void>;
  /** It is back, out of the back/forward cache. */
  resume(): Promise<void>;
  /** The page goes: what is pending is sent, and nothing is held that would keep it out of the back/forward cache. */
  rest(): void;
  close(): void;
}

/** How long a tab trusts another one to send what was done there. */
const LATE_MS = 3_000;

export function createDevice(asked: Settings): Device {
  const { storage, endpoint, site } = asked;
  const shelf = typeof storage === "object" ? storage : storage === "memory" ? createMemoryShelf() : createBrowserShelf(`carryover:${site}`);
  // A sign-out that the server has not heard of lies sealed here: until it has, the cookie is still the one who has left.
  const settings: Settings = { ...asked, cookies: () => (asked.cookies() === "include" && !shelf.names("box:")[0] ? "include" : "omit") };
  const [changed, minted, problems, handoffs, left] = [createEmitter<void>(), createEmitter<void>(), createEmitter<RefusalError>(), createEmitter<Progress>(), createEmitter<Promise<boolean>>()];
  const clock = createClock(settings.now);
  const visitor = createVisitor(settings, shelf, minted.emit);
  const copy = createCopy(settings, shelf, visitor, clock, (code) => problems.emit(new RefusalError(code)));
  const post = createPost(settings);
  const outbox = createOutbox(settings, shelf, post);
  let isClosed = false;
  let isResting = false; // a page that has gone must not take the lead from the one that comes
  let watching: ReturnType<typeof setTimeout> | undefined;
  let sync: Sync = { state: endpoint ? "offline" : "local" };

  const show = (next: Sync): void => {
    device.isSure ||= next.state === "live" || (next.state === "offline" && sync.state === "catching-up");
    if (next.state === sync.state && next.reason === sync.reason) return;
    sync = next;
    if (gossip.isLeading) gossip.tell({ sync });
    changed.emit();
  };

  /** A guest's cart is kept for its time after the last edit, and no visit prolongs that. */
  const isOutlived = (): boolean => {
    const { session } = visitor;
    return !!session && !session.customer && session.editedAt + lifetimeMs(copy.replica.view, settings.guestCartMs) < clock.now();
  };

  /** Begins with what the browser finds in time; should it find more, goes on with that. */
  const load = async (): Promise<void> => {
    await copy.load(() => isClosed || void load());
    if (isOutlived()) await device.forget();
    device.wake();
    if (copy.replica.pending.length > 0) watch(); // nobody else may have read them
  };

  const lead = (isLeading: boolean): void => {
    copy.isKeeper = isLeading;
    pusher.isActive = isLeading && !!endpoint;
    if (!isLeading) return puller.stop();
    device.wake();
  };

  /** Each tab sends what is done in it. What is still here after a while, since that tab was closed or had no network, goes up from here. */
  const watch = (ms = LATE_MS): void => {
    if (isClosed || !endpoint) return;
    watching ??= setTimeout(() => {
      watching = undefined;
      if (gossip.isLeading) pusher.kick();
      else pusher.flush().catch(() => watch(10 * LATE_MS));
    }, ms);
  };

  const gossip = createGossip(settings, shelf, visitor, copy, { lead, state: () => sync, sync: show, handoff: handoffs.emit, session: () => void device.open() });
  const parts = { settings, copy, visitor, clock, refused: (error: RefusalError) => turns.refused(error) };
  const pusher = createPusher({ ...parts, post, known: () => device.known() });
  const puller = createPuller({
    ...parts, shelf,
    show: (state, reason) => show({ state, reason }),
    restored() {
      pusher.reset(); // what was acknowledged may be gone
      return copy.doubt();
    },
    released: () => turns.released(),
    handoff(progress) {
      gossip.tell({ handoff: progress });
      handoffs.emit(progress);
    },
  });

  const device: Device = {
    isSure: !endpoint,
    settings, shelf, clock, visitor, copy, post, pusher, puller, outbox, changed, minted, problems, handoffs, left,
    get sync() {
      return visitor.session ? sync.state : "local"; // nothing to sync is no bad weather
    },
    get reason() {
      return visitor.session && sync.reason;
    },
    async open() {
      device.isSure = !endpoint;
      visitor.reload();
      pusher.reset();
      puller.stop();
      outbox.send();
      await load();
      if (visitor.session) gossip.ask();
      else turns.askWhoThisIs();
      changed.emit();
    },
    wake() {
      if (visitor.isCurrent) visitor.reload(); // by now the server may know this device, and only another tab was told
      if (!visitor.session || isClosed || isResting) return;
      gossip.join();
      pusher.kick();
      if (gossip.isLeading && endpoint && visitor.session.isKnown) puller.start();
    },
    known() {
      if (!visitor.session?.isKnown) visitor.update({ isKnown: true });
      device.wake();
    },
    moved() {
      device.known();
      gossip.tell({ session: true });
      puller.restart();
    },
    async forget(told = Promise.resolve(true)) {
      puller.stop();
      visitor.forget();
      shelf.write("held", undefined);
      if (settings.idleMs !== undefined) shelf.write("choice", undefined); // a stranger's choice is not the next one's
      pusher.reset();
      gossip.tell({ session: true });
      const forgotten = copy.forget();
      left.emit(told);
      await forgotten;
    },
    resume() {
      isResting = false;
      return device.open();
    },
    rest() {
      isResting = true;
      pusher.farewell();
      gossip.leave();
    },
    close() {
      clearTimeout(watching);
      isClosed = true; // an answer that is still on its way wakes nobody
      gossip.leave();
      outbox.close();
      puller.stop();
    },
  };
  const turns = createTurns(device, () => gossip.tell({ session: true }), () => isClosed);
  copy.on((change) => {
    if ("reset" in change) pusher.kick(); // what a restored server lacks
    if ("recorded" in change) {
      if (!gossip.isHearing) pusher.soon(change.recorded);
      watch();
    }
    changed.emit();
  });
  return device;
}
