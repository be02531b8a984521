/** A kiosk in strange hands with a cart that was lent to it: what it asks for by hand, beyond what our client would. */
import { beforeEach, expect, test } from "vitest";
import { LOAN_MS } from "../../src/wire/handoff.js";
import { PATHS } from "../../src/wire/version.js";
import { added, type Answer, createDesk, decided, type Desk, event, expectRefusal, id, observed, signed, stranger, type Voice } from "../server/desk.js";
import { readStream } from "../server/stream.js";

let desk: Desk;
let anna: Voice;
let kiosk: Voice;
let code: string;

/** Anna, who is signed in and has a past, has lent her cart. */
beforeEach(async () => {
  desk = await createDesk();
  [anna, kiosk] = [stranger(), stranger({ channel: "kiosk" })];
  await desk.post(PATHS.signIn, { ...anna, token: await desk.token("anna-secret"), merge: "union", consent: "newest" });
  await desk.push(anna, [added("GEHEIM-1")]);
  await desk.push(anna, [event("line-removed", { line: "GEHEIM-1" }, { base: 2 }), decided({ marketing: true }, { scope: "account" }), added("SCHOEN-42", 2)]);
  ({ code } = (await desk.post(PATHS.offer, { ...anna, mode: "lend" })).body as { code: string });
  const { number } = (await desk.post(PATHS.accept, { ...kiosk, key: code })).body as { number: number };
  expect((await desk.post(PATHS.approve, { ...anna, number })).body).toMatchObject({ status: "lent", endsAt: desk.now + LOAN_MS });
});

const SECRETS = /anna-secret|GEHEIM|marketing|consent-decided|customer-identified|"isKnown":true/;

/** All that a stream says until the cart is there. */
async function told(more: object = {}): Promise<string> {
  const stream = readStream(await desk.pull(kiosk, more));
  await stream.wait("snapshot");
  return JSON.stringify(stream.frames);
}

test("the whole of what it is told, from wherever it asks to start, holds the cart and nothing of the past", async () => {
  const epoch = /"epoch":"([^"]+)"/.exec(await told())?.[1];
  for (const more of [{}, { cursor: `${epoch}.0.0` }, { cursor: `${epoch}.1.0` }, { cursor: "x.1.1" }, { unsure: [id()] }]) {
    const text = await told(more);
    expect(text).toContain("SCHOEN-42");
    expect(text).not.toMatch(SECRETS);
  }
});

test("of what the owner does meanwhile it hears the cart's part alone, also when it comes back with its cursor", async () => {
  const stream = readStream(await desk.pull(kiosk));
  await stream.wait("snapshot");
  await desk.push(anna, [decided({ marketing: false }, { scope: "account" }), event("wish-added", { sku: "GEHEIM-2" }), added("BOEK-1")]);
  const frames = await stream.wait("", 3);
  expect(JSON.stringify(frames)).toContain("BOEK-1");
  expect(JSON.stringify(frames)).not.toMatch(SECRETS);
});

test("it writes to the cart and to nothing else: no choice for the account, no name, nothing unknown", async () => {
  const good = added("BOEK-1");
  const bad = [decided({ marketing: true }, { scope: "account" }), decided({ marketing: true }), event("customer-identified", {}), event("wish-added", {}), null, 7];
  const { answers } = await desk.push(kiosk, [good, ...bad]);
  expect(answers.filter(([, verdict]) => verdict === "applied").map(([of]) => of)).toEqual([good.id]);
  expect(answers.filter(([, verdict]) => verdict === "refused")).toHaveLength(bad.length);
});

test("its key is worth nothing for anything else: not to sign in, to hand on, to observe, to read receipts, to undo", async () => {
  const attempts: [path: string, body: object][] = [
    [PATHS.signIn, { ...kiosk, token: await signed({ sub: "thief", exp: desk.now / 1_000 + 60 }), merge: "union", consent: "newest" }],
    ...["take", "copy", "join", "lend"].map((mode): [string, object] => [PATHS.offer, { ...kiosk, mode }]),
    [PATHS.observe, { ...kiosk, visitAt: desk.now, observations: [observed("page-viewed", {})] }],
    [PATHS.undo, kiosk], [PATHS.approve, { ...kiosk, number: 42 }],
  ];
  for (const [path, body] of attempts) expectRefusal(await desk.post(path, body), "device-revoked", 401);
  const receipts = await desk.server.fetch(new Request("https://sync.example/v1/receipts?site=pk_test", { headers: { authorization: `Bearer ${kiosk.credential}` } }));
  expect(receipts.status).toBe(401);
});

test("after ten minutes it is served nothing, and what it had put aside for later does not count", async () => {
  const stream = readStream(await desk.pull(kiosk));
  await stream.wait("snapshot");
  desk.now += LOAN_MS;
  await desk.push(anna, [added("GEHEIM-3")]);
  await stream.wait("bye");
  expect(JSON.stringify(stream.frames)).not.toContain("GEHEIM-3");
  const late = (path: string): Promise<Answer> => desk.post(path, { ...kiosk, events: [added("BOEK-1")] });
  expectRefusal(await late(PATHS.push), "device-revoked", 401);
  expect((await desk.pull(kiosk)).status).toBe(401);
});

test("whoever has only seen the code cannot stop what was lent", async () => {
  for (const credential of [undefined, stranger().credential]) {
    expect((await desk.post(PATHS.cancel, { v: 1, site: "pk_test", key: code, credential })).status).toBe(204);
  }
  expect((await desk.pull(kiosk)).status).toBe(200);
  expect((await desk.post(PATHS.cancel, { v: 1, site: "pk_test", key: code, credential: kiosk.credential })).status).toBe(204);
  expect((await desk.pull(kiosk)).status).toBe(401);
});
