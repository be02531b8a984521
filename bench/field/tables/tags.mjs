/** Table: what a tag takes of the page's main thread at a fourth of the processor's speed: its evaluation, its start and its first call. */
import { setTimeout as rest } from "node:timers/promises";
import { brotliBytes } from "../bundle.mjs";
import { newcomer, serve } from "../chromium.mjs";
import { contenderOf } from "../contenders.mjs";
import { startServer } from "../server.mjs";
import { scriptOf, TAGS } from "../tags.mjs";

const [LOADS, SLOWER] = [12, 4];
/** Until what a tag does later has been done as well. */
const AFTERWARDS_MS = 500;
/** Some gather what they send for seconds. */
const HEARD_MS = 15_000;
const LONG_TASK_US = 50_000;
/** What Chromium's trace calls the running of scripts. */
const SCRIPT = new Set(["EvaluateScript", "v8.compile", "v8.compileModule", "v8.evaluateModule", "FunctionCall", "RunMicrotasks", "TimerFire", "EventDispatch", "FireIdleCallback", "FireAnimationFrame"]);

/** In turns, so that a busy machine is as busy for all. */
export async function tagStarts(browser) {
  const stands = await Promise.all(TAGS.map(stand));
  try {
    for (let round = 0; round <= LOADS; round += 1) {
      for (const one of stands) {
        const found = await load(browser, one, { mustBeHeard: round === 0 });
        if (round > 0) one.found.push(found); // the first load fills the browser's own caches
      }
    }
  } finally {
    for (const { shop, sync } of stands) {
      shop.close();
      await sync?.stop();
    }
  }
  return stands.map(({ tag, script, found, outside }) => ({
    id: tag.id, name: tag.name, isFloor: tag.isFloor, packages: tag.packages, brotliBytes: brotliBytes(script), mainThreadMs: found.map(({ ms }) => ms),
    longTasks: found.reduce((sum, { longTasks }) => sum + longTasks, 0), loads: found.length, outside: [...outside],
  }));
}

/** A shop with one tag: the web server answers for the vendor's servers too. */
async function stand(tag) {
  const texts = {};
  const sync = tag.server && (await startServer(contenderOf(tag.server)));
  const attributes = sync ? ` data-site="pk_bench" data-endpoint="${sync.url}"` : "";
  const shop = await serve({
    "/": () => ["text/html; charset=utf-8", `<!doctype html><title>Shop</title><link rel="icon" href="data:,">${tag.head ?? ""}<script async src="/tag.js"${attributes}></script><body><h1>Stap &amp; Blad</h1>`],
    "/tag.js": () => ["text/javascript; charset=utf-8", texts.script],
    "/event": () => ["text/plain", "ok"],
    "*": () => ["application/json", "{}"],
    ...tag.answers,
  });
  texts.script = await scriptOf(tag, shop.url);
  return { tag, shop, sync, script: texts.script, found: [], outside: new Set() };
}

/** One visitor who was never here. */
async function load(browser, { shop, outside, tag }, { mustBeHeard }) {
  const { context, page, outside: asked } = await newcomer(browser);
  const heard = mustBeHeard ? page.waitForRequest((request) => request.method() === "POST", { timeout: HEARD_MS }) : undefined;
  heard?.catch(() => undefined); // told below, to whoever waits for it
  const session = await page.createCDPSession();
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  await page.tracing.start({ categories: ["devtools.timeline", "toplevel"] });
  await page.goto(shop.url, { waitUntil: "load" });
  await rest(AFTERWARDS_MS);
  const { traceEvents } = JSON.parse(Buffer.from(await page.tracing.stop()).toString());
  await heard;
  await context.close();
  asked.forEach((host) => outside.add(host));
  const found = mainThread(traceEvents, shop.url);
  if (found.ms === 0) throw new Error(`${tag.name} was not seen to run.`);
  return found;
}

/** Of the thread on which the tag ran: how long scripts had it, and how many tasks with scripts, of its own or later, were long. */
function mainThread(events, origin) {
  const tag = events.find(({ name, args }) => name === "EvaluateScript" && args?.data?.url === `${origin}/tag.js`);
  if (tag === undefined) return { ms: 0, longTasks: 0 };
  const own = events.filter(({ pid, tid, ph }) => pid === tag.pid && tid === tag.tid && ph === "X");
  const running = own.filter(({ name }) => SCRIPT.has(name)).sort((a, b) => a.ts - b.ts);
  let [us, until] = [0, 0];
  for (const { ts, dur } of running) {
    us += Math.max(0, ts + dur - Math.max(ts, until));
    until = Math.max(until, ts + dur);
  }
  // What was over before the tag began is the page's own.
  const holds = ({ ts, dur }) => ts + dur > tag.ts && running.some((one) => one.ts >= ts && one.ts < ts + dur);
  const longTasks = own.filter((event) => /RunTask$/.test(event.name) && event.dur >= LONG_TASK_US && holds(event)).length;
  return { ms: us / 1_000, longTasks };
}
