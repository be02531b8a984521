/** Vendure as a shop starts it, its SQLite (sql.js) in memory, with so many products as a cart has lines and some more. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap, defaultConfig, DefaultLogger, dummyPaymentHandler, LogLevel, mergeConfig } from "@vendure/core";
import { populate } from "@vendure/core/cli/index.js";
import { linesOf } from "../cart.mjs";
import { onEnd, sayListening } from "./hearing.mjs";

const folder = mkdtempSync(join(tmpdir(), "carryover-vendure-"));
const config = mergeConfig(defaultConfig, {
  apiOptions: { port: 0, hostname: "127.0.0.1" },
  authOptions: { tokenMethod: ["bearer"], requireVerification: false, superadminCredentials: { identifier: "superadmin", password: "superadmin" } },
  dbConnectionOptions: { type: "sqljs", synchronize: true, logging: false },
  importExportOptions: { importAssetsDir: folder },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  logger: new DefaultLogger({ level: LogLevel.Error }),
});

const shop = {
  defaultLanguage: "en", defaultZone: "Europe", countries: [{ code: "NL", name: "Netherlands", zone: "Europe" }],
  taxRates: [{ name: "Standard", percentage: 21 }], shippingMethods: [{ name: "Standard", price: 500 }],
  paymentMethods: [{ name: "Later", handler: { code: dummyPaymentHandler.code, arguments: [{ name: "automaticSettle", value: "false" }] } }], collections: [],
};
const HEAD = "name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets";
const rows = linesOf(60).map(({ sku, title, price }) => `${title},${sku.toLowerCase()},,,,,,${sku},${price / 100},standard,0,false,,`);
const products = join(folder, "products.csv");
writeFileSync(products, `${HEAD}\n${rows.join("\n")}\n`);

const app = await populate(() => bootstrap(config), shop, products);
sayListening(app.getHttpServer().address());
onEnd(() => app.close());
