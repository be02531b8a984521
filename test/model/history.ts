/** A history of a shop as a list of small steps: gestures on devices, and everything a network does to them. */
import fc from "fast-check";
import { viewCart } from "../../src/model/cart-view.js";
import type { Event } from "../../src/model/event.js";
import type { Snapshot } from "../../src/model/replica.js";
import { createDevice, type Delivery, type SimulatedDevice } from "./device-simulator.js";
import { createServer, type SimulatedServer } from "./log-simulator.js";
import { link, signIn, signOut, unlink } from "./signing-in.js";

/** One step: which device, what happens, on which line or delivery, how many. */
export type Step = readonly [device: number, what: string, which: number, n: number];

interface Waiting {
  readonly pushes: { readonly device: SimulatedDevice; readonly session: string; readonly events: readonly Event[] }[];
  readonly deliveries: { readonly device: SimulatedDevice; readonly delivery: Delivery }[];
  readonly snapshots: { readonly device: SimulatedDevice; readonly answer: { snapshot: Snapshot; included: string[] } }[];
}

export interface World {
  readonly server: SimulatedServer;
  readonly devices: readonly SimulatedDevice[];
  /** Under way in the network, in no order, to arrive never, once or twice. */
  readonly waiting: Waiting;
}

export type Act = (world: World, device: SimulatedDevice, which: number, n: number) => void;

const SKUS = ["SHOE", "SOCK"];
const SIZES = [{}, { size: "L" }];
const DAY_MS = 86_400_000;

const lineOf = ({ replica }: SimulatedDevice, which: number): string => {
  const lines = viewCart(replica.view.cart).lines;
  return lines[which % Math.max(1, lines.length)]?.line ?? (SKUS[which % 2] as string);
};

export const gestures: Readonly<Record<string, Act>> = {
  add: (_, d, which, n) => d.cart.add(SKUS[which % 2] as string, n, { options: SIZES[which % 3 === 2 ? 1 : 0] as Record<string, string> }),
  addWithDetails: (_, d, which, n) => d.cart.add(SKUS[which % 2] as string, n, { details: { price: n } }),
  increase: (_, d, which, n) => d.cart.increase(lineOf(d, which), n),
  decrease: (_, d, which, n) => d.cart.decrease(lineOf(d, which), n),
  set: (_, d, which, n) => d.cart.setQuantity(lineOf(d, which), n - 1),
  change: (_, d, which, n) => d.cart.setOptions(lineOf(d, which), SIZES[n % 2] as Record<string, string>),
  note: (_, d, which, n) => d.cart.setField(lineOf(d, which), which % 2 === 0 ? "note" : "gift", n),
  remove: (_, d, which) => d.cart.remove(lineOf(d, which)),
  clear: (_, d) => d.cart.clear(),
  coupon: (_, d, which) => d.cart.addCoupon(`C${which % 2}`),
  couponOff: (_, d, which) => d.cart.removeCoupon(`C${which % 2}`),
  keep: (_, d) => d.cart.keep(),
};

export const network: Readonly<Record<string, Act>> = {
  push: (_, d) => d.push(),
  pull: (_, d) => d.pull(),
  sync: (_, d) => d.sync(),
  pushLater: ({ waiting }, device) => waiting.pushes.push({ device, session: device.session, events: [...device.replica.pending] }),
  pushNewestFirst: ({ server }, d) => server.push(d.session, d.name, "web", [...d.replica.pending].reverse()),
  pushArrives: ({ server, waiting }, _, which) => {
    const late = waiting.pushes[which % Math.max(1, waiting.pushes.length)];
    if (late) server.push(late.session, late.device.name, "web", late.events);
  },
  pullLater: ({ server, waiting }, device, which, n) => {
    const { log, seq } = device.replica;
    if (log) waiting.deliveries.push({ device, delivery: { log, entries: server.entries(log, Math.max(0, seq - which)).slice(0, n + which) } });
  },
  deliveryArrives: ({ waiting }, _, which) => {
    const late = waiting.deliveries[which % Math.max(1, waiting.deliveries.length)];
    late?.device.deliver(late.delivery);
  },
  askSnapshot: ({ server, waiting }, device, which) => {
    const { log, seq, pending } = device.replica;
    const at = Math.max(seq, server.head(log ?? device.session) - which);
    waiting.snapshots.push({ device, answer: server.snapshot(log ?? device.session, pending.map((p) => p.id), at) });
  },
  snapshotArrives: ({ waiting }, _, which) => {
    const late = waiting.snapshots[which % Math.max(1, waiting.snapshots.length)];
    const isCurrent = late && late.answer.snapshot.log === (late.device.replica.log ?? late.device.session);
    if (isCurrent) late.device.startFrom(late.answer.snapshot, late.answer.included);
  },
  order: ({ server }, d) => void server.order(server.resolve(d.session)),
  timePasses: ({ server }, _, which) => void (server.now += which * 1000),
  clockIsWrong: (_, d, which) => void (d.skewMs = (which - 3) * DAY_MS),
};

const MERGES = ["union", "union", "keep-visitor", "keep-customer"] as const;
const RULES = ["newest", "account", "newest", "none"] as const;
const how = (n: number) => ({ merge: MERGES[n % 4] as (typeof MERGES)[number], consent: RULES[n % 4] as (typeof RULES)[number] });

export const PURPOSES = ["analytics", "marketing"] as const;

export const decisions: Readonly<Record<string, Act>> = {
  grant: (_, d, which) => d.decide({ [PURPOSES[which % 2] as string]: true }),
  refuse: (_, d, which) => d.decide({ [PURPOSES[which % 2] as string]: false }),
  decideAll: (_, d, which, n) => d.decide({ analytics: n % 2 === 0, marketing: which % 2 === 0 }),
};

export const accounts: Readonly<Record<string, Act>> = {
  signIn: ({ server }, d, which, n) => signIn(server, d, `customer-${which % 2}`, how(n)),
  signInAnswerLost: ({ server }, d, which, n) => link(server, d, `customer-${which % 2}`, how(n)),
  signOut: ({ server }, d) => signOut(server, d),
  unlink: ({ server, devices }, d) => void (d.isSignedIn && d.cameFrom !== undefined && unlink(server, devices, d.cameFrom)),
};

/** Histories of up to `length` steps, gestures three times as often as anything else. */
export function histories(acts: readonly Readonly<Record<string, Act>>[], length = 36): fc.Arbitrary<{ devices: number; steps: Step[] }> {
  const names = acts.flatMap((a) => Object.keys(a));
  const frequent = ["add", "add", "increase", "set", "decrease", "remove", "sync", "sync", "push", "pull"].filter((name) => names.includes(name));
  return fc.record({ devices: fc.integer({ min: 2, max: 6 }), steps: fc.array(stepOf([...names, ...frequent]), { minLength: 1, maxLength: length, size: "max" }) });
}

export function stepOf(names: readonly string[]): fc.Arbitrary<Step> {
  return fc.tuple(fc.nat(5), fc.constantFrom(...names), fc.nat(6), fc.integer({ min: 1, max: 4 }));
}

/** A world in which the first two devices are tabs of one browser. */
export function createWorld(devices: number): World {
  const server = createServer();
  const all = Array.from({ length: devices }, (_, i) => createDevice(server, `d${i}`, i < 2 ? "visitor" : undefined));
  return { server, devices: all, waiting: { pushes: [], deliveries: [], snapshots: [] } };
}

/** A world in which every device follows the same customer's log from the start. */
export function createFamily(devices: number): World {
  const server = createServer();
  const all = Array.from({ length: devices }, (_, i) => createDevice(server, `d${i}`, "customer"));
  return { server, devices: all, waiting: { pushes: [], deliveries: [], snapshots: [] } };
}

const all: Readonly<Record<string, Act>> = { ...gestures, ...network, ...decisions, ...accounts };

/** Takes one step and says which device it was about. */
export function take(world: World, [at, what, which, n]: Step): SimulatedDevice {
  const device = world.devices[at % world.devices.length] as SimulatedDevice;
  world.server.now += 1;
  (all[what] as Act)(world, device, which, n);
  return device;
}

/** Everybody is back online: all that was done is sent, every tab learns of the sign-in, all is received. */
export function settle({ server, devices, waiting }: World): void {
  for (const { session, device, events } of waiting.pushes) server.push(session, device.name, "web", events);
  for (const device of devices) device.push();
  for (const device of devices) {
    const session = server.resolve(device.session);
    const { snapshot, included } = server.snapshot(session, device.replica.pending.map((p) => p.id));
    if (session !== device.replica.log) device.startFrom(snapshot, included);
    device.session = session;
    device.pull();
  }
}
