/** The addresses for the shop's own systems: a customer's cart, what a till does in it, the feed of all logs. Each takes the site's secret key. */
import type { Context as Call, Hono } from "hono";
import { FEED, FEED_LIMIT, WEBHOOK_PATHS } from "../wire/feed.js";
import { HOLD_MS } from "../wire/pull.js";
import { Append, SHOP_PATHS } from "../wire/shop.js";
import { append, cartOf } from "./append.js";
import type { Context } from "./context.js";
import { streamFeed } from "./feed-stream.js";
import { type Question, readFeed } from "./shop-feed.js";
import { officeOf } from "./office.js";
import { Refused } from "./refusal.js";
import type { Report } from "./report.js";
import { onlyTakes, read, standingConnection, STREAM_HEADERS } from "./request.js";
import { siteFor } from "./sites.js";
import { resumeWebhook, webhooksOf } from "./webhooks.js";

/** To be called before the addresses that take POST: each of these says for itself which method it takes. */
export function shopRoutes(app: Hono, context: Context, report: Report): void {
  app.get(SHOP_PATHS.cart, async (call) => {
    const { answer, tag } = await cartOf(context, officeOf(context.sites, call), call.req.param("customer"));
    call.header("cache-control", "no-store");
    call.header("etag", tag);
    return call.req.header("if-none-match") === tag ? call.body(null, 304) : call.json(answer);
  });
  app.post(SHOP_PATHS.events, async (call) => {
    const { key } = officeOf(context.sites, call);
    const body = await read(call, Append);
    const site = siteFor(context.sites, key, undefined, body.channel);
    return call.json(await append(context, site, call.req.param("customer"), body, call.req.header("if-match")));
  });
  app.get(FEED, async (call) => {
    const site = officeOf(context.sites, call);
    if (isForStream(call)) return streamed(call, (after, hangUp) => streamFeed(context, site, { after, hangUp, report }));
    call.header("cache-control", "no-store");
    return call.json(await readFeed(context, site, questionIn(call)));
  });
  app.get(WEBHOOK_PATHS.list, async (call) => call.json({ webhooks: await webhooksOf(context, officeOf(context.sites, call)) }, 200, { "cache-control": "no-store" }));
  app.post(WEBHOOK_PATHS.resume, async (call) => {
    await resumeWebhook(context, officeOf(context.sites, call), call.req.param("name"));
    return call.body(null, 204);
  });
  for (const path of [SHOP_PATHS.cart, FEED, WEBHOOK_PATHS.list]) onlyTakes(app, path, "GET");
  for (const path of [SHOP_PATHS.events, WEBHOOK_PATHS.resume]) onlyTakes(app, path, "POST");
}

function isForStream(call: Call): boolean {
  return /(^|[,\s])text\/event-stream\b/.test(call.req.header("accept") ?? "");
}

/** Whoever comes back names the last that they heard in a header, and still has in the address what they once began with. */
function streamed(call: Call, open: (after: string | undefined, hangUp: (() => void) | undefined) => ReadableStream): Response {
  const { after, limit, wait } = call.req.query();
  if (limit !== undefined || wait !== undefined) throw new Refused("request-malformed", "A stream takes neither limit nor wait.");
  const connection = standingConnection(call);
  if (call.req.raw.method === "HEAD") return call.body(null, 200, STREAM_HEADERS); // nobody would read it
  return call.body(open(call.req.header("last-event-id") || after, connection && (() => connection.destroy())), 200, STREAM_HEADERS);
}

function questionIn(call: Call): Question {
  const { after, limit = FEED_LIMIT.usual, wait = 0 } = call.req.query();
  return { after, limit: countIn("limit", limit, 1, FEED_LIMIT.most), waitMs: countIn("wait", wait, 0, HOLD_MS), signal: call.req.raw.signal };
}

function countIn(name: string, said: string | number, min: number, max: number): number {
  const count = /^\d{1,6}$/.test(String(said)) ? Number(said) : NaN;
  if (count >= min && count <= max) return count;
  throw new Refused("request-malformed", `The question's ${name} takes a whole number from ${min} to ${max}.`);
}
