/** A sign-in is taken back at the server: whose receipts are whose afterwards, who may, and what is refused. */
import { expect, test } from "vitest";
import { eraseExpired } from "../../src/server/erase.js";
import { openStore } from "../../src/server/store/open.js";
import { PATHS } from "../../src/wire/version.js";
import { decided, decisionsIn, receiptsOf, signIn, verify } from "./consent.js";
import "./described.js";
import { added, createDesk, type Desk, emptyDatabase, event, expectRefusal, stranger, type Voice } from "./desk.js";
import { readStream, snapshotOf } from "./stream.js";

async function cartOf(desk: Desk, who: Voice): Promise<unknown> {
  const [frame] = await readStream(await desk.pull(who)).wait("snapshot");
  const { state, log } = snapshotOf(frame);
  return { log, isKnown: state.customer.isKnown, lines: state.cart.lines.map(({ id }) => id) };
}

test("receipts go back with the visitor: each set has its own decisions again, and the chain holds", async () => {
  const desk = await createDesk();
  const [anna, laptop] = [stranger(), stranger()];
  await signIn(desk, anna, "anna");
  await desk.push(anna, [decided({ analytics: false }, { scope: "account" }, { base: 1 })]);
  const { log: visitor } = await desk.push(laptop, [decided({ analytics: true, marketing: true })]);
  const { log } = await signIn(desk, laptop, "anna");
  expect((await desk.post(PATHS.unlink, { ...laptop })).status).toBe(204);
  const [hers, theirs] = [await receiptsOf(desk, anna), await receiptsOf(desk, laptop)];
  expect(decisionsIn(theirs).map(({ subject }) => subject)).toEqual([visitor]);
  expect(decisionsIn(hers).every(({ subject }) => subject === log)).toBe(true);
  for (const set of [hers, theirs]) expect((await verify(set)).fault).toBeUndefined();
});

test("an event that was on its way under the customer's name when the sign-in was taken back is refused, and changes nothing", async () => {
  const desk = await createDesk();
  const laptop = stranger();
  const { log: visitor } = await desk.push(laptop, [added("SHOE")]);
  const { log } = await signIn(desk, laptop, "anna");
  await desk.post(PATHS.unlink, { ...laptop });
  const late = added("BOOK", 1, { log, base: 1 });
  const { answers } = await desk.push(laptop, [late, added("SOCK", 1, { log: visitor, base: 1 })]);
  expect(answers.map(([, ...verdict]) => verdict)).toEqual([["refused", "signed-in-as-another"], ["applied", 3]]);
  expect(await cartOf(desk, laptop)).toEqual({ log: visitor, isKnown: false, lines: ["SHOE", "SOCK"] });
});

test("what a forgotten tab had sent to the visitor's cart while it was the customer's goes back as well", async () => {
  const desk = await createDesk();
  const laptop = stranger();
  const { log: visitor } = await desk.push(laptop, [added("SHOE")]);
  await signIn(desk, laptop, "anna");
  await desk.push(laptop, [added("BOOK", 1, { log: visitor, base: 1 }), event("line-removed", { line: "SHOE" }, { log: visitor, base: 1 })]);
  await desk.post(PATHS.unlink, { ...laptop });
  expect(await cartOf(desk, laptop)).toEqual({ log: visitor, isKnown: false, lines: ["BOOK"] });
});

test("only a device of the same customer may take it back, and the same refusal hides which devices there are", async () => {
  const desk = await createDesk();
  const [anna, berta, guest] = [stranger(), stranger(), stranger()];
  await signIn(desk, anna, "anna");
  await signIn(desk, berta, "berta");
  await desk.push(guest, [added("SHOE")]);
  const [name, refused] = [anna.credential.slice(0, 8), (body: object) => desk.post(PATHS.unlink, body)];
  const answers = [await refused({ ...berta, device: name }), await refused({ ...berta, device: "nobodyXX" }), await refused({ ...guest, device: name }), await refused({ ...guest })];
  for (const answer of answers) expectRefusal(answer, "unlink-impossible", 409);
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(await cartOf(desk, anna)).toMatchObject({ isKnown: true });
});

test("a visitor's cart whose time was over cannot come back, and the sign-in stays", async () => {
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  const laptop = stranger();
  await desk.push(laptop, [added("SHOE")]);
  await signIn(desk, laptop, "anna");
  const store = await openStore(database);
  await eraseExpired({ store, now: () => desk.now + 91 * 86_400_000 });
  await store.close();
  expectRefusal(await desk.post(PATHS.unlink, { ...laptop }), "unlink-impossible", 409);
  expect(await cartOf(desk, laptop)).toMatchObject({ isKnown: true, lines: ["SHOE"] });
});
