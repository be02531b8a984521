/** Events that had not seen each other may arrive in any order: the shopper sees the same cart and the same choices. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Entry } from "../../src/model/event.js";
import { apply, type State } from "../../src/model/state.js";
import { specifiedCart } from "./cart-spec.js";
import { isSpecifiedGranted } from "./consent-spec.js";
import type { Deed } from "./deed.js";
import { type Act, createFamily, decisions, gestures, PURPOSES, settle, type Step, stepOf, take, type World } from "./history.js";
import { isGranted, shownCart } from "./shown.js";

const MAX_APART = 6;

interface Apart {
  /** What everybody has seen. */
  readonly past: State;
  readonly head: number;
  /** What was done out of sight of the others, without numbers. */
  readonly entries: readonly Omit<Entry, "seq">[];
  readonly deeds: readonly Deed[];
}

/** All orders of a few things. */
function orders<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) => orders([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]));
}

/** Three devices that agree on a past, and then go offline. */
function createApart(before: readonly Step[], apart: readonly Step[], isOrdered: boolean): Apart {
  const world = createFamily(3);
  for (const step of before) take(world, step);
  settle(world);
  const head = world.server.head("customer");
  const past = world.server.state("customer");
  const deeds = world.server.deeds("customer");
  for (const step of apart) take(world, step);
  const done = pendingIn(world).slice(0, MAX_APART);
  const order = isOrdered && done.length < MAX_APART && world.server.order("customer") ? world.server.deeds("customer").slice(-1) : [];
  const entries = [...done, ...order].map(({ id, type, data, at, base, pend, device }) => ({ id, type, data, at, base, pend, device, channel: "web" }));
  return { past, head, entries, deeds: [...deeds, ...done, ...order] };
}

function pendingIn({ server, devices }: World): Deed[] {
  return devices.flatMap(({ name, replica }) => replica.pending.map((event) => server.deedOf(event, "customer", name)));
}

function folded({ past, head }: Apart, order: Apart["entries"]): State {
  return order.reduce((state, entry, i) => apply(state, { ...entry, seq: head + i + 1 }), past);
}

const histories = (acts: Readonly<Record<string, Act>>, frequent: readonly string[]) => fc.record({
  before: fc.array(stepOf([...Object.keys(acts), "sync"]), { maxLength: 6, size: "max" }),
  apart: fc.array(stepOf([...Object.keys(acts), ...frequent]), { minLength: 1, maxLength: MAX_APART, size: "max" }),
  isOrdered: fc.boolean(),
});

test("additions, numbers, removals, edits and an order that arrive in another order leave the same cart", () => {
  fc.assert(fc.property(histories(gestures, ["addWithDetails", "note", "set", "change"]), ({ before, apart, isOrdered }) => {
    const all = createApart(before, apart, isOrdered);
    const rules = specifiedCart(all.deeds);
    for (const order of orders(all.entries)) expect(shownCart(folded(all, order))).toEqual(rules);
  }), { numRuns: 500 });
}, 60_000);

test("grants and refusals that arrive in another order leave the same choices", () => {
  fc.assert(fc.property(histories(decisions, []), ({ before, apart }) => {
    const all = createApart(before, apart, false);
    for (const order of orders(all.entries)) {
      const state = folded(all, order);
      for (const purpose of PURPOSES) expect(isGranted(state, "account", purpose)).toBe(isSpecifiedGranted(all.deeds, "account", purpose));
    }
  }), { numRuns: 300 });
}, 60_000);
