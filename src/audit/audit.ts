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
  const browser = await launchBrowser(options.browser);
  try {
    return await auditIn(browser, url, options);
  } finally {
    await browser.close();
  }
}

/** The same in a browser that is running; each visit has a profile of its own there. */
export async function auditIn(browser: Browser, url: string, options: AuditOptions): Promise<Report> {
  const seen: Seen = { notes: [] };
  const isComplete = await inTime({ browser, url, seen, leaving: [], options: { watchMs: WATCH_MS, ...options } }, options.limitMs ?? LIMIT_MS);
  return { url, isComplete, findings: findingsIn(seen, options.allow ?? []), seen };
}

/** Whether all three came to their end; a profile that is closed at the limit ends the visit that is under way. */
async function inTime(walk: Walk, limitMs: number): Promise<boolean> {
  let isLate = false;
  const leave = (): Promise<unknown> => Promise.allSettled(walk.leaving.splice(0).map((close) => close()));
  const timer = setTimeout(() => {
    isLate = true;
    void leave();
  }, limitMs);
  const ends = await Promise.allSettled([lookAround, refuseAll, changeMind].map((visit) => visit(walk)));
  clearTimeout(timer);
  await leave();
  const failures = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as Error] : []));
  if (isLate) walk.seen.notes.push(`The time of ${Math.round(limitMs / 1_000)} seconds was up: this is what was seen until then.`);
  else walk.seen.notes.push(...failures.map(({ message }) => `A visit was broken off: ${message.split("\n")[0]}`));
  // A shop that opens for nobody has nothing to report.
  const impossible = failures.find((failure) => failure instanceof Impossible);
  if (impossible !== undefined && failures.length === ends.length) throw impossible;
  return failures.length === 0 && !isLate;
}
