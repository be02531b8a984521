/** The addresses at which devices are listed, signed out from elsewhere, and known again by their cookie. */
import type { Hono } from "hono";
import { Devices, SignOutDevice } from "../wire/devices.js";
import { isRetryable } from "../wire/problem.js";
import { Restore } from "../wire/restore.js";
import { PATHS } from "../wire/version.js";
import type { Context } from "./context.js";
import { clear, restore } from "./cookie.js";
import { devices, signOutDevice } from "./devices.js";
import { Refused } from "./refusal.js";
import { read } from "./request.js";
import type { SiteOf } from "./sites.js";

export function deviceRoutes(app: Hono, context: Context, siteOf: SiteOf): void {
  app.post(PATHS.devices, async (call) => {
    const body = await read(call, Devices);
    return call.json(await devices(context, siteOf(call, body), body), 200, { "cache-control": "no-store" });
  });
  app.post(PATHS.signOutDevice, async (call) => {
    const body = await read(call, SignOutDevice);
    await signOutDevice(context, siteOf(call, body), body);
    return call.body(null, 204);
  });
  app.post(PATHS.restore, async (call) => {
    const body = await read(call, Restore);
    const site = siteOf(call, body);
    return call.json(await restore(context, site, body).catch((error: unknown) => {
      if (error instanceof Refused && !isRetryable(error.code)) clear(call, site); // or it would be asked about with every page
      throw error;
    }), 200, { "cache-control": "no-store" });
  });
}
