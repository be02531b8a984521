/** The addresses at which receipts are had, and at which a shop exports or erases what is kept about a customer. */
import type { Context as Call, Hono } from "hono";
import { RECEIPT_PATHS, RECEIPT_TYPE } from "../wire/receipt.js";
import type { Context } from "./context.js";
import { eraseCustomer, exportOf } from "./customer.js";
import { knownDevice, type Presented } from "./device.js";
import { officeOf } from "./office.js";
import { keysOf, linesOf, receiptsFor, sealingKey } from "./receipt-set.js";
import { bearer, onlyTakes, preflight, presentedBy } from "./request.js";
import { type Site, siteFor } from "./sites.js";

const CUSTOMER = "/v1/customers/:customer";

/** To be called before the addresses that take POST: each of these says for itself which method it takes. */
export function consentRoutes(app: Hono, context: Context): void {
  const siteOf = (call: Call): Site => {
    const site = siteFor(context.sites, call.req.query("site") ?? "", call.req.header("origin"), undefined);
    context.limits.check(site, bearer(call));
    return site;
  };

  for (const path of Object.values(RECEIPT_PATHS)) app.options(path, (call) => preflight(call, "GET", "authorization, dpop"));
  app.get(RECEIPT_PATHS.receipts, async (call) => {
    const text = await receiptsText(context, siteOf(call), await presentedBy(call));
    return call.body(text, 200, { "content-type": RECEIPT_TYPE, "cache-control": "no-store" });
  });
  app.get(RECEIPT_PATHS.keys, async (call) => {
    const { key } = siteOf(call);
    const keys = await context.store.read((tx) => keysOf(context.notary, tx, key));
    return call.json({ keys: keys.map((one) => ({ ...one, use: "sig", alg: "EdDSA" })) });
  });
  customerRoutes(app, context);
  for (const path of [...Object.values(RECEIPT_PATHS), `${CUSTOMER}/export`]) onlyTakes(app, path, "GET");
  onlyTakes(app, CUSTOMER, "DELETE");
}

function customerRoutes(app: Hono, context: Context): void {
  app.get(`${CUSTOMER}/export`, async (call) => {
    const { key } = officeOf(context.sites, call);
    const found = await context.store.read((tx) => exportOf(tx, key, call.req.param("customer"), context.now()));
    call.header("cache-control", "no-store");
    return call.json(found);
  });
  app.delete(CUSTOMER, async (call) => {
    const { key } = officeOf(context.sites, call);
    const { erased, logs, devices } = await context.store.transact((tx) => eraseCustomer(tx, key, call.req.param("customer"), context.now()));
    for (const log of logs) context.logs.forget(log);
    for (const device of devices) context.live.bye(device);
    await context.store.shred();
    return call.json({ erased });
  });
}

/** The set of a device's receipts; small, so that it is made whole before the answer begins. */
async function receiptsText({ store, notary, now }: Context, site: Site, who: Presented): Promise<string> {
  const key = await sealingKey(store, notary);
  const { log, rows, keys } = await store.read(async (tx) => {
    const known = await knownDevice(tx, site, who, now());
    return { log: known.log, rows: await receiptsFor(tx, known), keys: await keysOf(notary, tx, site.key) };
  });
  let text = "";
  for await (const line of linesOf({ site: site.key, set: log.customer === undefined ? "device" : "customer", subject: log.id, madeAt: now(), keys, key }, [rows])) text += line;
  return text;
}
