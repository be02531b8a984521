/** `createClient`: one cart, one set of choices, on every screen. */
import { type CartCommands, cartCommands, type Gesture } from "../model/cart-commands.js";
import { type CartView, viewCart } from "../model/cart-view.js";
import type { ProblemCode } from "../wire/problem.js";
import { createDevice } from "./device.js";
import { createEmitter } from "./emitter.js";
import { type ConsentState, createGate } from "./gate.js";
import { createHandoff, type HandoffCommands, type HandoffState } from "./handoff.js";
import { createKiosk, type KioskState } from "./kiosk.js";
import { createObserver } from "./observe.js";
import { type ClientOptions, readOptions } from "./options.js";
import { listenToPage } from "./page.js";
import type { SyncState } from "./pull.js";
import { RefusalError } from "./refusal.js";
import { type Merge, type SignedIn, signIn, signOut } from "./session.js";
import { settled } from "./settled.js";

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

/** `shop.consent`: the choices of this device or, signed in, of the account. */
export interface ConsentCommands {
  /** Synchronous. False before `ready`, for an unknown purpose, and whenever no standing grant is known. */
  allows(purpose: string): boolean;
  /**
   * Since when the purpose is granted on this page, ms since epoch; 0 when it was as the page began. What lies before is not
   * to be observed afterwards.
   */
  since(purpose: string): number | undefined;
  /** Decides every purpose named, on this device or, signed in, for the account. */
  decide(decision: Readonly<Record<string, boolean>>): void;
  /** Refuses everything but what is necessary. */
  withdraw(): void;
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
  const gate = createGate(settings, shelf);
  const handoff = createHandoff(device);
  const leave = (): Promise<void> => {
    handoff.clear();
    return signOut(device);
  };
  const kiosk = settings.idleMs === undefined ? undefined : createKiosk(settings.idleMs, settings.now, () => device.changed.emit(), () => void leave());
  let isReady = false;
  let state = snapshot();

  const record = (gesture: Gesture): void => {
    const isFirst = visitor.session === undefined;
    copy.record(gesture);
    if (isFirst) device.wake();
    gestures.emit(gesture);
  };
  const granted = (): readonly string[] | undefined => {
    const { purposes } = state.consent;
    return isReady ? Object.keys(purposes).filter((purpose) => purpose !== "necessary" && purposes[purpose]) : undefined;
  };
  const observer = createObserver(device, granted, states.on);

  function snapshot(): ClientState {
    const { view } = copy.replica;
    const customer = visitor.session?.customer;
    return Object.freeze({
      cart: viewCart(view.cart),
      consent: gate.view(view, customer !== undefined),
      customer: Object.freeze({ isSignedIn: customer !== undefined, id: customer }),
      sync: Object.freeze({ state: device.sync, reason: device.reason }),
      handoff: handoff.state,
      kiosk: kiosk?.state,
    });
  }

  function refresh(): void {
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
  });
  const stopListening = listenToPage(device, refresh);

  return {
    ready,
    get state() {
      return state;
    },
    subscribe(listener) {
      const stop = states.on(listener);
      listener(state);
      return stop;
    },
    cart: cartCommands(() => copy.replica.view.cart, () => state.cart, record),
    consent: {
      allows: (purpose) => purpose === "necessary" || (isReady && Object.hasOwn(state.consent.purposes, purpose) && state.consent.purposes[purpose] === true),
      since: observer.since,
      decide(decision) {
        const gesture = gate.decide(decision, copy.replica.view, visitor.session?.customer !== undefined);
        if (visitor.session !== undefined) copy.record(gesture);
        refresh();
      },
      withdraw() {
        this.decide(Object.fromEntries(settings.consent.purposes.map((purpose) => [purpose, false])));
      },
    },
    observe: observer.observe,
    signIn: async (token, { merge } = {}) => signIn(device, token, merge),
    signOut: leave,
    handoff: handoff.commands,
    sync: {
      get state() {
        return device.sync;
      },
      settled: () => settled(device),
    },
    on: (name: "problem" | "gesture", listener: (told: never) => void) => (name === "gesture" ? gestures : device.problems).on(listener as (told: unknown) => void),
    close() {
      stopListening();
      observer.close();
      kiosk?.close();
      device.close();
    },
  };
}

/** The old snapshot if nothing in it changed, else the new one with the parts that did not change. */
function reuse(before: ClientState, after: ClientState): ClientState {
  const names = Object.keys(after) as (keyof ClientState)[];
  const isSame = (name: keyof ClientState): boolean => before[name] === after[name] || (name !== "cart" && JSON.stringify(before[name]) === JSON.stringify(after[name]));
  return names.every(isSame) ? before : Object.freeze({ ...after, ...Object.fromEntries(names.filter(isSame).map((name) => [name, before[name]])) });
}
