/** A server of its own under a flood of nonsense, over real connections: it answers, stays up, and keeps no memory of it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isLong, seedOf, times } from "../long.js";
import { record } from "../record.js";
import { goodRequests } from "../server/badness.js";
import { run, type Run } from "../server/command.js";
import { event, signed, stranger, tempFile, type Voice } from "../server/desk.js";
import { type Wild, wildRequests } from "../server/wild.js";
import { lettersOf, tap } from "../server/wire-tap.js";
import { createDice, type Dice } from "./dice.js";

const REQUESTS = times(2_000, 100_000);
const BATCH = 500;
const AT_ONCE = 8;
/** More carts than a server keeps in memory, by their number and by what is in them: what it then takes for others it gives up for them. */
const CARTS = times(0, 5_200);
const FULL = Array.from({ length: 4 }, (_, i) => [`BOEK-${i}`, "x".repeat(1_000)] as const);
/** What the demo site's customers are signed with. */
const DEMO_SECRET = "carryover-demo-secret-of-at-least-32-bytes";

/** Asks the server how much memory it holds. */
async function heapOf({ child, said }: Run): Promise<number> {
  const before = said().length;
  const found = (): string | undefined => /heap (\d+)\n/.exec(said().slice(before))?.[1];
  child.kill("SIGUSR2");
  while (found() === undefined) await new Promise((resolve) => child.stdout?.once("data", () => setImmediate(resolve)));
  return Number(found());
}

/** Letters of a request, of which some were exchanged, doubled or lost on the way. */
function garbled({ path, text, headers, method }: Wild, dice: Dice): Buffer {
  const bytes = Buffer.from(lettersOf(path, text, headers).replace("POST", method), "utf8");
  for (let i = dice.throw(6); i > 0; i--) bytes[dice.throw(bytes.length)] = dice.throw(256);
  const [from, to] = [dice.throw(bytes.length), dice.throw(bytes.length)].sort((a, b) => a - b) as [number, number];
  return dice.once(3) ? Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]) : dice.once(3) ? bytes.subarray(0, to) : bytes;
}

/** Somebody puts these books into their cart, with all that is said of them. */
async function order(url: string, who: Voice, books: typeof FULL): Promise<void> {
  const events = books.map(([line, text]) => event("line-added", { line, n: 1, details: { text } }));
  const { status } = await fetch(`${url}/v1/push`, { method: "POST", body: JSON.stringify({ ...who, events }) });
  expect(status).toBe(200);
}

/** The work on each of them, some at a time. */
async function atOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const item of left) await work(item);
  }));
}

/** The statuses that were answered, none when the server hung up. */
async function send(url: string, wild: Wild, dice: Dice): Promise<number[]> {
  if (dice.once(2)) {
    const line = tap(url);
    line.say(garbled(wild, dice));
    line.end();
    const statuses = await line.answers();
    line.cut();
    return statuses;
  }
  const { path, method, headers, text } = wild;
  const { "content-length": _, ...sent } = headers; // over a real line it says how long the body is
  const response = await fetch(url + path, { method, headers: sent, ...(method === "GET" || method === "HEAD" ? {} : { body: text }) });
  await response.body?.cancel();
  return [response.status];
}

test(`${REQUESTS} hostile requests over real connections: 0 answers of 5xx, the server stands, its memory stays`, async () => {
  const startedAt = Date.now();
  const dice = createDice(seedOf());
  const server = run(["serve", "--port", "0", "--database", tempFile()], [process.execPath, "--expose-gc", "--import", "./test/faults/heap.mjs"]);
  const url = await server.listening();
  const seen: Record<string, number> = {};
  const heaps: number[] = [];
  await atOnce(Array.from({ length: CARTS }), () => order(url, stranger({ site: "pk_demo" }), FULL));
  for (let done = 0; done < REQUESTS; done += BATCH) {
    const who = stranger({ site: "pk_demo" });
    const token = await signed({ sub: "anna", exp: Math.floor(Date.now() / 1_000) + 600 }, DEMO_SECRET);
    await order(url, who, FULL.slice(0, 1));
    const wild = fc.sample(wildRequests(goodRequests(who, token), who.credential), { numRuns: BATCH, seed: dice.throw(2 ** 31) });
    await atOnce(wild, async (one) => {
      const statuses = await send(url, one, dice);
      for (const status of statuses.length > 0 ? statuses : ["hung up"]) seen[status] = (seen[status] ?? 0) + 1;
    });
    heaps.push(await heapOf(server));
  }
  const [early = 0, late = 0] = [heaps[Math.floor(heaps.length / 4)], heaps.at(-1)];
  console.log(`seed ${dice.seed}: ${JSON.stringify(seen)}, ${Math.round(early / 1_024)} kB early, ${Math.round(late / 1_024)} kB late`);
  expect(Object.keys(seen).filter((status) => status.startsWith("5"))).toEqual([]);
  expect(server.child.exitCode).toBeNull();
  expect(server.said().replace(/^(heap .*|No --config.*|carryover listening.*)$/gm, "").trim()).toBe(""); // no fault to report
  expect(late).toBeLessThan(early * 1.1);
  record("hostile-connections", { seed: dice.seed, requests: REQUESTS, byStatus: seen, heapEarlyKB: Math.round(early / 1_024), heapLateKB: Math.round(late / 1_024), seconds: Math.round((Date.now() - startedAt) / 1_000) });
}, isLong ? 1_800_000 : 60_000);
