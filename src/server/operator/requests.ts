/** Every request gets a name, is timed, counted, noted and traced, whatever comes of it. */
import { randomUUID } from "node:crypto";
import type { Context as Call, Next } from "hono";
import { matchedRoutes } from "hono/route";
import type { Measures } from "./measures.js";
import type { Notes } from "./notes.js";
import type { Trace } from "./trace.js";

declare module "hono" {
  interface ContextVariableMap {
    requestId: string;
    /** Publishable key of the site that the request is for, once that is known. */
    site: string;
    /** Why it was refused. */
    refusal: string;
  }
}

interface Ears {
  readonly measures: Measures;
  readonly notes: Notes;
  readonly trace: Trace;
}

/** Takes a request in before anything else sees it; to be called with what the rest of the house does. */
export async function attendTo(call: Call, next: Next, { measures, notes, trace }: Ears): Promise<void> {
  const askedAt = performance.now();
  const { method } = call.req;
  const route = routeOf(call);
  const requestId = nameOf(call.req.header("x-request-id"));
  call.set("requestId", requestId);
  call.header("x-request-id", requestId); // before the answer is made: to add a header afterwards would make it anew
  await trace.request(`${method} ${route}`, traceHeaders(call), async (note) => {
    await next();
    note({ "http.request.method": method, "http.route": route, "http.response.status_code": call.res.status });
  });
  const [{ status }, ms] = [call.res, performance.now() - askedAt];
  const refusal = call.get("refusal");
  measures.requests.add([route, String(status)]);
  measures.requestSeconds.observe(ms / 1_000, route);
  if (refusal !== undefined) measures.refusals.add(["request", refusal]);
  notes(status < 500 ? "info" : "warn", "answered", { requestId, method, route, status, ms: Math.round(ms * 10) / 10, site: call.get("site"), code: refusal });
}

/** As whoever stands in front has named it, if that is a name; else one of our own. */
function nameOf(given = ""): string {
  return /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}

/** The pattern of the address that answers: a few, where addresses themselves are as many as whoever asks likes. */
function routeOf(call: Call): string {
  return matchedRoutes(call).find(({ path }) => !path.includes("*"))?.path ?? "other";
}

function traceHeaders(call: Call): Record<string, string> {
  const found = ["traceparent", "tracestate"].map((name) => [name, call.req.header(name)] as const);
  return Object.fromEntries(found.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}
