/** Table: in Chromium, from a change on one page until a page of another profile shows it, each with what the browser keeps for it. */
import { setTimeout as rest } from "node:timers/promises";
import { LINES, linesOf } from "../cart.mjs";
import { newcomer } from "../chromium.mjs";

const [WARM, CHANGES, PAUSE_MS] = [20, 60, 5];

/** Resolves to times in ms; both pages read the same machine's clock. */
export async function pageToPage(browser, { show }) {
  const [phone, desktop] = [await newcomer(browser), await newcomer(browser)];
  for (const { page } of [phone, desktop]) await show(page);
  const lines = linesOf(LINES);
  const times = [];
  for (let i = 0; i < WARM + CHANGES; i += 1) {
    const line = lines[i % LINES];
    await desktop.page.evaluate((sku) => window.lookOut(sku), line.sku);
    const changedAt = await phone.page.evaluate((what) => window.change(what), line);
    times.push((await desktop.page.evaluate(() => window.seenAt)) - changedAt);
    await rest(PAUSE_MS);
  }
  await phone.context.close();
  await desktop.context.close();
  return times.slice(WARM);
}
