/** Two thousand requests as no device would send them: the server answers each with a sentence, and stands. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Problem } from "../../src/wire/problem.js";
import { goodRequests, wrongValues } from "./badness.js";
import { added, answerOf, createDesk, type Desk, expectRefusal, ORIGIN, stranger, tempFile } from "./desk.js";
import { readLedger } from "./ledger.js";

interface Wild {
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly text: string;
}

const value = fc.oneof(fc.constantFrom(...wrongValues), fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: "binary" }), fc.double(), fc.constant("\udfff\ud800"));
const name = fc.oneof(fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "v", "events", "log", "id", "data", "pend", "base", "at"), fc.string());

/** Changes one place somewhere in a message: exchanges it, takes it away, or puts something beside it. */
const change = fc.record({ steps: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), how: fc.constantFrom("exchange", "remove", "add"), value, name });

function changed(node: unknown, [step = 0, ...steps]: readonly number[], how: string, put: unknown, beside: string): unknown {
  if (typeof node !== "object" || node === null) return put;
  const keys = Object.keys(node);
  const key = keys[step % Math.max(1, keys.length)];
  if (how === "add" || key === undefined) {
    return Array.isArray(node) ? [...node, put] : Object.defineProperty({ ...node }, beside, { value: put, enumerable: true, configurable: true });
  }
  const old = (node as Record<string, unknown>)[key];
  const isLeaf = steps.length === 0 || typeof old !== "object" || old === null;
  if (isLeaf && how === "remove") return Array.isArray(node) ? node.filter((_, i) => i !== Number(key)) : Object.fromEntries(Object.entries(node).filter(([k]) => k !== key));
  const next = isLeaf ? put : changed(old, steps, how, put, beside);
  return Array.isArray(node) ? node.map((one: unknown, i) => (i === Number(key) ? next : one)) : { ...node, [key]: next };
}

const torn = fc.record({ at: fc.nat(), with: fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "]", "}", '"', "\u0000", "[".repeat(5_000))) });

const headers = fc.record({
  authorization: fc.constantFrom("", "Bearer", "Bearer x", `Bearer ${"a".repeat(52)}`, "Basic eDp5", "Bearer \t"),
  origin: fc.constantFrom(ORIGIN, "null", "https://evil.example", "https://shop.example.evil.example", "https://shop.example:8443", "x"),
  "content-type": fc.constantFrom("application/json", "text/plain", "multipart/form-data", ""),
  "content-length": fc.constantFrom("0", "-1", "1e9", "x"),
}, { requiredKeys: [] });

test("two thousand spoiled requests get 0 answers that say the server is at fault, and a refused one changes nothing", async () => {
  const database = tempFile();
  const desk = await createDesk({ database });
  const ledger = readLedger(database);
  const who = stranger();
  await desk.push(who, [added("BOEK-1")]);
  const good = goodRequests(who, await desk.token("anna"));
  const wild = fc.record({
    which: fc.nat({ max: good.length - 1 }), method: fc.constantFrom("POST", "POST", "POST", "POST", "POST", "PUT", "GET", "HEAD", "OPTIONS"),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }), tear: fc.option(torn, { freq: 8 }), headers, known: fc.boolean(),
  }).map(({ which, method, changes, tear, headers, known }): Wild => {
    const { path, body } = good[which] ?? { path: "/", body: {} };
    const spoilt = changes.reduce<unknown>((node, { steps, how, value, name }) => changed(node, steps, how, value, name), body);
    const whole = JSON.stringify(spoilt) ?? "";
    const text = tear === null ? whole : whole.slice(0, tear.at % (whole.length + 1)) + tear.with + whole.slice(tear.at % (whole.length + 1));
    return { path, method, text, headers: { ...(known && { authorization: `Bearer ${who.credential}` }), ...headers } };
  });

  const seen = new Map<number, number>();
  await fc.assert(fc.asyncProperty(wild, async (request) => {
    const before = ledger.text();
    const status = await handIn(desk, request);
    seen.set(status, (seen.get(status) ?? 0) + 1);
    if (status >= 300) expect(ledger.text()).toBe(before);
    expect(desk.faults).toEqual([]);
  }), { numRuns: 2_400 });
  // The dice are worth something only if they fall on most sides.
  expect([...seen.keys()].sort()).toEqual(expect.arrayContaining([200, 204, 400, 401, 403, 405, 410]));
});

async function handIn(desk: Desk, { path, method, headers, text }: Wild): Promise<number> {
  const init = { method, headers, ...(method === "GET" || method === "HEAD" ? {} : { body: text }) };
  const answer = await answerOf(await desk.server.fetch(new Request(`https://sync.example${path}`, init), { incoming: { socket: { remoteAddress: String(Math.random()) } } }));
  expect(answer.status).toBeLessThan(500);
  if (answer.status >= 300 && method !== "HEAD") expectRefusal(answer, (answer.body as Problem).code);
  return answer.status;
}
