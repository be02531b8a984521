/** A backup was put back: devices notice, what it lacks comes back from them, and nobody is taken to have seen what they have not. */
import { copyFileSync, rmSync } from "node:fs";
import Database from "libsql";
import { expect, test } from "vitest";
import { noteRestored } from "../../src/server/index.js";
import { encodeCursor } from "../../src/wire/pull.js";
import { run } from "./command.js";
import { added, createDesk, type Desk, event, stranger, tempFile, type Voice } from "./desk.js";
import { readLedger } from "./ledger.js";
import { helloOf, readStream, snapshotOf } from "./stream.js";

interface Backup {
  readonly desk: Desk;
  readonly before: string;
}

/** A server whose database was put back as it was after `kept`, without what came `lost`; both are done to the first server. */
async function putBack(kept: (desk: Desk) => Promise<unknown>, lost: (desk: Desk) => Promise<unknown>, isNoted = true): Promise<Backup> {
  const [file, copy] = [tempFile(), tempFile("backup.db")];
  const desk = await createDesk({ database: file });
  await kept(desk);
  const db = new Database(file);
  db.exec(`VACUUM INTO '${copy}'`);
  const { value: before } = db.prepare("SELECT value FROM meta WHERE name = 'epoch'").get() as { value: string };
  db.close();
  await lost(desk);
  await desk.server.close();
  const place = tempFile(); // a place of its own: a closed database may still be held by this process
  copyFileSync(copy, place);
  if (isNoted) expect(await noteRestored(place)).not.toBe(before);
  return { before, desk: await createDesk({ database: place }) };
}

async function quantities(desk: Desk, who: Voice): Promise<Record<string, number>> {
  const [frame] = await readStream(await desk.pull(who)).wait("snapshot");
  return Object.fromEntries(snapshotOf(frame).state.cart.lines.map(({ id, marks }) => [id, marks.reduce((sum, { n = 0 }) => sum + n, 0)]));
}

const who = stranger();
const [shoe, book] = [added("SCHOEN-42"), added("BOEK-1")];

test("a device that stood behind the backup hears the new epoch and gets the whole cart, told which of its own are in it", async () => {
  const { desk, before } = await putBack((d) => d.push(who, [shoe]), (d) => d.push(who, [book]));
  const stream = readStream(await desk.pull(who, { cursor: encodeCursor(before, 2, 1), unsure: [shoe.id, book.id] }));
  const [frame] = await stream.wait("snapshot");
  expect(helloOf(stream.frames[0]).epoch).not.toBe(before);
  expect(snapshotOf(frame)).toMatchObject({ seq: 1, included: [shoe.id] });
});

test("what the backup lacks is sent again under its own ids, and counts once", async () => {
  const { desk, before } = await putBack((d) => d.push(who, [shoe]), (d) => d.push(who, [book]));
  for (let i = 0; i < 2; i++) {
    const { answers } = await desk.push(who, [shoe, book], { epoch: before });
    expect(answers).toEqual([[shoe.id, "duplicate", 1], [book.id, i === 0 ? "applied" : "duplicate", 2]]);
  }
  expect(await quantities(desk, who)).toEqual({ "SCHOEN-42": 1, "BOEK-1": 1 });
});

/** In the lost history the phone had seen five entries; three are left. */
const five = Array.from({ length: 5 }, () => added("SCHOEN-42"));
const keptThree = (d: Desk): Promise<unknown> => d.push(who, five.slice(0, 3));
const lostTwo = (d: Desk): Promise<unknown> => d.push(who, five.slice(3));

test("a removal made before the backup was put back takes nothing that was added since", async () => {
  const { desk, before } = await putBack(keptThree, lostTwo);
  await desk.push(who, [added("SCHOEN-42", 7), added("BOEK-1", 7)]); // entries 4 and 5 of the new history
  const removals = ["SCHOEN-42", "BOEK-1"].map((line) => event("line-removed", { line }, { base: 5 }));
  await desk.push(who, removals, { epoch: before });
  expect(await quantities(desk, who)).toEqual({ "SCHOEN-42": 7, "BOEK-1": 7 });
});

test("a removal made since then takes what it has seen", async () => {
  const { desk } = await putBack(keptThree, lostTwo);
  await desk.push(who, [added("SCHOEN-42", 7)]);
  const stream = readStream(await desk.pull(who));
  await stream.wait("snapshot");
  await desk.push(who, [event("line-removed", { line: "SCHOEN-42" }, { base: 4 })], { epoch: helloOf(stream.frames[1]).epoch });
  expect(await quantities(desk, who)).toEqual({});
});

test("a consent given before the backup was put back does not outlive a refusal since", async () => {
  const anna = stranger();
  const decision = (isGranted: boolean, base: number): object => event("consent-decided", { scope: "device", asked: "device", policy: "1", purposes: { marketing: isGranted } }, { base });
  const { desk, before } = await putBack((d) => d.push(anna, [added("A")]), (d) => d.push(anna, [added("B"), added("C")]));
  await desk.push(anna, [decision(false, 1)]);
  await desk.push(anna, [decision(true, 3)], { epoch: before });
  const [frame] = await readStream(await desk.pull(anna)).wait("snapshot");
  expect(snapshotOf(frame).state.consent.scopes[0]?.purposes[0]).toMatchObject({ grants: [], refusals: [{}] });
});

test("an epoch that this database does not remember vouches for nothing", async () => {
  const { desk } = await putBack(keptThree, lostTwo);
  await desk.push(who, [event("line-removed", { line: "SCHOEN-42" }, { base: 3 })], { epoch: "elsewhere" });
  expect(await quantities(desk, who)).toEqual({ "SCHOEN-42": 3 });
});

test("when backups were put back twice, each epoch vouches for what was left of it", async () => {
  const file = tempFile();
  const push = async (events: readonly object[], more = {}): Promise<string> => {
    const desk = await createDesk({ database: file });
    await desk.push(who, events, more);
    const { value } = readLedger(file).rows().meta[0] as { value: string };
    await desk.server.close();
    return value;
  };
  const first = await push(five.slice(0, 2));
  const second = await noteRestored(file);
  await push(five.slice(2, 4));
  await noteRestored(file);
  await push([added("SCHOEN-42", 7)]);
  await push([event("line-removed", { line: "SCHOEN-42" }, { base: 9 })], { epoch: first });
  const desk = await createDesk({ database: file });
  expect(await quantities(desk, who)).toEqual({ "SCHOEN-42": 9 }); // the first two are gone
  await desk.push(who, [event("line-removed", { line: "SCHOEN-42" }, { base: 9 })], { epoch: second });
  expect(await quantities(desk, who)).toEqual({ "SCHOEN-42": 7 }); // and now the two of the second epoch
});

test("a backup that nobody has said a word about is noticed as well: the device's place is not one of this history", async () => {
  const { desk, before } = await putBack(keptThree, lostTwo, false);
  await desk.push(who, [added("X"), added("Y"), added("Z")]); // the same numbers, another history
  for (const [seq, hash] of [[5, 1], [9, 1]] as const) {
    const stream = readStream(await desk.pull(who, { cursor: encodeCursor(before, seq, hash) }));
    expect(snapshotOf((await stream.wait("snapshot"))[0])).toMatchObject({ seq: 6 });
  }
});

test("the command says it to the database; to a file that is not there it does not", async () => {
  const file = tempFile();
  await (await createDesk({ database: file })).server.close();
  const epoch = (): unknown => readLedger(file).rows().meta;
  const before = epoch();
  const command = run(["restored", "--database", file]);
  expect(await command.ended).toBe(0);
  expect(command.said()).toMatch(/has the new epoch [\w-]{8}: devices will ask anew/);
  expect(epoch()).not.toEqual(before);
  for (const args of [["restored"], ["restored", "--database", `${file}x`]]) {
    const wrong = run(args);
    expect(await wrong.ended).toBe(1);
    expect(wrong.said()).toMatch(/--database FILE|is not there/);
  }
});

test("a server that has stopped leaves one file with everything in it, for whoever copies it", async () => {
  const [file, copy] = [tempFile(), tempFile("copy.db")];
  const server = run(["serve", "--port", "0", "--database", file]);
  const url = await server.listening();
  await fetch(`${url}/v1/push`, { method: "POST", body: JSON.stringify({ ...who, site: "pk_demo", events: five }) });
  server.child.kill("SIGTERM");
  await server.ended;
  copyFileSync(file, copy);
  rmSync(file);
  expect(readLedger(copy).rows().entries).toHaveLength(5);
});
