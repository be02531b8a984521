/** A till and a call centre see a customer's cart and write in it, as themselves, by the rules that hold for everybody. */
import { expect, test } from "vitest";
import type { Entry } from "../../src/model/event.js";
import type { CustomerExport } from "../../src/server/index.js";
import type { CartAnswer } from "../../src/wire/shop.js";
import { decided, signIn } from "./consent.js";
import "./described.js";
import { added, createDesk, event, expectRefusal, ORIGIN, stranger } from "./desk.js";
import { KEY, openOffice } from "./office-hours.js";
import { entryOf, readStream } from "./stream.js";

const CART = "/v1/customers/anna/cart";
const EVENTS = "/v1/customers/anna/events";

async function shopWithAnna() {
  const desk = await createDesk();
  const phone = stranger();
  await signIn(desk, phone, "anna");
  await desk.push(phone, [added("SCHOEN-42", 2)]);
  return { desk, phone, ...openOffice(desk) };
}

const cartIn = (body: unknown): CartAnswer & { cart: { lines: { line: string; quantity: number }[] } } => body as never;
const linesIn = (body: unknown): [string, number][] => cartIn(body).cart.lines.map(({ line, quantity }) => [line, quantity]);

test("the call centre sees the cart as the shopper does, is told when nothing has changed, and finds nobody who never signed in", async () => {
  const { desk, phone, ask } = await shopWithAnna();
  const { status, headers, body } = await ask("GET", CART);
  expect([status, headers.get("cache-control"), linesIn(body), cartIn(body).seq, cartIn(body).customer]).toEqual([200, "no-store", [["SCHOEN-42", 2]], 2, "anna"]);
  const tag = headers.get("etag") as string;
  expect(tag).toMatch(/^"[\w-]+\.2\.\w+"$/);
  expect(await ask("GET", CART, { headers: { ...KEY, "if-none-match": tag } })).toMatchObject({ status: 304, body: "" });
  await desk.push(phone, [added("BOEK-1")]);
  expect((await ask("GET", CART, { headers: { ...KEY, "if-none-match": tag } })).status).toBe(200);
  expectRefusal(await ask("GET", "/v1/customers/berta/cart"), "not-found", 404);
  expectRefusal(await ask("POST", "/v1/customers/berta/events", { body: { channel: "store", name: "till-3", events: [added("BOEK-1")] } }), "not-found", 404);
});

test("what the till adds is on the phone at once, counts once however often it is sent, and bears the till's name", async () => {
  const { desk, phone, ask, ring } = await shopWithAnna();
  const stream = readStream(await desk.pull(phone));
  await stream.wait("snapshot");
  const one = added("BOEK-1");
  expect((await ring("anna", [one])).answers).toEqual([[one.id, "applied", 3]]);
  expect(entryOf((await stream.wait(""))[0])).toMatchObject({ seq: 3, id: one.id, type: "line-added", device: "system:till-3" });
  expect((await ring("anna", [one])).answers).toEqual([[one.id, "duplicate", 3]]);
  expect(linesIn((await ask("GET", CART)).body)).toEqual([["SCHOEN-42", 2], ["BOEK-1", 1]]);
  const { logs } = (await ask("GET", "/v1/customers/anna/export")).body as CustomerExport;
  expect(logs[0]?.entries[2]).toMatchObject({ device: "system:till-3", channel: "store" });
});

test("the till takes away only what it has seen: what the shopper adds meanwhile stays", async () => {
  const { desk, phone, ask, ring } = await shopWithAnna();
  const { seq, epoch } = cartIn((await ask("GET", CART)).body);
  await desk.push(phone, [added("SCHOEN-42", 3)]);
  await ring("anna", [event("line-removed", { line: "SCHOEN-42" }, { base: seq })], { epoch });
  expect(linesIn((await ask("GET", CART)).body)).toEqual([["SCHOEN-42", 3]]);
  await ring("anna", [event("line-removed", { line: "SCHOEN-42" }, { base: 999 })], { epoch: "of-another-database" });
  expect(linesIn((await ask("GET", CART)).body)).toEqual([["SCHOEN-42", 3]]);
});

test("an order takes the cart as it was read, once, or is told that the cart has changed", async () => {
  const { desk, phone, ask } = await shopWithAnna();
  const { headers, body } = await ask("GET", CART);
  const order = event("order-placed", { order: "2026-1", lines: [{ line: "SCHOEN-42", n: 2 }] }, { base: cartIn(body).seq });
  const place = (tag: string | null, event: unknown = order) => ask("POST", EVENTS, { headers: { ...KEY, "if-match": String(tag) }, body: { channel: "web", name: "checkout", events: [event] } });
  await desk.push(phone, [added("BOEK-1")]);
  expectRefusal(await place(headers.get("etag")), "cart-changed", 412);
  const tag = (await ask("GET", CART)).headers.get("etag");
  expect((await place(tag)).body).toMatchObject({ answers: [[order.id, "applied", 4]] });
  expect(linesIn((await ask("GET", CART)).body)).toEqual([["BOEK-1", 1]]);
  expect((await place(tag)).body).toMatchObject({ answers: [[order.id, "duplicate", 4]] }); // the first answer was lost
  expectRefusal(await place(tag, { ...order, id: "a".repeat(22) }), "cart-changed", 412);
});

test("no till decides about cookies in somebody's name, nor says who somebody is; a coupon it may judge", async () => {
  const { ask, ring } = await shopWithAnna();
  const [choice, who, adoption, odd, coupon] = [decided(), event("customer-identified", {}), event("visitor-adopted", { log: "a", merge: "union" }), event("coupon-judged", { code: 7 }), event("coupon-judged", { code: "WEB10", valid: false })];
  const { answers } = await ring("anna", [choice, who, adoption, odd, coupon]);
  expect(new Map(answers.map(([id, ...verdict]) => [id, verdict]))).toEqual(new Map<unknown, unknown>([
    [choice.id, ["refused", "shopper-only"]], [who.id, ["refused", "server-only"]], [adoption.id, ["refused", "server-only"]], [odd.id, ["refused", "event-malformed"]], [coupon.id, ["applied", 3]],
  ]));
  const { logs } = (await ask("GET", "/v1/customers/anna/export")).body as CustomerExport;
  expect(logs[0]?.entries.map(({ type }: Entry) => type)).toEqual(["customer-identified", "line-added", "coupon-judged"]);
  expect(logs[0]?.receipts).toEqual([]);
});

test("only with the secret key, from no page, in a channel of the site, in the right form and by the right method", async () => {
  const { phone, ask } = await shopWithAnna();
  const good = { channel: "store", name: "till-3", events: [] };
  for (const headers of [{}, { authorization: `Bearer ${phone.credential}` }, { authorization: "Bearer sk_other" }, { ...KEY, origin: ORIGIN }] as Record<string, string>[]) {
    expectRefusal(await ask("GET", CART, { headers }), "secret-refused", 401);
    expectRefusal(await ask("POST", EVENTS, { headers, body: good }), "secret-refused", 401);
  }
  expectRefusal(await ask("POST", EVENTS, { body: { ...good, channel: "moon" } }), "channel-unknown", 403);
  for (const body of [{ ...good, name: "Till 3" }, { ...good, name: undefined }, { ...good, events: {} }, { ...good, epoch: "a.b" }, null, "{"]) expectRefusal(await ask("POST", EVENTS, { body }), "request-malformed", 400);
  expectRefusal(await ask("POST", EVENTS, { body: { ...good, padding: "x".repeat(256 * 1_024) } }), "request-too-large", 413);
  for (const [method, path, allowed] of [["POST", CART, "GET"], ["GET", EVENTS, "POST"]] as const) {
    const answer = await ask(method, path);
    expectRefusal(answer, "method-refused", 405);
    expect(answer.headers.get("allow")).toBe(allowed);
  }
});
