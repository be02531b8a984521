/** The addresses for the shop's own systems: a customer's cart, what a till does in it. Each takes the site's secret key. */
import type { Hono } from "hono";
import { Append, SHOP_PATHS } from "../wire/shop.js";
import { append, cartOf } from "./append.js";
import type { Context } from "./context.js";
import { officeOf } from "./office.js";
import { Refused } from "./refusal.js";
import { read } from "./request.js";
import { siteFor } from "./sites.js";

/** To be called before the addresses that take POST: each of these says for itself which method it takes. */
export function shopRoutes(app: Hono, context: Context): void {
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
  for (const [path, allowed] of [[SHOP_PATHS.cart, "GET"], [SHOP_PATHS.events, "POST"]] as const) {
    app.all(path, (call) => {
      call.header("allow", allowed);
      throw new Refused("method-refused", `This address takes ${allowed}.`);
    });
  }
}
