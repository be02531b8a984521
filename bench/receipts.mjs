/**
 * Measures what receipts cost: five hundred decisions a second on a real server, each answered only once its receipt is on
 * the disk, beside as many additions to carts, which get none; and the verification of each receipt.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { verifyReceipts } from "../dist/server.js";
import { command, keep, spread, withServer } from "./stage.mjs";

const PER_SECOND = 500;
/** Decisions and additions take turns, so that what else the machine does falls on both. */
const [ROUNDS, SECONDS] = [Number(process.env.CARRYOVER_ROUNDS ?? 4), 5];
const DEVICES = 200;
/** As many as a proxy in front of the server would keep open. */
const agent = new Agent({ keepAlive: true, maxSockets: 100 });
const devices = Array.from({ length: DEVICES }, () => `${id(6)}.${id(32)}`);

await withServer(async ({ url, database, folder }) => {
  await keepPushing(url, [addition, decision], []); // the first find a cold server: they are not counted
  const [additionMs, appendMs] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    await keepPushing(url, [addition], additionMs);
    await keepPushing(url, [decision], appendMs);
  }
  const receipts = PER_SECOND * SECONDS * (ROUNDS + 0.5);
  const file = join(folder, "receipts.jsonl");
  writeFileSync(file, execFileSync(process.execPath, [command, "receipts", "--site", "pk_demo", "--database", database], { maxBuffer: 2 ** 30 }));
  const verification = await verify(file, receipts);
  const results = { node: process.version, decisionsPerSecond: PER_SECOND, seconds: SECONDS * ROUNDS, receipts, appendMs: spread(appendMs, 3), additionMs: spread(additionMs, 3), ...verification };
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) keep("receipts", results);
  agent.destroy();
});

/** Each at its own moment, whether the one before was answered or not: a server that falls behind is not waited for. */
async function keepPushing(url, kinds, times) {
  const startedAt = performance.now();
  const answers = [];
  for (let sent = 0; sent < PER_SECOND * SECONDS; ) {
    const due = Math.min(PER_SECOND * SECONDS, Math.floor(((performance.now() - startedAt) / 1_000) * PER_SECOND));
    for (; sent < due; sent++) answers.push(push(url, devices[sent % DEVICES], kinds[sent % kinds.length](), startedAt + (sent / PER_SECOND) * 1_000));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  times.push(...(await Promise.all(answers)));
}

function decision() {
  const data = {
    scope: "device", asked: "account", policy: "2026-11", purposes: { analytics: true, personalisation: false, marketing: false },
    text: "djFaG2Ar10mV0l4YFSKkUQ1RAb5OPgMTJ5go3QY77NU", lang: "nl", layer: "banner",
  };
  return { id: id(16), type: "consent-decided", data, at: Date.now(), base: 0 };
}

function addition() {
  return { id: id(16), type: "line-added", data: { line: "SCHOEN-42", n: 1 }, at: Date.now(), base: 0 };
}

/** Resolves to how long it took; counted from when it was due, so that a jam is not hidden by those who wait to be sent. */
async function push(url, credential, event, dueAt) {
  const { answers } = await post(`${url}/v1/push`, JSON.stringify({ v: 1, site: "pk_demo", channel: "web", credential, events: [event] }));
  if (!["applied", "duplicate"].includes(answers?.[0]?.[1])) throw new Error(`An event was not applied: ${JSON.stringify(answers)}`);
  return performance.now() - dueAt;
}

/**
 * Without the comforts of fetch, which would cost the machine more than the server does. A connection that the server has
 * closed for being idle, at the very moment it was to be used, is no answer: it is asked again, and that counts as time.
 */
async function post(url, body) {
  const sent = request(url, { method: "POST", agent, headers: { "content-length": Buffer.byteLength(body) } });
  sent.end(body);
  try {
    const [response] = await once(sent, "response");
    let text = "";
    for await (const piece of response.setEncoding("utf8")) text += piece;
    return JSON.parse(text);
  } catch (error) {
    if (error.code !== "ECONNRESET" || !sent.reusedSocket) throw error;
    return post(url, body);
  }
}

async function verify(file, expected) {
  const bytes = readFileSync(file);
  const start = performance.now();
  const { fault, count } = await verifyReceipts([bytes]);
  const ms = performance.now() - start;
  if (fault !== undefined || count !== expected) throw new Error(`${count} of ${expected} receipts, and ${JSON.stringify(fault)}`);
  return { verifyMsEach: rounded(ms / count), bytesEach: Math.round(bytes.length / count) };
}

function rounded(n) {
  return Number(n.toFixed(3));
}

function id(bytes) {
  return randomBytes(bytes).toString("base64url");
}
