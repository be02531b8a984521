/** `createClient`: one cart, one set of choices, on every screen. */
import { type CartCommands, cartCommands, type Gesture } from "../model/cart-commands.js";
import { type CartView, viewCart } from "../model/cart-view.js";
import { emptyCart } from "../model/cart.js";
import type { ProblemCode } from "../wire/problem.js";
import { type ConsentCommands, consentCommands } from "./consent.js";
import { createDevice } from "./device.js";
import { type ListedDevice, listDevices, signOutDevice } from "./devices.js";
import { createEmitter, fromNow } from "./emitter.js";
import { followSource } from "./following.js";
import { type ConsentState, createGate, type DecisionContext, type Who } from "./gate.js";
import { createHandoff, type HandoffCommands, type HandoffState } from "./handoff.js";
import { createKiosk, type KioskState } from "./kiosk.js";
import { createNotices } from "./notice.js";
import { createObserver } from "./observe.js";
import { type ClientOptions, readOptions } from "./options.js";
import { listenToPage } from "./page.js";
import type { SyncState } from "./pull.js";
import { RefusalError } from "./refusal.js";
import { type Merge, type SignedIn, signIn, signOut, unlink, type UnlinkOptions, vanish } from "./session.js";
import { settled } from "./settled.js";
import { deviceOf } from "./visitor.js";

/** What a shop shows. Frozen; a new object only when something changed. */
export interface ClientState {
  readonly cart: CartView;
  readonly consent: ConsentState;
  readonly customer: { readonly isSignedIn: boolean; readonly id?: string | undefined };
  /** `reason`: why the device is offline, or `stream-held-back` where it has to ask instead of following the stream. */
  readonly sync: { readonly state: SyncState; readonly reason?: ProblemCode | undefined };
  readonly handoff?: HandoffState | undefined;
  /** On a kiosk, while nobody has touched it for a while. */
  readonly kiosk?: KioskState | undefined;
}

/** One device of a shop: what it shows and what a shopper can do on it. */
export interface Client {
  /** The local copy is loaded. Never waits for the network, never rejects. */
  readonly ready: Promise<void>;
  readonly state: ClientState;
  /** Calls at once, then after each change; returns the function that stops it. */
  subscribe(listener: (state: ClientState) => void): () => void;
  readonly cart: CartCommands;
  readonly consent: ConsentCommands;
  /**
   * Tells the server what was observed here: `analytics` by default, for a type of the shop's own any purpose it asks for; data
   * of 2 KiB at most. False when it is not taken, since the purpose is not granted, or nothing is sent from here: then nothing
   * of it is kept, not even in memory. What is taken is sent within a second, never stored, and dropped on withdrawal.
   */
  observe(type: string, data: Readonly<Record<string, unknown>>, purpose?: string): boolean;
  /** `token`: the shop's own signed proof of who this is. Rejects with a RefusalError; the cart is then untouched. */
  signIn(token: string, more?: { readonly merge?: Merge }): Promise<SignedIn>;
  /** Resolves when nothing of the customer is left on the device. */
  signOut(): Promise<void>;
  /**
   * Takes a sign-in back, for 90 days after it: the cart that the visitor brought goes back to that device as it was, and the
   * customer keeps what is theirs. What was done while signed in stays the customer's. Rejects with `unlink-impossible` where
   * there is nothing to take back, and with `unreachable` without a network: then nothing has happened.
   *
   * @example
   * await shop.unlink({ reason: "my sister's laptop" });
   */
  unlink(options?: UnlinkOptions): Promise<void>;
  /**
   * The devices that write to this customer's cart, or to a cart that guests share; the latest heard first, 100 at most, frozen.
   * `device` is a short public name that opens nothing, `seenAt` (to the hour) and `signedInAt` are ms since epoch. Empty while
   * the server knows nobody here. Rejects with a RefusalError.
   *
   * @example
   * for (const { device, name, isThis } of await shop.devices()) if (!isThis && name === "Kiosk 3") await shop.signOutDevice(device);
   */
  devices(): Promise<readonly ListedDevice[]>;
  /**
   * Signs out another device of this cart: it is refused from now on, and forgets everything as soon as it hears of it.
   * Rejects with a RefusalError; `not-found` for a device of nobody and of somebody else alike.
   */
  signOutDevice(device: string): Promise<void>;
  readonly handoff: HandoffCommands;
  readonly sync: {
    readonly state: SyncState;
    /** Everything done here so far is on the server, and the live stream has caught up. Local only: at once. */
    settled(): Promise<void>;
  };
  /** Refusals and bad weather that a shop may want to log; nothing is thrown into the page. */
  on(name: "problem", listener: (problem: RefusalError) => void): () => void;
  /** What was done to the cart on this very page, and nowhere else; called after `state` shows it. */
  on(name: "gesture", listener: (gesture: Gesture) => void): () => void;
  /** Whoever was here has left this device: signed out, taken their cart along, or gone from a kiosk. `told` resolves to whether the server knows it yet. */
  on(name: "left", listener: (told: Promise<boolean>) => void): () => void;
  /** Lets go of every timer, lock, channel and connection. */
  close(): void;
}

/**
 * Makes a client. Synchronous; throws a TypeError when an option cannot be used. Nothing is stored or requested
 * before a gesture needs it.
 *
 * @example
 * const shop = createClient({ site: "pk_demo", endpoint: "https://sync.shop.example" });
 * shop.subscribe(({ cart }) => console.log(cart.quantity));
 * shop.cart.add("SCHOEN-42", 1, { options: { maat: "42" } });
 */
export function createClient(options: ClientOptions): Client {
  const settings = readOptions(options);
  const device = createDevice(settings);
  const { copy, visitor, shelf } = device;
  const states = createEmitter<ClientState>();
  const gestures = createEmitter<Gesture>();
  const gate = createGate(settings.consent, settings.now, shelf);
  const tellNotices = createNotices({ copy, visitor, isLive: () => device.sync === "live" });
  const handoff = createHandoff(device);
  const leave = (): Promise<void> => {
    handoff.clear();
    return signOut(device);
  };
  const kiosk = settings.idleMs === undefined ? undefined : createKiosk(settings.idleMs, settings.now, () => device.changed.emit(), () => void leave(), settings.screen !== undefined);
  let isReady = false;
  let isMeeting = false; // somebody is just signing in
  let state = snapshot();

  const record = (gesture: Gesture): void => {
    const isFirst = visitor.session === undefined;
    copy.record(gesture);
    if (isFirst) device.wake();
    gestures.emit(gesture);
  };
  const granted = (): readonly string[] | undefined => {
    const { purposes, isSure } = state.consent;
    return isReady && isSure ? Object.keys(purposes).filter((purpose) => purpose !== "necessary" && purposes[purpose]) : undefined;
  };
  const observer = createObserver(device, granted, states.on);

  function snapshot(): ClientState {
    const { view } = copy.replica;
    const { customer, notice } = visitor.session ?? {};
    return Object.freeze({
      cart: viewCart(view.cart),
      consent: Object.freeze({ ...gate.view(view, who()), notice }),
      customer: Object.freeze({ isSignedIn: customer !== undefined, id: customer }),
      sync: Object.freeze({ state: device.sync, reason: device.reason }),
      handoff: handoff.state,
      kiosk: kiosk?.state,
    });
  }

  function who(): Who {
    const { session } = visitor;
    const isCustomer = session?.customer !== undefined;
    return { device: session ? deviceOf(session) : "", isCustomer, isSure: !isCustomer || device.isSure };
  }

  function decide(decision: Readonly<Record<string, boolean>>, shown?: DecisionContext): void {
    // Who allows something becomes somebody, but not on a shared screen: the shop has to be able to show that they did (GDPR 7(1)).
    if (settings.endpoint && !kiosk && !visitor.session && Object.values(decision).includes(true)) {
      visitor.mint();
      visitor.update({ isForConsent: true });
      device.wake();
    }
    device.isSure = true;
    const gesture = gate.decide(decision, copy.replica.view, who(), shown);
    const { session } = visitor;
    if (session) copy.record(gesture);
    void leaveOnceHeard();
    refresh();
  }

  /** A visitor who came to be by a permission, has no cart and allows nothing any more, is kept no name for. */
  function isNobody(): boolean {
    const { view, pending } = copy.replica;
    const { isForConsent = false, customer } = visitor.session ?? {};
    return isForConsent && !customer && !isMeeting && !handoff.state && JSON.stringify(view.cart) === JSON.stringify(emptyCart)
      && pending.every(({ type }) => type === "consent-decided") && !Object.values(gate.answers(view, who())).includes(true);
  }

  /** A withdrawal is put on record before who withdrew is forgotten; without a network that is on a later visit. */
  async function leaveOnceHeard(): Promise<void> {
    if (!isNobody()) return;
    const isHeard = await device.pusher.flush().then(() => true, () => false);
    if (isHeard && visitor.session && isNobody()) await vanish(device, visitor.session);
  }

  function refresh(): void {
    tellNotices(gate.answers(copy.replica.view, who()));
    kiosk?.watch(visitor.session !== undefined || shelf.read("choice") !== undefined);
    const next = reuse(state, snapshot());
    if (next === state) return;
    state = next;
    states.emit(state);
  }

  device.changed.on(refresh);
  // A log that has just come to be is first told what was chosen before.
  device.minted.on(() => gate.standing().forEach(copy.record));
  const ready = device.open().then(() => {
    isReady = true;
    // What was granted on an earlier visit is allowed from now on: a change, though nothing was done.
    state = Object.freeze({ ...snapshot() });
    states.emit(state);
    void leaveOnceHeard();
  });
  const stopListening = listenToPage(device, refresh);
  const stopFollowing = followSource(settings.consent.source, () => visitor.session?.customer, states.on, decide);

  const client: Client = {
    ready,
    get state() {
      return state;
    },
    subscribe: fromNow(states, () => state),
    cart: cartCommands(() => copy.replica.view.cart, () => state.cart, record),
    consent: consentCommands({
      settings: settings.consent, isReady: () => isReady, state: () => state.consent, subscribe: states.on, decide, since: observer.since,
      dismiss() {
        visitor.update({ notice: undefined });
        refresh();
      },
    }),
    async signIn(token, { merge } = {}) {
      isMeeting = true;
      return signIn(device, token, gate.isOfToday, merge).finally(() => (isMeeting = false));
    },
    observe: observer.observe,
    signOut: leave,
    unlink: (more) => unlink(device, more),
    devices: () => listDevices(device),
    signOutDevice: (name) => signOutDevice(device, name),
    handoff: handoff.commands,
    sync: {
      get state() {
        return device.sync;
      },
      settled: () => settled(device),
    },
    on: (name: "problem" | "gesture" | "left", listener: (told: never) => void) => ({ gesture: gestures, left: device.left, problem: device.problems })[name].on(listener as (told: unknown) => void),
    close() {
      stopListening();
      stopFollowing();
      observer.close();
      handoff.close();
      kiosk?.close();
      settings.screen?.close();
      device.close();
    },
  };
  settings.screen?.open(client, settings);
  return client;
}

/** The old snapshot if nothing in it changed, else the new one with the parts that did not change. */
function reuse(before: ClientState, after: ClientState): ClientState {
  const names = Object.keys(after) as (keyof ClientState)[];
  const isSame = (name: keyof ClientState): boolean => before[name] === after[name] || (name !== "cart" && JSON.stringify(before[name]) === JSON.stringify(after[name]));
  return names.every(isSame) ? before : Object.freeze({ ...after, ...Object.fromEntries(names.filter(isSame).map((name) => [name, before[name]])) });
}
