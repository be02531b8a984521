/** Two servers on one database are one: what happens at either is heard at both, and what the bus loses is found in the database. */
import { describe, expect, test, vi } from "vitest";
import { openStore } from "../../src/server/store/open.js";
import { PATHS } from "../../src/wire/version.js";
import { signIn } from "../server/consent.js";
import { run } from "../server/command.js";
import { askPostgres } from "../server/database.js";
import { added, atEnd, createDesk, type Desk, emptyDatabase, stranger, type Voice } from "../server/desk.js";
import { entryOf, type Reader, readStream, snapshotOf } from "../server/stream.js";
import { startNats } from "./nats.js";

interface Fleet {
  readonly desks: readonly [Desk, Desk];
  readonly database: string;
  /** Takes the bus away, or what connects the servers with it; they find their way back by themselves. */
  cut(): Promise<void>;
  heal(): Promise<void>;
}

const buses: Record<string, () => Promise<Fleet>> = {
  async "PostgreSQL's own NOTIFY"() {
    const fleet = await openFleet();
    const cut = async (): Promise<void> => void askPostgres(fleet.database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'carryover bus' AND datname = current_database()");
    return { ...fleet, cut, heal: async () => undefined };
  },
  async NATS() {
    const nats = await startNats();
    return { ...(await openFleet(nats.address)), cut: nats.stop, heal: nats.start };
  },
};

async function openFleet(bus?: string): Promise<Pick<Fleet, "desks" | "database">> {
  const database = emptyDatabase();
  const more = { database, ...(bus !== undefined && { bus }) };
  const desks = [await createDesk(more), await createDesk(more)] as const;
  await allWell(desks);
  return { database, desks };
}

const isWell = ({ server }: Desk): boolean => server.health.every((one) => one.isWell);
const allWell = (desks: readonly Desk[]): Promise<void> => vi.waitFor(() => expect(desks.map(isWell)).toEqual(desks.map(() => true)), { timeout: 20_000, interval: 5 });

/** Anna on a phone at the first server and on a desktop at the second; the desktop's stream is open. */
async function household({ desks: [here, there] }: Fleet): Promise<{ phone: Voice; desktop: Voice; stream: Reader; start: number }> {
  const [phone, desktop] = [stranger(), stranger()];
  await signIn(here, phone, "anna");
  await signIn(there, desktop, "anna");
  const stream = readStream(await there.pull(desktop));
  const [frame] = await stream.wait("snapshot");
  return { phone, desktop, stream, start: snapshotOf(frame).seq };
}

const seqsOf = async (stream: Reader, count: number): Promise<number[]> => (await stream.wait("", count)).map((frame) => entryOf(frame).seq);
const after = (start: number, count: number): number[] => Array.from({ length: count }, (_, i) => start + 1 + i);

describe.each(Object.entries(buses))("over %s", (_, open) => {
  test("what the phone puts in at one server is told to the desktop at the other, each entry once and in order, whoever wrote it", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }); // nobody looks: it has to be told
    atEnd(() => void vi.useRealTimers());
    const fleet = await open();
    const { phone, desktop, stream, start } = await household(fleet);
    const [here, there] = fleet.desks;
    await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? here.push(phone, [added("A")]) : there.push(desktop, [added("B")]))));
    expect(await seqsOf(stream, 40)).toEqual(after(start, 40));
  });

  test("who signs a device out at one server ends its streams at the other", async () => {
    const fleet = await open();
    const { phone, desktop, stream } = await household(fleet);
    const listed = (await fleet.desks[0].post(PATHS.devices, { ...phone })).body as { devices: { device: string; isThis: boolean }[] };
    const other = listed.devices.find(({ isThis }) => !isThis);
    expect((await fleet.desks[0].post(PATHS.signOutDevice, { ...phone, device: other?.device })).status).toBe(204);
    await stream.over();
    expect(stream.frames.at(-1)?.event).toBe("bye");
    expect((await fleet.desks[1].post(PATHS.push, { ...desktop, events: [] })).status).toBe(401);
  });

  test("a phone that offers its cart at one server hears of the kiosk that takes it at the other", async () => {
    const { desks: [here, there] } = await open();
    const phone = stranger();
    await here.push(phone, [added("SCHOEN-42")]);
    const stream = readStream(await here.pull(phone));
    await stream.wait("snapshot");
    const { code } = (await here.post(PATHS.offer, { ...phone, mode: "join", url: "https://shop.example/" })).body as { code: string };
    const { body } = await there.post(PATHS.accept, { ...stranger({ channel: "kiosk" }), key: code });
    const { number } = body as { number: number };
    const [told] = await stream.wait("handoff");
    expect(told?.data).toMatchObject({ status: "to-approve", choices: expect.arrayContaining([number]) });
  });

  test("while the bus is away servers say so, and streams hear within seconds all the same; once it is back, at once", async () => {
    const fleet = await open();
    const { phone, stream, start } = await household(fleet);
    const [here] = fleet.desks;
    await fleet.cut();
    await vi.waitFor(() => expect(fleet.desks.some((desk) => !isWell(desk))).toBe(true), { timeout: 20_000, interval: 1 });
    await here.push(phone, [added("A"), added("B")]);
    expect(await seqsOf(stream, 2)).toEqual(after(start, 2));
    await fleet.heal();
    await allWell(fleet.desks);
    await here.push(phone, [added("C")]);
    expect(await seqsOf(stream, 3)).toEqual(after(start, 3));
  });
});

test("a server whose NATS is not there starts all the same, says so, and finds it once it comes", async () => {
  const nats = await startNats();
  await nats.stop();
  const desk = await createDesk({ database: emptyDatabase(), bus: nats.address });
  await desk.push(stranger(), [added("A")]);
  expect(desk.server.health).toEqual([expect.objectContaining({ name: "bus", isWell: false })]);
  await nats.start();
  await allWell([desk]);
});

test("an address that is none of a bus is refused in a sentence, before a database is made", async () => {
  await expect(createDesk({ database: emptyDatabase(), bus: "redis://localhost" })).rejects.toThrow("carryover: bus takes the address of a NATS, nats://…; found redis:.");
});

test("what a server wrote that was killed before it could say so is heard at the next look, and who was signed out meanwhile hears nothing", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  atEnd(() => void vi.useRealTimers());
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  const [phone, desktop] = [stranger(), stranger()];
  await signIn(desk, phone, "anna");
  const { log } = await signIn(desk, desktop, "anna");
  const streams = await Promise.all([phone, desktop].map(async (who) => readStream(await desk.pull(who))));
  const [[frame]] = await Promise.all(streams.map((stream) => stream.wait("snapshot"))) as [[never], [never]];
  const start = snapshotOf(frame).seq;
  const other = await openStore(database); // a process that says nothing
  atEnd(() => other.close());
  await other.transact(async (tx) => {
    const [row, device] = [await tx.log(log), (await tx.devicesOf(log)).find(({ device }) => desktop.credential.startsWith(device))];
    await tx.append(log, [{ seq: start + 1, id: "silent", type: "cart-kept", data: {}, at: 1, base: 0, device: "x", channel: "web" }], [1]);
    await tx.putLog({ ...(row as never as object), head: start + 1 } as never);
    await tx.putDevice({ ...(device as never as object), isRevoked: true } as never);
  });
  vi.advanceTimersByTime(16_000);
  expect(await seqsOf(streams[0] as Reader, 1)).toEqual([start + 1]);
  await streams[1]?.over();
});

test("a process whose server is closed before its NATS ever came asks after it no more, and ends by itself", async () => {
  const nats = await startNats();
  await nats.stop();
  const script = `
    import { createServer } from "./dist/server.js";
    const server = await createServer({ database: ":memory:", bus: "${nats.address}", sites: [{ key: "pk_test", origins: [] }] });
    await server.close();
    console.log("closed");`;
  const { ended, said } = run([], [process.execPath, "--input-type=module", "--eval", script]);
  expect([await ended, said()]).toEqual([0, "closed\n"]);
});
