/** One device's copy of a log: what it shows at once, what it makes of a lost answer, a hole, a snapshot, a refusal. */
import { expect, test } from "vitest";
import type { Entry, Event } from "../../src/model/event.js";
import { createReplica, drop, receive, record, type Replica, reset } from "../../src/model/replica.js";
import { apply, emptyState } from "../../src/model/state.js";
import { createDevice } from "./device-simulator.js";
import { createServer } from "./log-simulator.js";
import { quantities } from "./shown.js";

const added = (id: string, n = 1): Event => ({ id, type: "line-added", data: { line: "SHOE", n }, at: 1, base: 0 });
const numbered = (event: Event, seq: number): Entry => ({ ...event, seq, device: "phone", channel: "app" });
const shoes = ({ view }: Replica): number => quantities(view).SHOE ?? 0;

test("what was done shows at once, before any server has heard of it", () => {
  expect(shoes(record(createReplica("phone", "app"), added("a", 2)))).toBe(2);
});

test("the same event recorded by a second tab shows once", () => {
  const once = record(createReplica("phone", "app"), added("a"));
  expect(record(once, added("a"))).toBe(once);
});

test("invariant 5: an event that comes back in the stream is no longer pending, and counts once", () => {
  const replica = receive(record(createReplica("phone", "app"), added("a")), [numbered(added("a"), 1)]);
  expect(replica.pending).toEqual([]);
  expect(shoes(replica)).toBe(1);
});

test("the same entries delivered again change nothing", () => {
  const once = receive(createReplica("phone", "app"), [numbered(added("a"), 1)]);
  expect(receive(once, [numbered(added("a"), 1)])).toBe(once);
});

test("after a hole nothing is taken, and the cursor stays before it", () => {
  const replica = receive(createReplica("phone", "app"), [numbered(added("a"), 1), numbered(added("c"), 3)]);
  expect([replica.seq, shoes(replica)]).toEqual([1, 1]);
});

test("invariant 5: a snapshot that already holds a pushed, unacknowledged event does not count it twice", () => {
  const server = createServer();
  const phone = createDevice(server, "phone", "customer");
  phone.cart.add("SHOE", 2);
  phone.push();
  phone.cart.add("SHOE", 1);
  const { snapshot, included } = server.snapshot("customer", phone.replica.pending.map((p) => p.id));
  phone.startFrom(snapshot, included);
  expect(quantities(phone.replica.view)).toEqual({ SHOE: 3 });
  expect(phone.replica.pending).toHaveLength(1);
});

test("invariant 3: a snapshot that does not hold what was done here leaves it on top", () => {
  const replica = record(createReplica("phone", "app"), added("a", 2));
  const fresh = reset(replica, { log: "customer", seq: 0, hash: 0, state: emptyState }, []);
  expect(shoes(fresh)).toBe(2);
});

test("an event that the server refused is taken back, the others stay", () => {
  const both = record(record(createReplica("phone", "app"), added("a", 2)), added("b"));
  expect(shoes(drop(both, "a"))).toBe(1);
  expect(drop(both, "unknown")).toBe(both);
});

test("invariant 4: devices that read the same log have the same fingerprint of it, others another", () => {
  const read = (...ids: string[]) => receive(createReplica("phone", "app"), ids.map((id, i) => numbered(added(id), i + 1)));
  expect(read("a", "b").hash).toBe(receive(read("a"), [numbered(added("b"), 2)]).hash);
  expect(new Set([read("a", "b"), read("b", "a"), read("a", "c"), read("a")].map((r) => r.hash)).size).toBe(4);
});

test("invariant 4: a state that was stored or sent as text folds on like one that never was", () => {
  const server = createServer();
  const phone = createDevice(server, "phone", "customer");
  phone.cart.add("SHOE", 2, { details: { title: "Shoe" } });
  phone.cart.setField("SHOE", "note", "for Anna");
  phone.cart.setQuantity("SHOE", 5);
  phone.sync();
  server.order("customer");
  let [kept, read] = [emptyState, emptyState];
  for (const entry of server.entries("customer")) [kept, read] = [apply(kept, entry), JSON.parse(JSON.stringify(apply(read, entry)))];
  expect(JSON.stringify(kept)).toBe(JSON.stringify(read));
});
