/** Three visits, each in a profile of its own: one that only looks, one that refuses, one that accepts and changes its mind. */
import { setTimeout as rest } from "node:timers/promises";
import type { Browser } from "puppeteer-core";
import { awaitControl, type Control, findControl, tickedBoxes } from "./controls.js";
import { lookAtLayer, OPENS_MS } from "./layer.js";
import type { AuditOptions, Moment, Seen } from "./seen.js";
import { createVisit, readPage, type Visit } from "./visit.js";
import { isNecessaryBox } from "./words.js";

export interface Walk {
  readonly browser: Browser;
  readonly url: string;
  readonly seen: Seen;
  /** How the visits end. */
  readonly leaving: (() => Promise<void>)[];
  readonly options: AuditOptions & { readonly watchMs: number };
}

/** How long a page is given to act on an answer. */
const ACTS_MS = 1_000;

/** Looks, scrolls, touches nothing; and then looks at the question. */
export async function lookAround({ browser, url, seen, options, leaving }: Walk): Promise<void> {
  const visit = await createVisit(browser, url, leaving);
  await visit.open();
  // At once too: a page may hang later, or remove what it has kept.
  seen.before = await visit.moment();
  const accept = await awaitControl(visit.page, "accept", OPENS_MS, options.accept);
  await readPage(visit.page, options.watchMs);
  seen.before = together(seen.before, await visit.moment());
  const isGoneByScrolling = accept !== undefined && (await findControl(visit.page, "accept", options.accept)) === undefined;
  const layer = await lookAtLayer(visit.page, options, accept, isGoneByScrolling);
  if (layer === undefined) seen.notes.push("No question about cookies was found: nothing could be accepted, refused or withdrawn. --accept SELECTOR names a control with other words.");
  else seen.layer = layer;
}

/** Two moments as one. */
function together(one: Moment, other: Moment): Moment {
  const kept = new Map([...one.kept, ...other.kept].map((each) => [`${each.where} ${each.host} ${each.name}`, each]));
  const counts = new Map(one.contacts.map(({ host, count }) => [host, count]));
  for (const { host, count } of other.contacts) counts.set(host, (counts.get(host) ?? 0) + count);
  return { kept: [...kept.values()], contacts: [...counts].map(([host, count]) => ({ host, count })) };
}

/** Refuses, and goes on to the next page. */
export async function refuseAll({ browser, url, seen, options, leaving }: Walk): Promise<void> {
  const visit = await createVisit(browser, url, leaving);
  await visit.open();
  if ((await awaitControl(visit.page, "accept", OPENS_MS, options.accept)) === undefined) return;
  const refuse = await toRefusal(visit, options.refuse);
  if (refuse === undefined) return void seen.notes.push("No way to refuse was found, on the first layer or behind it. --refuse SELECTOR names a control with other words.");
  await visit.moment();
  await refuse.handle.click();
  await rest(ACTS_MS);
  await visit.settle();
  const after = await visit.moment();
  await visit.reload();
  await rest(ACTS_MS);
  const isAskedAgain = (await findControl(visit.page, "accept", options.accept)) !== undefined;
  seen.refused = { after, nextPage: await visit.moment(), isAskedAgain };
}

/** The refusal on the first layer, or on the second once that is open. */
async function toRefusal({ page }: Visit, selector: string | undefined): Promise<Control | undefined> {
  const first = await findControl(page, "refuse", selector);
  const choose = first === undefined ? await findControl(page, "choose") : undefined;
  if (choose === undefined) return first;
  await choose.handle.click();
  return awaitControl(page, "refuse", OPENS_MS, selector);
}

/** Accepts, takes it back, and watches whether that is true. */
export async function changeMind({ browser, url, seen, options, leaving }: Walk): Promise<void> {
  const visit = await createVisit(browser, url, leaving);
  await visit.open();
  const accept = await awaitControl(visit.page, "accept", OPENS_MS, options.accept);
  if (accept === undefined) return;
  await accept.handle.click();
  await rest(ACTS_MS);
  await visit.settle();
  const granted = await visit.moment();
  const way = await withdraw(visit, options);
  if (way?.clicks === undefined) return void (seen.withdrawn = { granted, ...way });
  await rest(ACTS_MS);
  await visit.notes();
  const soon = await visit.moment();
  seen.withdrawn = { granted, ...way, soon };
  await rest(options.watchMs);
  const { reads, isCookieRead } = await visit.notes();
  const later = await visit.moment();
  const readCookies = isCookieRead ? later.kept.filter(({ where }) => where === "cookie").map(({ name }) => name) : [];
  seen.withdrawn = { granted, ...way, soon, later, reads: [...new Set([...reads, ...readCookies])] };
  await visit.reload();
  seen.withdrawn = { ...seen.withdrawn, sent: [...visit.sent] };
}

/** Goes back to the question as a visitor would; counts the clicks. */
async function withdraw({ page }: Visit, options: AuditOptions): Promise<{ wayBack: string; clicks?: number } | undefined> {
  const back = await findControl(page, "choose", options.withdraw) ?? await findControl(page, "refuse");
  if (back === undefined) return undefined;
  const wayBack = back.name;
  await back.handle.click();
  const refuse = await awaitControl(page, "refuse", OPENS_MS);
  if (refuse !== undefined) {
    await refuse.handle.click();
    return { wayBack, clicks: 2 };
  }
  const boxes = (await tickedBoxes(page)).filter(({ name }) => !isNecessaryBox(name));
  const save = await findControl(page, "save");
  // A control that the shop has named may itself be the withdrawal.
  if (save === undefined) return options.withdraw === undefined ? { wayBack } : { wayBack, clicks: 1 };
  for (const { handle } of boxes) await handle.evaluate((box) => (box as HTMLElement).click());
  await save.handle.click();
  return { wayBack, clicks: 2 + boxes.length };
}
