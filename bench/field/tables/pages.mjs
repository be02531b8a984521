/** Table: in Chromium, from the page's address until a cart of 50 lines is shown, for the first time and coming back, and what the browser keeps of it. */
import { setTimeout as rest } from "node:timers/promises";
import { linesOf } from "../cart.mjs";
import { newcomer, watchOutside } from "../chromium.mjs";
import { until } from "../waiting.mjs";

const VISITORS = 5;
/** Persisters write at leisure; none of them takes longer for 50 lines. */
const [KEEPING_MS, TOLD_MS] = [1_500, 300];
const [X] = linesOf(1);

/** Resolves to times in ms: `firstMs`, `againMs`; and `keptBytes`, as the browser estimates it. */
export async function pageVisits(browser, shop) {
  const found = { firstMs: [], againMs: [], keptBytes: [] };
  for (let i = 0; i < VISITORS; i += 1) await visitor(browser, shop, found);
  return found;
}

async function visitor(browser, { id, phone, show }, found) {
  const { context, page, outside } = await newcomer(browser);
  found.firstMs.push(await show(page));
  await rest(KEEPING_MS);
  found.keptBytes.push(await page.evaluate(async () => (await navigator.storage.estimate()).usage));
  await page.close();
  const wanted = phone.quantity(X.sku) + 1;
  await phone.plus(X);
  await until(phone, () => phone.quantity(X.sku) === wanted);
  await rest(TOLD_MS); // the server, by the phone
  const again = await context.newPage();
  watchOutside(again, outside);
  found.againMs.push(await show(again));
  await context.close();
  if (outside.size > 0) throw new Error(`${id} asked for ${[...outside].join(", ")}.`);
}
