/** The list of a customer's devices, and "sign out there": for whoever is on the list, and for nobody else. */
import { expect, test } from "vitest";
import type { DevicesAnswer } from "../../src/wire/devices.js";
import { PATHS } from "../../src/wire/version.js";
import "./described.js";
import { added, createDesk, type Desk, emptyDatabase, expectRefusal, id, sha256, stranger, type Voice } from "./desk.js";
import { readLedger } from "./ledger.js";
import { boxOf } from "./box.js";
import { readStream } from "./stream.js";

const HOUR = 3_600_000;
const nameOf = ({ credential }: Voice): string => credential.slice(0, 8);

async function signedIn(desk: Desk, customer: string, more: object = {}): Promise<Voice> {
  const who = stranger(more);
  expect((await desk.post(PATHS.signIn, { ...who, token: await desk.token(customer), merge: "union", consent: "newest" })).status).toBe(200);
  return who;
}

async function listed(desk: Desk, who: Voice): Promise<DevicesAnswer["devices"]> {
  const { status, body } = await desk.post(PATHS.devices, who);
  expect(status).toBe(200);
  return (body as DevicesAnswer).devices;
}

test("a customer sees each of their devices with channel, name and when it was last heard, and nobody else's", async () => {
  const desk = await createDesk();
  const phone = await signedIn(desk, "anna");
  const start = desk.now;
  desk.now += 5 * HOUR;
  const kiosk = await signedIn(desk, "anna", { channel: "kiosk", name: "Kiosk 3" });
  await signedIn(desk, "berta");
  expect(await listed(desk, phone)).toEqual([
    { device: nameOf(kiosk), channel: "kiosk", name: "Kiosk 3", isThis: false, seenAt: desk.now, signedInAt: desk.now },
    { device: nameOf(phone), channel: "web", isThis: true, seenAt: start, signedInAt: start },
  ]);
  expect((await listed(desk, kiosk)).map(({ isThis }) => isThis)).toEqual([true, false]);
  for (const who of [phone, kiosk]) expect(JSON.stringify(await listed(desk, phone))).not.toMatch(new RegExp([who.credential.slice(9), sha256(who.credential)].join("|")));
});

test("when a device was heard is noted once an hour, by looking as by adding, and costs no write in between", async () => {
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  const phone = await signedIn(desk, "anna");
  const seen = (): unknown => readLedger(database).rows().devices[0]?.seen_at;
  const start = desk.now;
  desk.now += HOUR - 1;
  await desk.push(phone, []);
  await (await desk.pull(phone)).body?.cancel();
  expect(seen()).toBe(start);
  desk.now += 1;
  await (await desk.pull(phone)).body?.cancel();
  expect(seen()).toBe(start + HOUR);
  desk.now += HOUR;
  await desk.push(phone, [added("A")]);
  expect(seen()).toBe(start + 2 * HOUR);
});

test("a device that was signed out from elsewhere is refused on every address, its stream ends at once, and it is on no list", async () => {
  const desk = await createDesk();
  const [phone, stolen] = [await signedIn(desk, "anna"), await signedIn(desk, "anna")];
  const stream = readStream(await desk.pull(stolen));
  await stream.wait("snapshot");
  expect((await desk.post(PATHS.signOutDevice, { ...phone, device: nameOf(stolen) })).status).toBe(204);
  await stream.over();
  await desk.push(phone, [added("SECRET")]);
  expect(JSON.stringify(stream.frames)).not.toContain("SECRET");
  const more = { events: [], mode: "take", device: nameOf(phone), visitAt: 0, observations: [], key: "BCDFGHJK", number: 42, token: await desk.token("anna"), merge: "union", consent: "newest" };
  for (const path of [PATHS.push, PATHS.observe, PATHS.signIn, PATHS.signOut, PATHS.devices, PATHS.signOutDevice, PATHS.offer, PATHS.approve]) {
    expectRefusal(await desk.post(path, { ...stolen, ...more }), "device-revoked", 401);
  }
  expect((await desk.pull(stolen)).status).toBe(401);
  expect((await listed(desk, phone)).map(({ device }) => device)).toEqual([nameOf(phone)]);
});

test("a device that was signed out from elsewhere writes nothing more by a sealed box either; one that signed itself out does", async () => {
  const desk = await createDesk();
  const [phone, stolen, tablet] = [await signedIn(desk, "anna"), await signedIn(desk, "anna"), await signedIn(desk, "anna")];
  await desk.post(PATHS.signOutDevice, { ...phone, device: nameOf(stolen) });
  expectRefusal(await desk.post(PATHS.sealed, boxOf(stolen, { channel: "web", events: [added("POISON", 9)] })), "not-found", 404);
  await desk.post(PATHS.signOut, tablet);
  expect((await desk.post(PATHS.sealed, boxOf(tablet, { channel: "web", events: [added("SCHOEN-42")] }))).status).toBe(204);
  const [frame] = await readStream(await desk.pull(phone)).wait("snapshot");
  expect(JSON.stringify(frame?.data)).toContain("SCHOEN-42");
  expect(JSON.stringify(frame?.data)).not.toContain("POISON");
});

test("somebody else's device, one that was signed out already and one that never was are the same answer, byte for byte", async () => {
  const desk = await createDesk();
  const [phone, gone, berta] = [await signedIn(desk, "anna"), await signedIn(desk, "anna"), await signedIn(desk, "berta")];
  await desk.post(PATHS.signOutDevice, { ...phone, device: nameOf(gone) });
  const answers = [];
  for (const device of [nameOf(berta), nameOf(gone), id().slice(0, 8)]) answers.push(await desk.post(PATHS.signOutDevice, { ...phone, device }));
  for (const answer of answers) expectRefusal(answer, "not-found", 404);
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  await desk.push(berta, [added("A")]);
});

test("two guests who share one cart see each other, and either may let the other go; the cart stays with who is left", async () => {
  const desk = await createDesk();
  const [phone, desktop] = [stranger(), { ...stranger(), name: "Laptop" }];
  await desk.push(phone, [added("A")]);
  const { token } = (await desk.post(PATHS.offer, { ...phone, mode: "join" })).body as { token: string };
  const { number } = (await desk.post(PATHS.accept, { ...desktop, key: token })).body as { number: number };
  await desk.post(PATHS.approve, { ...phone, number });
  expect((await listed(desk, phone)).map(({ name }) => name).sort()).toEqual(["Laptop", undefined]);
  expect((await desk.post(PATHS.signOutDevice, { ...desktop, device: nameOf(phone) })).status).toBe(204);
  expectRefusal(await desk.post(PATHS.push, { ...phone, events: [] }), "device-revoked", 401);
  const [frame] = await readStream(await desk.pull(desktop)).wait("snapshot");
  expect(JSON.stringify(frame?.data)).toContain('"A"');
});
