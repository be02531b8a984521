/** Invariant 7: nothing of one customer is readable with another's credential, and an id is never a key. */
import { expect, test } from "vitest";
import { PATHS } from "../../src/wire/version.js";
import { added, createDesk, type Desk, emptyDatabase, event, expectRefusal, sha256, site, stranger, type Voice } from "./desk.js";
import { bytesOn, readLedger } from "./ledger.js";
import { entryOf, readStream, snapshotOf } from "./stream.js";

async function signedIn(desk: Desk, customer: string): Promise<Voice> {
  const who = stranger();
  const { status } = await desk.post(PATHS.signIn, { ...who, token: await desk.token(customer), merge: "union", consent: "newest" });
  expect(status).toBe(200);
  return who;
}

test("the credential of one customer shows nothing of another, whatever log, device or event it names", async () => {
  const desk = await createDesk();
  const [anna, berta] = [await signedIn(desk, "anna"), await signedIn(desk, "berta")];
  const secret = event("field-set", { line: "A", name: "note", value: "for my husband" });
  const { log } = await desk.push(anna, [added("A"), secret]);

  const named = await desk.push(berta, [added("B", 1, { log }), { ...secret, log }], { log });
  expect(named.log).not.toBe(log);
  const stream = readStream(await desk.pull(berta, { log, unsure: [secret.id] }));
  const [frame] = await stream.wait("snapshot");
  expect(snapshotOf(frame).log).toBe(named.log);
  expect(named.answers.map(([, verdict]) => verdict)).toEqual(["applied", "applied"]); // her own words under that id; his are untouched
  const [hers] = await readStream(await desk.pull(anna)).wait("snapshot");
  expect(snapshotOf(hers)).toMatchObject({ log, seq: 3, state: { cart: { lines: [{ id: "A" }] } } });
});

test("the public name of a device, the hash of its credential and the key of its sealed box open nothing", async () => {
  const desk = await createDesk();
  const anna = await signedIn(desk, "anna");
  const [name = ""] = anna.credential.split(".");
  const hash = sha256(anna.credential);
  for (const guess of [`${name}.${"A".repeat(43)}`, `${name}.${hash}`, `${name}.${sha256(hash)}`, `AAAAAAAA.${anna.credential.slice(9)}`]) {
    const { credential, ...rest } = { ...anna, credential: guess };
    expectRefusal(await desk.post(PATHS.pull, rest, { headers: { authorization: `Bearer ${credential}` } }), "credential-unknown", 401);
    expectRefusal(await desk.post(PATHS.signOut, { ...rest, credential }), "credential-unknown", 401);
    expectRefusal(await desk.post(PATHS.approve, { ...rest, credential, number: 42 }), "credential-unknown", 401);
  }
});

test("a credential of one shop is nobody at another shop of the same server, and a customer of the same name somebody else", async () => {
  const desk = await createDesk({ sites: [site, { ...site, key: "pk_other" }] });
  const anna = await signedIn(desk, "anna");
  await desk.push(anna, [added("A")]);
  expectRefusal(await desk.post(PATHS.push, { ...anna, site: "pk_other", events: [] }), "credential-unknown", 401);
  expect((await desk.pull({ ...anna, site: "pk_other" })).status).toBe(401);
  const there = stranger({ site: "pk_other" });
  expect((await desk.post(PATHS.signIn, { ...there, token: await desk.token("anna"), merge: "union", consent: "newest" })).body).toMatchObject({ met: "new" });
  const [frame] = await readStream(await desk.pull(there)).wait("snapshot");
  expect(snapshotOf(frame).state.cart.lines).toEqual([]);
});

test("a device that was signed out is worth nothing from then on, and its stream ends at once", async () => {
  const desk = await createDesk();
  const [phone, desktop] = [await signedIn(desk, "anna"), await signedIn(desk, "anna")];
  const stream = readStream(await desk.pull(phone));
  await stream.wait("snapshot");
  expect((await desk.post(PATHS.signOut, phone)).status).toBe(204);
  await stream.over();
  await desk.push(desktop, [added("SECRET")]);
  expect(JSON.stringify(stream.frames)).not.toContain("SECRET");

  for (const path of [PATHS.push, PATHS.signOut, PATHS.offer]) {
    expectRefusal(await desk.post(path, { ...phone, events: [], mode: "take" }), "device-revoked", 401);
  }
  expectRefusal(await desk.post(PATHS.signIn, { ...phone, token: await desk.token("anna"), merge: "union", consent: "newest" }), "device-revoked", 401);
  expect((await desk.pull(phone)).status).toBe(401);
  expect((await desk.pull(desktop)).status).toBe(200);
});

test("somebody else who signs in on a device that somebody is signed in on is refused, and learns nothing", async () => {
  const desk = await createDesk();
  const phone = await signedIn(desk, "anna");
  await desk.push(phone, [added("A")]);
  const answer = await desk.post(PATHS.signIn, { ...phone, token: await desk.token("berta"), merge: "union", consent: "newest" });
  expectRefusal(answer, "signed-in-as-another", 409);
  expect(JSON.stringify(answer.body)).not.toMatch(/anna|berta/);
});

test("the database holds of each credential only its hash, and of a code and a token the same: no byte more", async () => {
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  const [anna, guest] = [await signedIn(desk, "anna"), stranger({ channel: "kiosk" })];
  await desk.push(anna, [added("A")]);
  await desk.push(guest, [added("B")]);
  const { code, token } = (await desk.post(PATHS.offer, { ...guest, mode: "take" })).body as { code: string; token: string };
  const customer = await desk.token("anna");
  const onDisk = bytesOn(database);
  expect(onDisk).toContain(sha256(anna.credential)); // the search finds what is there
  for (const secret of [anna.credential, anna.credential.slice(9), guest.credential.slice(9), code, token, customer]) {
    expect(onDisk).not.toContain(secret);
    expect(onDisk).not.toContain(secret.slice(0, Math.max(8, Math.floor(secret.length / 2))).padEnd(8, "!"));
  }
  expect(readLedger(database).rows().devices.map(({ hash }) => hash)).toContain(sha256(guest.credential));
});

test("an event tells others which device made it by its public name, never by what proves it", async () => {
  const desk = await createDesk();
  const [phone, desktop] = [await signedIn(desk, "anna"), await signedIn(desk, "anna")];
  const stream = readStream(await desk.pull(desktop));
  await stream.wait("snapshot");
  await desk.push(phone, [added("A")]);
  const [frame] = await stream.wait("");
  expect(entryOf(frame).device).toBe(phone.credential.slice(0, 8));
  expect(JSON.stringify(stream.frames)).not.toContain(phone.credential.slice(9));
  expect(JSON.stringify(stream.frames)).not.toContain(sha256(phone.credential));
});
