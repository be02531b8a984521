/** The device at work: copy, way up, way down and the other tabs, put together. */
import type { Event } from "../model/event.js";
import type { Snapshot } from "../model/replica.js";
import type { EntryFrame } from "../wire/pull.js";
import { decodeEntry, encodeEntry } from "../wire/pull.js";
import type { Progress } from "../wire/handoff.js";
import { createBrowserShelf } from "./browser-shelf.js";
import { type Clock, createClock } from "./clock.js";
import { type Change, type Copy, createCopy } from "./copy.js";
import { createEmitter, type Emitter } from "./emitter.js";
import { createOutbox, type Outbox } from "./outbox.js";
import type { Settings } from "./options.js";
import { createPost, type Post } from "./post.js";
import { createPuller, type Puller, type SyncState } from "./pull.js";
import { createPusher, type Pusher } from "./push.js";
import { RefusalError } from "./refusal.js";
import { createMemoryShelf, type Shelf } from "./shelf.js";
import { createTabs, type Tabs } from "./tabs.js";
import { createVisitor, deviceOf, type Visitor } from "./visitor.js";

/** What tabs tell each other. Each names the device, since a tab may lag behind a sign-out. */
type Message = { readonly device: string } & (
  | { readonly kind: "recorded"; readonly event: Event }
  | { readonly kind: "received"; readonly frames: readonly EntryFrame[] }
  | { readonly kind: "reset"; readonly snapshot: Snapshot; readonly epoch: string; readonly included: readonly string[] }
  | { readonly kind: "dropped"; readonly id: string }
  | { readonly kind: "sync"; readonly state: SyncState }
  | { readonly kind: "handoff"; readonly progress: Progress }
  /** A tab stands at this seq and lacks what came after. */
  | { readonly kind: "behind"; readonly seq: number }
  /** Somebody signed in or out, or the cart was forgotten. */
  | { readonly kind: "session" }
);

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
  /** Something that a screen may show has changed. */
  readonly changed: Emitter<void>;
  readonly problems: Emitter<RefusalError>;
  readonly handoffs: Emitter<Progress>;
  /** Reads what was kept, and takes up the work if there is any. */
  open(): Promise<void>;
  /** There is somebody now: take up the work. */
  wake(): void;
  /** The server has taken this device in. */
  known(): void;
  /** The server has moved this device to another log. */
  moved(): void;
  /** Nothing of the customer stays; the device is nobody again. */
  forget(): Promise<void>;
  /** The page goes to sleep or to the back/forward cache. */
  rest(): void;
  /** It is back: other tabs may have gone on without it. */
  resume(): Promise<void>;
  close(): void;
}

export function createDevice(settings: Settings): Device {
  const { storage, endpoint } = settings;
  const shelf = storage === "memory" ? createMemoryShelf() : storage === "browser" ? createBrowserShelf(`carryover:${settings.site}`) : storage;
  const changed = createEmitter<void>();
  const problems = createEmitter<RefusalError>();
  const handoffs = createEmitter<Progress>();
  const clock = createClock(settings.now);
  const visitor = createVisitor(settings, shelf);
  const copy = createCopy(settings, shelf, visitor, clock, (code) => problems.emit(new RefusalError(code)));
  const post = createPost(settings);
  const outbox = createOutbox(settings, shelf, post);
  let sync: SyncState = endpoint === undefined ? "local" : "offline";

  const show = (state: SyncState): void => {
    if (state === sync) return;
    sync = state;
    if (tabs.isLeading) tell({ kind: "sync", state });
    changed.emit();
  };
  const refused = (error: RefusalError): void => {
    problems.emit(error);
    if (error.code === "device-revoked" || error.code === "credential-unknown") void startOver(error.code === "credential-unknown");
  };
  const heardOf = (progress: Progress): void => {
    if (tabs.isLeading) tell({ kind: "handoff", progress });
    handoffs.emit(progress);
  };
  const parts = { settings, copy, visitor, clock, refused };
  const pusher = createPusher({ ...parts, post, known: () => startPulling() });
  const puller = createPuller({ ...parts, show, handoff: heardOf });
  const tabs: Tabs<Message> = createTabs(settings, shelf, { hear, lead: () => setLeading(true), follow: () => setLeading(false) });

  type Told<M> = M extends unknown ? Omit<M, "device"> : never;
  function tell(message: Told<Message>): void {
    if (visitor.session !== undefined) tabs.tell({ ...message, device: deviceOf(visitor.session) } as Message);
    else tabs.tell({ ...message, device: "" } as Message);
  }

  function startPulling(): void {
    if (tabs.isLeading && endpoint !== undefined && visitor.session?.isKnown) puller.start();
  }

  function setLeading(leads: boolean): void {
    copy.isKeeper = leads;
    pusher.isActive = leads && endpoint !== undefined;
    if (leads) startPulling();
    else puller.stop();
  }

  /** The server does not know us any more. A guest's cart is worth keeping; whoever was signed in signs in again. */
  async function startOver(mayKeep: boolean): Promise<void> {
    const { view } = copy.replica;
    const isGuest = visitor.session?.customer === undefined;
    await device.forget();
    if (mayKeep && isGuest) copy.carry(view);
  }

  function relay(change: Change): void {
    if (change.kind === "recorded") tell(change);
    else if (change.kind === "dropped") tell(change);
    else if (tabs.isLeading && change.kind === "reset") tell(change);
    else if (tabs.isLeading && change.kind === "received" && change.entries.length > 0) tell({ kind: "received", frames: change.entries.map(encodeEntry) });
  }

  let isHearing = false;

  function hear(message: Message): void {
    if (message.kind === "session") return void rejoin();
    const { session } = visitor;
    if (session === undefined || deviceOf(session) !== message.device) {
      if (shelf.read("session") !== undefined) void rejoin();
      return;
    }
    isHearing = true;
    take(message);
    isHearing = false;
  }

  function take(message: Message): void {
    if (message.kind === "recorded") {
      copy.adopt(message.event);
      pusher.kick();
    } else if (message.kind === "dropped") copy.drop(message.id);
    else if (message.kind === "behind") answerBehind(message.seq);
    else if (tabs.isLeading) return;
    else if (message.kind === "received") {
      if (!copy.receive(message.frames.map(decodeEntry))) tell({ kind: "behind", seq: copy.replica.seq });
    } else if (message.kind === "reset") copy.reset(message.snapshot, message.epoch, message.included);
    else if (message.kind === "sync") show(message.state);
    else if (message.kind === "handoff") handoffs.emit(message.progress);
  }

  function answerBehind(seq: number): void {
    const { log, hash, confirmed, seq: here } = copy.replica;
    if (!tabs.isLeading) return;
    tell({ kind: "sync", state: sync });
    if (log !== undefined && here > seq) tell({ kind: "reset", snapshot: { log, seq: here, hash, state: confirmed }, epoch: copy.epoch, included: copy.recent() });
  }

  /** Another tab has changed who this device is. */
  async function rejoin(): Promise<void> {
    visitor.reload();
    pusher.reset();
    copy.restart();
    await copy.load();
    device.wake();
    if (visitor.session === undefined) puller.stop();
    else if (tabs.isLeading) puller.restart();
    changed.emit();
  }

  copy.on((change) => {
    if (!isHearing) relay(change);
    if (change.kind === "recorded") pusher.kick();
    changed.emit();
  });

  const device: Device = {
    settings, shelf, clock, visitor, copy, post, pusher, puller, outbox, changed, problems, handoffs,
    get sync() {
      return visitor.session === undefined ? "local" : sync; // nothing to sync is no bad weather
    },
    async open() {
      outbox.send();
      if (visitor.session === undefined) return;
      await copy.load().catch(() => problems.emit(new RefusalError("storage-refused")));
      device.wake();
    },
    wake() {
      if (visitor.session === undefined) return;
      tabs.join();
      if (!tabs.isLeading) tell({ kind: "behind", seq: copy.replica.seq });
    },
    known() {
      if (!visitor.session?.isKnown) visitor.update({ isKnown: true });
      startPulling();
    },
    moved() {
      device.known();
      tell({ kind: "session" });
      puller.restart();
    },
    async forget() {
      puller.stop();
      visitor.forget();
      pusher.reset();
      const cleared = copy.forget();
      tell({ kind: "session" });
      await cleared;
    },
    rest() {
      pusher.farewell();
      tabs.leave();
    },
    resume: () => rejoin(),
    close() {
      tabs.leave();
      outbox.close();
      puller.stop();
      pusher.isActive = false;
    },
  };
  return device;
}
