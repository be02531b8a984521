/** How long a change takes until a second screen has it is measured also where another server has written it. */
import { describe, expect, test, vi } from "vitest";
import { createTalk } from "../../src/server/bus/talk.js";
import { createLive, type News } from "../../src/server/live.js";
import { signIn } from "../server/consent.js";
import { added, atEnd, createDesk, type Desk, emptyDatabase, stranger } from "../server/desk.js";
import { samplesOf, valueOf } from "../server/exposition.js";
import { readStream } from "../server/stream.js";
import { startNats } from "./nats.js";

const buses: Record<string, () => Promise<object>> = { "PostgreSQL's own NOTIFY": async () => ({}), NATS: async () => ({ bus: (await startNats()).address }) };

describe.each(Object.entries(buses))("over %s", (_, bus) => {
  test("a desktop at one server hears of the phone at another, and each of its changes is timed there, from their commit", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }); // nobody looks: what is looked for is not timed
    atEnd(() => void vi.useRealTimers());
    const more = { database: emptyDatabase(), ...(await bus()) };
    const [here, there] = [await createDesk(more), await createDesk(more)];
    await vi.waitFor(() => expect([here, there].flatMap(({ server }) => server.health.map(({ isWell }) => isWell))).toEqual([true, true]), { timeout: 20_000, interval: 5 });
    const [phone, desktop] = [stranger(), stranger()];
    await signIn(here, phone, "anna");
    await signIn(there, desktop, "anna");
    const stream = readStream(await there.pull(desktop));
    await stream.wait("snapshot");
    for (let n = 1; n <= 5; n += 1) {
      await here.push(phone, [added("A")]);
      await stream.wait("", n);
    }
    expect([measure(here, "count"), measure(there, "count")]).toEqual([0, 5]);
    expect(measure(there, "sum")).toBeGreaterThan(0);
    expect(measure(there, "sum")).toBeLessThan(30);
  });
});

const measure = ({ server }: Desk, what: string): number => valueOf(samplesOf(server.metrics()), `carryover_delivery_seconds_${what}`);

const entry = (seq: number) => ({ id: `id-${seq}`, type: "cart-kept", data: {}, at: 1, base: 0, seq, device: "device", channel: "web" });

/** A follower of a log that has what another process wrote, and when it is told that was. */
function follow(from: number): { live: ReturnType<typeof createLive>; told: News[]; add(seq: number): void } {
  const [written, told] = [[] as ReturnType<typeof entry>[], [] as News[]];
  const live = createLive({ read: async (_, after) => written.filter(({ seq }) => seq > after), report: (error) => { throw error; } });
  const silent = { handoff: () => undefined, bye: () => undefined, beat: () => undefined, bufferedBytes: () => 0 };
  live.follow("log", { ...silent, device: "hash", name: "device", entries: (news) => void told.push(news) }).stand(from);
  return { live, told, add: (seq) => void written.push(entry(seq)) };
}

test("what is told together is timed from the first of it; what was committed before the stream began, or is only found by looking, is not", async () => {
  const { live, told, add } = follow(3);
  live.remind("log", 3, 100); // a word that comes late
  for (const seq of [4, 5]) add(seq);
  live.remind("log", 4, 400);
  live.remind("log", 5, 500);
  await vi.waitFor(() => expect(told.at(-1)?.entries.at(-1)?.seq).toBe(5));
  add(6);
  live.remind("log", 6);
  await vi.waitFor(() => expect(told.at(-1)?.entries.at(-1)?.seq).toBe(6));
  live.remind("log", 6, 600);
  add(7);
  live.remind("log", 7, 700);
  await vi.waitFor(() => expect(told.at(-1)?.entries.at(-1)?.seq).toBe(7));
  expect(told.map(({ committedAt }) => committedAt)).toEqual([400, undefined, 700]);
});

test("two words about one cart become one, with the later number and the earlier time; a server of before, which says no time, is understood", () => {
  const [mine, other] = [createTalk("me"), createTalk("you")];
  mine.add(["log", "anna", 7, 100]);
  mine.add(["log", "anna", 9, 200]);
  mine.add(["log", "anna", 8, 300]);
  const said = mine.take();
  expect(said.flatMap((message) => other.heard(message))).toEqual([["log", "anna", 9, 100]]);
  expect(said.flatMap((message) => mine.heard(message))).toEqual([]); // its own words come back to it
  expect(other.heard('["older",[["log","anna",7]]]')).toEqual([["log", "anna", 7, undefined]]);
});
