/** Audits a shop: three visits at once, within a limit of time, and what the rules say of what was seen. */
import type { Browser } from "puppeteer-core";
import { findingsIn } from "./findings.js";
import { Impossible } from "./impossible.js";
import { launchBrowser } from "./launch.js";
import type { AuditOptions, Report, Seen } from "./seen.js";
import { changeMind, lookAround, refuseAll, type Walk } from "./walks.js";

const WATCH_MS = 10_000;
/** Starting and ending the browser fit into the rest of the minute. */
const LIMIT_MS = 55_000;

/** Rejects with Impossible, in a sentence, when there is nothing to report. */
export async function auditShop(url: string, options: AuditOptions = {}): Promise<Report> {
  const seen: Seen = { notes: [] };
  const browser = await launchBrowser(options.browser);
  try {
    const walk: Walk = { browser, url, seen, options: { watchMs: WATCH_MS, ...options } };
    const isComplete = await inTime(browser, walk, options.limitMs ?? LIMIT_MS);
    return { url, isComplete, findings: findingsIn(seen, options.allow ?? []), seen };
  } finally {
    await browser.close();
  }
}

/** Whether all three came to their end; a browser that is closed at the limit ends those that are under way. */
async function inTime(browser: Browser, walk: Walk, limitMs: number): Promise<boolean> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void browser.close();
  }, limitMs);
  const ends = await Promise.allSettled([lookAround, refuseAll, changeMind].map((visit) => visit(walk)));
  clearTimeout(timer);
  const failures = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as Error] : []));
  if (isLate) walk.seen.notes.push(`The time of ${Math.round(limitMs / 1_000)} seconds was up: this is what was seen until then.`);
  else walk.seen.notes.push(...failures.map(({ message }) => `A visit was broken off: ${message.split("\n")[0]}`));
  // A shop that opens for nobody has nothing to report.
  const impossible = failures.find((failure) => failure instanceof Impossible);
  if (impossible !== undefined && failures.length === ends.length) throw impossible;
  return failures.length === 0 && !isLate;
}
