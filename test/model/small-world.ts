/** A shop small enough to try everything that can happen in it: one log, a few devices, nothing ever lost. */
import { type CartCommands, cartCommands, type Gesture } from "../../src/model/cart-commands.js";
import { viewCart } from "../../src/model/cart-view.js";
import type { Entry, Event } from "../../src/model/event.js";
import { createReplica, receive, record, type Replica } from "../../src/model/replica.js";
import { type Deed, deedsOf } from "./deed.js";

/** Never changed: each step makes another, so that histories share their beginnings. */
export interface SmallWorld {
  readonly entries: readonly Entry[];
  readonly replicas: readonly Replica[];
  readonly made: number;
}

/** What somebody can do; undefined when it would change nothing, and the history is one already tried. */
export type Move = (world: SmallWorld, device: number) => SmallWorld | undefined;

const HOUR_MS = 3_600_000;

export function createSmallWorld(devices: number): SmallWorld {
  return { entries: [], replicas: Array.from({ length: devices }, (_, i) => createReplica(`d${i}`, "web")), made: 0 };
}

/** A gesture on the cart; the clock of each next device is `behind` hours behind. */
export function onCart(act: (cart: CartCommands) => void, behind = 0): Move {
  return (world, device) => {
    let after = world;
    const cart = (): Replica["view"]["cart"] => (after.replicas[device] as Replica).view.cart;
    act(cartCommands(cart, () => viewCart(cart()), (gesture) => (after = recorded(after, device, gesture, behind))));
    return after === world ? undefined : after;
  };
}

export function recorded(world: SmallWorld, device: number, gesture: Gesture, behind = 0): SmallWorld {
  const replica = world.replicas[device] as Replica;
  const made = world.made + 1;
  const event: Event = { id: `e${made}`, ...gesture, at: made - behind * device * HOUR_MS, base: replica.seq };
  return { ...world, made, replicas: world.replicas.with(device, record(replica, event)) };
}

/** Sends all there is to send and receives all there is to receive. */
export const sync: Move = (world, device) => {
  const replica = world.replicas[device] as Replica;
  if (replica.pending.length === 0 && replica.seq === world.entries.length) return undefined;
  const sent = replica.pending.map((event, i) => ({ ...event, seq: world.entries.length + i + 1, device: replica.device, channel: "web" }));
  const entries = [...world.entries, ...sent];
  return { ...world, entries, replicas: world.replicas.with(device, receive(replica, entries.slice(replica.seq))) };
};

/** Everybody sends, then everybody receives. */
export function settled(world: SmallWorld): SmallWorld {
  const devices = [...world.replicas.keys(), ...world.replicas.keys()];
  return devices.reduce((all, device) => sync(all, device) ?? all, world);
}

export interface Everything {
  readonly moves: readonly Move[];
  readonly steps: number;
  /** No clock decides anything: of two neighbours that do not hear of each other the lower device may as well go first. */
  readonly isTimeless: boolean;
}

/** Visits every history of up to so many moves; of devices that have done nothing yet only the first may begin. */
export function forEachHistory(start: SmallWorld, { moves, steps, isTimeless }: Everything, visit: (world: SmallWorld) => void): number {
  const go = (world: SmallWorld, left: number, begun: number, before: readonly [number, Move]): number => {
    visit(world);
    if (left === 0) return 1;
    let count = 1;
    for (let device = 0; device < Math.min(begun + 1, world.replicas.length); device++) {
      for (const move of moves) {
        const isSwapped = isTimeless && device < before[0] && (move !== sync || before[1] !== sync);
        const after = isSwapped ? undefined : move(world, device);
        if (after !== undefined) count += go(after, left - 1, Math.max(begun, device + 1), [device, move]);
      }
    }
    return count;
  };
  return go(start, steps, 0, [0, sync]);
}

export function deedsIn({ entries }: SmallWorld): Deed[] {
  return deedsOf(entries);
}
