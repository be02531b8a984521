/** Audits a shop: three visits at once, within a limit of time, and what the rules say of what was seen. */
import type { Browser } from "puppeteer-core";
import { findingsIn } from "./findings.js";
import { Impossible } from "./impossible.js";
import { launchBrowser } from "./launch.js";
import type { AuditOptions, Report, Seen } from "./seen.js";
import { changeMind, lookAround, refuseAll, type Walk } from "./walks.js";

const WATCH_MS = 10_000;
/** Starting and ending the browser fit into the rest of the minute. */
const LIMIT_MS = 52_000;
const CLOSE_MS = 3_000;

/** Rejects with Impossible, in a sentence, when there is nothing to report. */
export async function auditShop(url: string, options: AuditOptions = {}): Promise<Report> {
  const browser = await launchBrowser(options.browser);
  try {
    return await auditIn(browser, url, options);
  } finally {
    await close(browser);
  }
}

/** The same in a browser that is running; each visit has a profile of its own there. */
export async function auditIn(browser: Browser, url: string, options: AuditOptions): Promise<Report> {
  const seen: Seen = { notes: [] };
  const isComplete = await inTime({ browser, url, seen, leaving: [], options: { watchMs: WATCH_MS, ...options } }, options.limitMs ?? LIMIT_MS);
  return { url, isComplete, findings: findingsIn(seen, options.allow ?? []), seen };
}

/** Whether all three came to their end; at the limit nobody is waited for, and what they have seen is what there is. */
async function inTime(walk: Walk, limitMs: number): Promise<boolean> {
  const visits = Promise.allSettled([lookAround, refuseAll, changeMind].map((visit) => visit(walk)));
  const ends = await before(limitMs, visits);
  await before(CLOSE_MS, Promise.allSettled(walk.leaving.map((close) => close())));
  if (ends === undefined) {
    walk.seen.notes.push(`The time of ${Math.round(limitMs / 1_000)} seconds was up: this is what was seen until then.`);
    return false;
  }
  const failures = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as Error] : []));
  // A shop that opens for nobody has nothing to report.
  const impossible = failures.find((failure) => failure instanceof Impossible);
  if (impossible !== undefined && failures.length === ends.length) throw impossible;
  walk.seen.notes.push(...failures.map(({ message }) => `A visit was broken off: ${message.split("\n")[0]}`));
  return failures.length === 0;
}

/** A browser whose pages are busy for ever does not close when it is asked. */
async function close(browser: Browser): Promise<void> {
  await before(CLOSE_MS, browser.close());
  browser.process()?.kill("SIGKILL");
}

/** What it comes to, or undefined when that takes longer. */
async function before<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), limitMs)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
