/** What observations come to: web vitals and counts by channel, visits that went on from another device apart from fresh ones. */
import * as v from "valibot";
import { VITALS } from "../wire/observe.js";
import { Refused } from "./refusal.js";
import type { Period, TypeCrowd, VitalCrowd } from "./store/observations.js";
import type { Store } from "./store/store.js";

const DAY = 86_400_000;
const USUAL_DAYS = 28;
/** A longer time would keep the database, and so every shopper, waiting. */
const MOST_DAYS = 100;

/** A day, `2026-11-01`, or a moment, as ISO 8601 writes them. */
const Moment = v.pipe(v.string(), v.isoTimestamp("is a moment such as 2026-11-01T00:00:00Z, or a day such as 2026-11-01"), v.transform(Date.parse));
const Day = v.pipe(v.string(), v.isoDate(), v.transform(Date.parse));

/** Which time is asked about; the last 28 days where nothing is said. `to` is not part of it. */
export const InsightsQuery = v.object({ site: v.optional(v.string()), from: v.optional(v.union([Day, Moment])), to: v.optional(v.union([Day, Moment])) });

export interface Insights {
  /** ms since epoch. */
  readonly from: number;
  readonly to: number;
  /** LCP, INP, FCP and TTFB in ms, CLS as the score it is; percentiles by nearest rank. */
  readonly vitals: readonly VitalCrowd[];
  readonly counts: readonly TypeCrowd[];
}

/** The period that a question is about. Refused when it is none, or too long. */
export function periodOf(site: string, query: unknown, now: number): Period {
  const parsed = v.safeParse(InsightsQuery, query);
  if (!parsed.success) throw new Refused("request-malformed", "The times from and to are days such as 2026-11-01, or moments such as 2026-11-01T00:00:00Z.");
  const { to = now + 1, from = to - USUAL_DAYS * DAY } = parsed.output;
  if (from >= to || to - from > MOST_DAYS * DAY) throw new Refused("request-malformed", `The time from the one to the other is no more than ${MOST_DAYS} days, and forwards.`);
  return { site, from, to };
}

/** Asked in several steps, between which shoppers are served. */
export async function insightsOf(store: Pick<Store, "read">, period: Period): Promise<Insights> {
  const { from, to } = period;
  const vitals: VitalCrowd[] = [];
  for (const name of VITALS) vitals.push(...await store.read((tx) => tx.vitals(period, name)));
  return { from, to, vitals, counts: await store.read((tx) => tx.observationCounts(period)) };
}

/** The vitals as a table of text; values in whole milliseconds, CLS with three places. */
export function tableOf({ from, to, vitals }: Insights): string {
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const shown = (name: string, value: number): string => (name === "CLS" ? value.toFixed(3) : `${Math.round(value)} ms`);
  const rows = vitals.map(({ name, channel, isResumed, count, p50, p75, p95 }) =>
    [name, channel, isResumed ? "resumed" : "fresh", String(count), ...[p50, p75, p95].map((value) => shown(name, value))]);
  const all = [["vital", "channel", "visit", "pages", "p50", "p75", "p95"], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = all.map((row) => row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ").trimEnd());
  return [`${day(from)} to ${day(to - 1)}`, ...(rows.length > 0 ? lines : ["nothing was measured"])].join("\n");
}
