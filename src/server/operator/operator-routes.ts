/** The addresses for whoever runs the server: whether it lives, whether it can serve, what it counts. */
import type { Hono } from "hono";
import { isSame } from "../office.js";
import { Refused } from "../refusal.js";
import type { Meter } from "./meter.js";
import type { Readiness } from "./readiness.js";

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** For balancers, on every door. */
export function healthRoutes(app: Hono, readiness: Readiness): void {
  app.get("/healthz", (call) => call.text("ok"));
  app.get("/readyz", async (call) => {
    const parts = await readiness.check();
    const { isReady } = readiness;
    return call.json({ isReady, parts }, isReady ? 200 : 503, { "cache-control": "no-store" });
  });
}

/** Without a secret this door is on a port of its own, which the public cannot reach. */
export function metricsRoute(app: Hono, meter: Meter, readiness: Readiness, secret?: string): void {
  app.get("/metrics", async (call) => {
    if (secret !== undefined && !isSame(`Bearer ${secret}`, call.req.header("authorization") ?? "")) throw new Refused("secret-refused", "The metrics are given to whoever brings their secret.");
    await readiness.check(); // the measure of the parts is then of this moment
    return call.body(meter.text(), 200, { "content-type": METRICS_TYPE, "cache-control": "no-store" });
  });
}
