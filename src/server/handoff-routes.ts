/** The addresses of a handoff and of a store's screens: nothing that is said there is kept by anybody on the way, and wrong codes are counted. */
import type { Context as Call, Hono } from "hono";
import { Accept, Approve, Cancel, Offer, Preview, Undo } from "../wire/handoff.js";
import { RegisterKiosk, StartKiosk } from "../wire/kiosk.js";
import { PATHS } from "../wire/version.js";
import type { Context } from "./context.js";
import * as handoff from "./handoff.js";
import { createTurns, type Door } from "./knock.js";
import { registerKiosk, startKiosk } from "./kiosk.js";
import { countedTries } from "./operator/measures.js";
import { originOf } from "./origin-address.js";
import { read } from "./request.js";
import type { SiteOf } from "./sites.js";
import { createTries } from "./tries.js";

export function handoffRoutes(app: Hono, context: Context, siteOf: SiteOf): void {
  const tries = countedTries(createTries(context.now), context.measures.wrongCodes);
  const inTurn = createTurns();
  const doorOf = (call: Call): Door => ({ tries, inTurn, address: originOf(call, context.proxies) });
  app.use("/v1/handoff/*", async (call, next) => {
    call.header("cache-control", "no-store");
    call.header("referrer-policy", "no-referrer");
    await next();
  });
  app.post(PATHS.offer, async (call) => {
    const body = await read(call, Offer);
    return call.json(await handoff.offer(context, siteOf(call, body), body));
  });
  app.post(PATHS.preview, async (call) => {
    const body = await read(call, Preview);
    return call.json(await handoff.preview(context, siteOf(call, body), body, doorOf(call)));
  });
  app.post(PATHS.accept, async (call) => {
    const body = await read(call, Accept);
    return call.json(await handoff.accept(context, siteOf(call, body), body, doorOf(call)));
  });
  app.post(PATHS.approve, async (call) => {
    const body = await read(call, Approve);
    return call.json(await handoff.approve(context, siteOf(call, body), body));
  });
  app.post(PATHS.cancel, async (call) => {
    const body = await read(call, Cancel);
    await handoff.cancel(context, siteOf(call, body), body, doorOf(call));
    return call.body(null, 204);
  });
  app.post(PATHS.undo, async (call) => {
    const body = await read(call, Undo);
    return call.json(await handoff.undo(context, siteOf(call, body), body, doorOf(call)));
  });
  app.post(PATHS.progress, async (call) => {
    const body = await read(call, Accept);
    return call.json(await handoff.progress(context, siteOf(call, body), body));
  });
}

export function kioskRoutes(app: Hono, context: Context, siteOf: SiteOf): void {
  const tries = countedTries(createTries(context.now), context.measures.wrongCodes);
  app.post(PATHS.kioskRegister, async (call) => {
    const body = await read(call, RegisterKiosk);
    return call.json(await registerKiosk(context, siteOf(call, body), body, originOf(call, context.proxies), tries), 200, { "cache-control": "no-store" });
  });
  app.post(PATHS.kioskStart, async (call) => {
    const body = await read(call, StartKiosk);
    return call.json(await startKiosk(context, siteOf(call, body), body), 200, { "cache-control": "no-store" });
  });
}
