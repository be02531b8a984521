/** Which address leads to which room, and what a refusal looks like on the way out. */
import { type Context as Call, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { Observe } from "../wire/observe.js";
import type { ProblemCode } from "../wire/problem.js";
import { Pull } from "../wire/pull.js";
import { Push, PUSH_BYTES } from "../wire/push.js";
import { Sealed, SignIn, SignOut, Unlink } from "../wire/session.js";
import { INSIGHTS, PATHS } from "../wire/version.js";
import { consentRoutes } from "./consent-routes.js";
import type { Context } from "./context.js";
import { bake, clear } from "./cookie.js";
import { deviceRoutes } from "./device-routes.js";
import { handoffRoutes, kioskRoutes } from "./handoff-routes.js";
import { insightsOf, periodOf } from "./insights.js";
import { observe } from "./observe.js";
import { officeOf } from "./office.js";
import { healthRoutes, metricsRoute } from "./operator/operator-routes.js";
import type { Notes } from "./operator/notes.js";
import type { Readiness } from "./operator/readiness.js";
import { attendTo } from "./operator/requests.js";
import type { Trace } from "./operator/trace.js";
import { problemOf } from "./problem.js";
import { createProofs } from "./proof.js";
import { pull } from "./pull.js";
import { push } from "./push.js";
import { Copied, Refused, Stale } from "./refusal.js";
import { unlink } from "./release.js";
import { letGo } from "./renewal.js";
import { calm, type Report } from "./report.js";
import { bearer, bearerOf, onlyTakes, preflight, read, readWithProof, standingConnection, STREAM_HEADERS, torn } from "./request.js";
import { takeSealed } from "./sealed.js";
import { signIn, signOut } from "./session.js";
import { shopRoutes } from "./shop-routes.js";
import { allows, siteFor, type SiteOf } from "./sites.js";

/** What the routes need beside what every room works with. */
export interface Surroundings {
  readonly script: (name: string) => Promise<string | undefined>;
  /** Hears of faults of our own, which the caller is not told about. */
  readonly report: Report;
  readonly readiness: Readiness;
  readonly notes: Notes;
  readonly trace: Trace;
  /** Opens /metrics on the public port. */
  readonly metricsSecret: string | undefined;
}

/** The server's addresses. */
export function createRoutes(context: Context, { script, report, readiness, notes, trace, metricsSecret }: Surroundings): Hono {
  const app = new Hono();
  const siteOf: SiteOf = (call, body) => {
    const site = siteFor(context.sites, body.site, call.req.header("origin"), body.channel);
    call.set("site", site.key);
    context.limits.check(site, body.credential ?? bearer(call));
    return site;
  };

  const proofs = createProofs(context);
  const reportCalmly = calm(report, context.now);
  const ears = { measures: context.measures, notes, trace };
  app.use("*", (call, next) => attendTo(call, next, ears));
  app.use("*", async (call, next) => {
    call.set("proofs", proofs);
    if (readiness.isDraining) call.header("connection", "close"); // whoever keeps a connection is to make the next one elsewhere
    allowOrigin(context, call); // before the answer is made: to add a header afterwards would make it anew
    await next();
  });
  const limit = bodyLimit({ maxSize: PUSH_BYTES, onError: () => { throw new Refused("request-too-large", "A request holds at most 256 KiB."); } });
  app.use("/v1/*", (call, next) => (isSaidToFit(call) ? next() : limit(call, next).catch(torn)));
  consentRoutes(app, context);
  shopRoutes(app, context, reportCalmly);
  app.options("/v1/*", (call) => preflight(call, "POST", "authorization, content-type, dpop"));

  app.post(PATHS.push, async (call) => {
    const body = await readWithProof(call, Push);
    const site = siteOf(call, body);
    const answer = await push(context, site, body);
    await bake(context, call, site, body);
    return call.json(answer);
  });
  app.post(PATHS.pull, async (call) => {
    const body = await read(call, Pull);
    const [site, who] = [siteOf(call, body), { ...body, credential: bearerOf(call) }];
    await bake(context, call, site, who);
    const connection = standingConnection(call);
    const stream = await pull(context, site, who, body, () => connection?.destroy());
    return call.body(stream, 200, STREAM_HEADERS);
  });
  app.post(PATHS.signIn, async (call) => {
    const body = await read(call, SignIn);
    return call.json(await signIn(context, siteOf(call, body), body));
  });
  app.post(PATHS.signOut, async (call) => {
    const body = await read(call, SignOut);
    const site = siteOf(call, body);
    const { cookie: _, ...message } = body; // whoever the cookie is: who leaves may leave
    await signOut(context, site, message);
    clear(call, site);
    return call.body(null, 204);
  });
  app.post(PATHS.unlink, async (call) => {
    const body = await read(call, Unlink);
    await unlink(context, siteOf(call, body), body);
    return call.body(null, 204);
  });
  app.post(PATHS.sealed, async (call) => {
    await takeSealed(context, await read(call, Sealed));
    return call.body(null, 204);
  });
  deviceRoutes(app, context, siteOf);
  observationRoutes(app, context, siteOf);
  handoffRoutes(app, context, siteOf);
  kioskRoutes(app, context, siteOf);
  for (const path of ["/tag.js", "/ui.js", "/journey.js", "/link.js", "/chunks/:file"]) app.get(path, async (call) => {
    const text = await script(call.req.path.slice(1));
    if (text === undefined) throw new Refused("not-found", "This server serves no such script.");
    // A module is fetched with CORS; what the tag is made of is nobody's secret.
    return call.body(text, 200, { "content-type": "text/javascript; charset=utf-8", "cache-control": "public, max-age=3600", "access-control-allow-origin": "*" });
  });
  healthRoutes(app, readiness);
  if (metricsSecret !== undefined) metricsRoute(app, context.measures.meter, readiness, metricsSecret);
  app.all("/v1/*", (call) => {
    if (!isRoute(call.req.path)) return answer(call, "not-found", "There is nothing at this address.");
    call.header("allow", "POST");
    return answer(call, "method-refused", "The addresses under /v1 take POST.");
  });
  app.notFound((call) => answer(call, "not-found", "There is nothing at this address."));
  app.onError(async (error, call) => {
    if (error instanceof Copied) await letGo(context, error.device);
    return refuse(call, error, reportCalmly);
  });
  return app;
}

function observationRoutes(app: Hono, context: Context, siteOf: SiteOf): void {
  app.post(PATHS.observe, async (call) => {
    const body = await read(call, Observe);
    return call.json(await observe(context, siteOf(call, body), body));
  });
  app.get(INSIGHTS, async (call) => {
    const { key } = officeOf(context.sites, call);
    const query = call.req.query();
    if (query.site !== undefined && query.site !== key) throw new Refused("site-unknown", "The secret key is another site's.");
    const period = periodOf(key, query, context.now());
    return call.json(await insightsOf(context.store, period), 200, { "cache-control": "no-store" });
  });
  onlyTakes(app, INSIGHTS, "GET");
}

/** Told by the header alone: to look at the body's stream makes one, and half of what taking in a push costs is that. */
function isSaidToFit({ req }: Call): boolean {
  return Number(req.header("content-length") ?? NaN) <= PUSH_BYTES && req.header("transfer-encoding") === undefined;
}

function isRoute(path: string): boolean {
  return (Object.values(PATHS) as string[]).includes(path);
}

/** Pages of any site's origins may read answers; which site they may speak for is checked where the site is known. */
function allowOrigin({ sites }: Context, call: Call): void {
  const origin = call.req.header("origin");
  call.header("vary", "origin");
  if (origin === undefined || ![...sites.values()].some((site) => allows(site, origin))) return;
  call.header("access-control-allow-origin", origin);
  call.header("access-control-expose-headers", "retry-after, x-request-id");
  if ([...sites.values()].some((site) => site.cookie && allows(site, origin))) call.header("access-control-allow-credentials", "true");
}

function refuse(call: Call, error: unknown, report: Report): Response {
  if (!(error instanceof Refused) || error.cause !== undefined) report(error, call.get("requestId"));
  if (error instanceof Refused) return answer(call, error.code, error.message, error.retryAfterMs, error instanceof Stale ? error.now : undefined);
  return answer(call, "unavailable", "The server could not finish this; the same request may be sent again.", 1_000);
}

function answer(call: Call, code: ProblemCode, detail: string, retryAfterMs?: number, now?: number): Response {
  const problem = problemOf(code, detail);
  call.set("refusal", code);
  if (retryAfterMs !== undefined) call.header("retry-after", String(Math.ceil(retryAfterMs / 1_000)));
  return call.body(JSON.stringify({ ...problem, now }), problem.status as 400, { "content-type": "application/problem+json" });
}
