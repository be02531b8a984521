/** Screens in stores, as the server knows them: announced once, registered once, and never believed about themselves. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openStore } from "../../src/server/store/open.js";
import { PATHS } from "../../src/wire/version.js";
import { run } from "./command.js";
import "./described.js";
import { added, answerOf, createDesk, type Desk, emptyDatabase, expectRefusal, id, ORIGIN, site, stranger, type Voice } from "./desk.js";
import { readStream } from "./stream.js";

const HOUR = 3_600_000;
const registration = (): string => randomBytes(32).toString("base64url");
const database = (): string => emptyDatabase();

/** What the command prints on the shop's machine, beside the running server. */
async function kiosk(file: string, ...args: string[]): Promise<{ code: number | string | null; said: string }> {
  const { ended, said } = run(["kiosk", ...args, "--database", file]);
  return { code: await ended, said: said() };
}

/** A desk with a kiosk that has been announced; the command serves the demo's key. */
async function announced(): Promise<{ desk: Desk; file: string; code: string; kioskId: string }> {
  const file = database();
  const desk = await createDesk({ database: file, sites: [{ ...site, key: "pk_demo" }] });
  desk.now = Date.now(); // the command has its own clock
  const { said } = await kiosk(file, "add", "--store", "GENT", "--name", "Kiosk 3");
  return { desk, file, code: /Code: (\S+)/.exec(said)?.[1] ?? "", kioskId: said.split(" ")[0] ?? "" };
}

const register = (desk: Desk, code: string, own: string, address?: string) => desk.post(PATHS.kioskRegister, { v: 1, site: "pk_demo", code, registration: own }, address === undefined ? {} : { address });
const start = (desk: Desk, own: string, begun = id()) => desk.post(PATHS.kioskStart, { v: 1, site: "pk_demo", registration: own, start: begun });
/** A visit's voice at a kiosk, whatever its page claims to be called. */
const visit = (own: string, begun: string): Voice & { name: string; kiosk: object } => ({ ...stranger({ site: "pk_demo", channel: "kiosk" }), name: "Your bank", kiosk: { registration: own, start: begun } });

test("a screen takes its code once, also when the answer was lost; another screen does not, and how it was typed does not matter", async () => {
  const { desk, code } = await announced();
  expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}(-[BCDFGHJKLMNPQRSTVWXZ]{4}){2}$/);
  const own = registration();
  const who = { store: "GENT", name: "Kiosk 3" };
  expect(await register(desk, code.toLowerCase().replaceAll("-", " "), own)).toMatchObject({ status: 200, body: who });
  expect(await register(desk, code, own)).toMatchObject({ status: 200, body: who });
  expectRefusal(await register(desk, code, registration()), "kiosk-unknown", 403);
  expectRefusal(await register(desk, "BCDF-GHJK-LMNP", own), "kiosk-unknown", 403);
  expect((await start(desk, own)).body).toEqual(who);
});

test("a code is good for an hour", async () => {
  const { desk, code } = await announced();
  desk.now += HOUR + 60_000;
  expectRefusal(await register(desk, code, registration()), "kiosk-unknown", 403);
});

test("who guesses codes is stopped after five, and others may go on", async () => {
  const { desk, code } = await announced();
  for (let i = 0; i < 5; i++) expectRefusal(await register(desk, `BBBB-BBBB-BBB${"BCDFG"[i]}`, registration(), "10.0.0.9"), "kiosk-unknown");
  expectRefusal(await register(desk, code, registration(), "10.0.0.9"), "too-many-tries", 429);
  expect((await register(desk, code, registration(), "10.0.0.10")).status).toBe(200);
});

test("neither the code nor the registration stands in the database", async () => {
  const { desk, code, file } = await announced();
  const own = registration();
  await register(desk, code, own);
  await desk.push(visit(own, id()), [added("SCHOEN-42")]);
  await desk.server.close();
  const bytes = readFileSync(file).toString("latin1");
  expect(bytes).toContain("Kiosk 3");
  expect([bytes.includes(own), bytes.includes(code), bytes.includes(code.replaceAll("-", ""))]).toEqual([false, false, false]);
});

test("a registered screen is called by the server what it was announced as, in its store, whatever its page says", async () => {
  const { desk, code } = await announced();
  const own = registration();
  await register(desk, code, own);
  const at = visit(own, id());
  await desk.push(at, [added("SCHOEN-42")]);
  const offer = (await desk.post(PATHS.offer, { ...at, mode: "take", url: `${ORIGIN}/` })).body as { token: string };
  expect((await desk.post(PATHS.preview, { v: 1, site: "pk_demo", key: offer.token })).body).toMatchObject({ from: { channel: "kiosk", name: "Kiosk 3", store: "GENT" } });

  const { kiosk: _, ...impostor } = { ...visit(own, id()), store: "GENT", name: "Kiosk 3" };
  await desk.push(impostor, [added("SCHOEN-42")]);
  const other = (await desk.post(PATHS.offer, { ...impostor, mode: "take", url: `${ORIGIN}/` })).body as { token: string };
  expect((await desk.post(PATHS.preview, { v: 1, site: "pk_demo", key: other.token })).body).toMatchObject({ from: { channel: "kiosk", name: "Kiosk 3" } });
  expect(JSON.stringify((await desk.post(PATHS.preview, { v: 1, site: "pk_demo", key: other.token })).body)).not.toContain("GENT");
});

test("at its start a screen ends every earlier visit of its own, a guest's cart with it; its own visit of this start and other screens go on", async () => {
  const { desk, file, code, kioskId } = await announced();
  const second = /Code: (\S+)/.exec((await kiosk(file, "add", "--store", "GENT", "--name", "Kiosk 4")).said)?.[1] ?? "";
  const [own, others] = [registration(), registration()];
  await register(desk, code, own);
  await register(desk, second, others);
  const [before, begun] = [id(), id()];
  const [lost, next, elsewhere] = [visit(own, before), visit(own, begun), visit(others, before)];
  for (const who of [lost, elsewhere, next]) await desk.push(who, [added("SCHOEN-42")]); // the push may be quicker than the start
  await start(desk, own, begun);
  const status = async (who: Voice) => (await answerOf(await desk.pull(who))).status;
  expect([await status(lost), await status(next), await status(elsewhere)]).toEqual([401, 200, 200]);
  const store = await openStore(file);
  expect((await store.read((tx) => tx.visitsAt(kioskId))).map(({ kioskStart, isRevoked }) => [kioskStart, isRevoked])).toEqual([[begun, false]]);
  await store.close();
});

test("at its start a screen lets go of a customer who was signed in there, and their cart stays theirs", async () => {
  const { desk, code } = await announced();
  const own = registration();
  await register(desk, code, own);
  const lost = visit(own, id());
  await desk.push(lost, [added("SCHOEN-42")]);
  expect((await desk.post(PATHS.signIn, { ...lost, token: await desk.token("anna"), merge: "union", consent: "account" })).status).toBe(200);
  await start(desk, own);
  expect((await desk.post(PATHS.push, { ...lost, events: [] })).status).toBe(401);
  const phone = stranger({ site: "pk_demo" });
  expect((await desk.post(PATHS.signIn, { ...phone, token: await desk.token("anna"), merge: "union", consent: "account" })).status).toBe(200);
  const entries = (await (await desk.pull(phone)).body?.getReader().read())?.value;
  expect(new TextDecoder().decode(entries)).toContain("SCHOEN-42");
});

test.each(["starts anew", "is removed"])("a screen that had borrowed a cart and %s has given it back: it opens nothing there any more", async (how) => {
  const { desk, file, code, kioskId } = await announced();
  const own = registration();
  await register(desk, code, own);
  const [phone, at] = [stranger({ site: "pk_demo" }), visit(own, id())];
  await desk.push(phone, [added("SCHOEN-42")]);
  await desk.push(at, []);
  const { token } = (await desk.post(PATHS.offer, { ...phone, mode: "lend", url: `${ORIGIN}/` })).body as { token: string };
  const { number } = (await desk.post(PATHS.accept, { ...at, key: token })).body as { number: number };
  expect((await desk.post(PATHS.approve, { ...phone, number })).body).toMatchObject({ status: "lent" });
  desk.now += 60_000;
  const [told, shown] = [readStream(await desk.pull(phone)), readStream(await desk.pull(at))];
  await shown.wait("snapshot");
  if (how === "starts anew") {
    await start(desk, own);
    await shown.over();
    expect((await told.wait("handoff", 2)).at(-1)?.data).toMatchObject({ mode: "lend", status: "done" });
  } else await kiosk(file, "remove", kioskId);
  expectRefusal(await desk.post(PATHS.push, { ...at, events: [] }), "device-revoked", 401);
});

test("a screen that is removed is refused from then on, and so is the visit at it", async () => {
  const { desk, file, code, kioskId } = await announced();
  const own = registration();
  await register(desk, code, own);
  const at = visit(own, id());
  await desk.push(at, [added("SCHOEN-42")]);
  expect((await kiosk(file, "list")).said).toMatch(new RegExp(`^${kioskId}  GENT  Kiosk 3  registered\\n$`));
  expect(await kiosk(file, "remove", kioskId)).toMatchObject({ code: 0, said: expect.stringContaining("removed") });
  expect((await desk.post(PATHS.push, { ...at, log: "x".repeat(16), events: [] })).status).toBe(401);
  expectRefusal(await desk.post(PATHS.push, { ...visit(own, id()), events: [] }), "kiosk-unknown", 403);
  expectRefusal(await start(desk, own), "kiosk-unknown", 403);
  expectRefusal(await register(desk, code, own), "kiosk-unknown", 403);
  expect((await kiosk(file, "list")).said).toBe("pk_demo has no kiosks.\n");
});

test("a site whose kiosks register first takes no other screen for one", async () => {
  const desk = await createDesk({ sites: [{ ...site, kiosks: "registered" }] });
  expectRefusal(await desk.post(PATHS.push, { ...stranger({ channel: "kiosk" }), events: [] }), "kiosk-unknown", 403);
  expect((await desk.post(PATHS.push, { ...stranger(), events: [] })).status).toBe(200);
});

test.each<[string, string[], RegExp]>([
  ["no task", [], /carryover kiosk add --store/], ["no store", ["add", "--name", "Kiosk 3"], /takes --store and --name/],
  ["a name with a line break", ["add", "--store", "GENT", "--name", "Kiosk\n3"], /takes --store and --name/],
  ["a site that is none", ["list", "--site", "pk_other"], /--site takes one of pk_demo; found pk_other/], ["a kiosk that is none", ["remove", "kiosk-0"], /has no kiosk kiosk-0/],
  ["nothing to remove", ["remove"], /takes the id/],
])("%s: the command says what is wrong in a sentence", async (_, args, sentence) => {
  const file = database();
  await (await openStore(file)).close();
  const { code, said } = await kiosk(file, ...args);
  expect([code === 0, said]).toEqual([false, expect.stringMatching(sentence)]);
  expect(said).not.toMatch(/^\s+at /m);
});

test("two screens of one store cannot have the same name", async () => {
  const { file } = await announced();
  expect(await kiosk(file, "add", "--store", "GENT", "--name", "Kiosk 3")).toMatchObject({ code: 1, said: expect.stringContaining("already") });
  expect((await kiosk(file, "add", "--store", "UTRECHT", "--name", "Kiosk 3")).code).toBe(0);
});
