/** A phone, a kiosk or a tab: a replica, a clock that may be wrong, and a network that may lose answers. */
import { type CartCommands, cartCommands, type Gesture } from "../../src/model/cart-commands.js";
import { viewCart } from "../../src/model/cart-view.js";
import { pendingDecisions } from "../../src/model/consent.js";
import type { Entry, Event } from "../../src/model/event.js";
import { createReplica, receive, record, type Replica, reset, type Snapshot } from "../../src/model/replica.js";
import type { Deed } from "./deed.js";
import type { SimulatedServer } from "./log-simulator.js";

export interface Delivery {
  readonly log: string;
  readonly entries: readonly Entry[];
}

export interface SimulatedDevice {
  readonly name: string;
  readonly cart: CartCommands;
  replica: Replica;
  /** The log its credential was made for. */
  session: string;
  isSignedIn: boolean;
  /** The visitor's log that somebody signed in from. */
  cameFrom: string | undefined;
  /** How wrong its clock is. */
  skewMs: number;
  record(gesture: Gesture): void;
  /** A choice on the consent banner. */
  decide(purposes: Record<string, boolean>, asked?: "device" | "account"): void;
  /** Sends everything pending; whether the answer arrives makes no difference to what is shown. */
  push(): void;
  pull(): void;
  sync(): void;
  deliver(delivery: Delivery): void;
  startFrom(snapshot: Snapshot, included: readonly string[]): void;
  /** All it has been told and has done itself. */
  deeds(): Deed[];
}

export function createDevice(server: SimulatedServer, name: string, session = `visitor-${name}`): SimulatedDevice {
  let latestAt = 0;
  const device: SimulatedDevice = {
    name,
    session,
    isSignedIn: false,
    cameFrom: undefined,
    skewMs: 0,
    replica: createReplica(name, "web"),
    cart: cartCommands(() => device.replica.view.cart, () => viewCart(device.replica.view.cart), (gesture) => device.record(gesture)),
    record(gesture) {
      latestAt = Math.max(latestAt + 1, server.now + device.skewMs);
      const { log, seq } = device.replica;
      const event: Event = { id: server.newId(), ...gesture, at: latestAt, base: seq, ...(log !== undefined && { log }) };
      device.replica = record(device.replica, event);
    },
    decide(purposes, asked = "account") {
      const scope = device.session.startsWith("visitor") ? "device" : asked;
      const pend = pendingDecisions(device.replica.view.consent, scope === "account" ? "account" : name);
      device.record({ type: "consent-decided", data: { scope, asked, policy: "1", purposes }, ...(pend.length > 0 && { pend }) });
    },
    push: () => server.push(device.session, name, "web", device.replica.pending),
    pull() {
      if (device.replica.log === undefined) return device.startFrom(...firstSnapshot(server, device));
      device.deliver({ log: device.replica.log, entries: server.entries(device.replica.log, device.replica.seq) });
    },
    sync() {
      device.push();
      device.pull();
    },
    deliver({ log, entries }) {
      if (log === device.replica.log) device.replica = receive(device.replica, entries);
    },
    startFrom(snapshot, included) {
      const isOlder = snapshot.log === device.replica.log && snapshot.seq < device.replica.seq;
      if (!isOlder) device.replica = reset(device.replica, snapshot, included);
    },
    deeds() {
      const { log, seq, pending } = device.replica;
      const told = log === undefined || seq === 0 ? [] : server.deeds(log, seq);
      return [...told, ...pending.map((event) => server.deedOf(event, log, name))];
    },
  };
  return device;
}

/** A snapshot of the log its credential opens. */
function firstSnapshot(server: SimulatedServer, device: SimulatedDevice): [Snapshot, string[]] {
  const { snapshot, included } = server.snapshot(device.session, device.replica.pending.map((p) => p.id));
  return [snapshot, included];
}
