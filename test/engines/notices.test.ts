/** What a customer is told about their choices, and a device that is stricter than its account: LAW.md X3 to X5 and X9, with the real server. */
import { expect, test } from "vitest";
import { asks, type AskingOptions, openAsking, told } from "./asking.js";
import type { Page } from "./engine.js";
import { inEveryEngine, live, signIn, type Town } from "./town.js";
import { until } from "./wait.js";

const everything = { analytics: true, personalisation: true, marketing: true };

/** A screen with the question on it. */
async function asked({ screen }: Town, options?: AskingOptions) {
  const home = await screen();
  asks(home, options);
  return { home, page: await openAsking(home) };
}

const decide = (page: Page, decision: Record<string, boolean>): Promise<void> => page.evaluate(async (made) => {
  window.shop.consent.decide(made);
  await window.shop.sync.settled();
}, decision);

/** Presses what says these words in the question, the choices or the notice. */
const tap = (page: Page, words: string): Promise<void> => page.evaluate((wanted) => {
  const root = document.querySelector("carryover-consent")?.shadowRoot as ShadowRoot;
  const found = [...root.querySelectorAll<HTMLElement>("button,label")].filter((one) => one.textContent?.startsWith(wanted)).at(-1);
  if (found === undefined) throw new Error(`Nothing says "${wanted}": ${root.textContent}`);
  found.click();
}, words);

const allows = (page: Page, purpose: string): Promise<boolean> => page.evaluate((name) => window.shop.consent.allows(name), purpose);

/** Anna's phone: signed in, and everything allowed there for her account. */
async function annasPhone(town: Town): Promise<Page> {
  const { page } = await asked(town);
  await signIn(page, town.sync, "anna");
  await live(page);
  await decide(page, everything);
  return page;
}

inEveryEngine((build) => {
  test("who signs in on another screen is told that the choices of the account count there too, and is not asked again", async () => {
    const town = await build();
    await annasPhone(town);
    const { page } = await asked(town);
    await signIn(page, town.sync, "anna");
    expect(await until(() => told(page), "the notice is there")).toBe("Wat je op je andere apparaten koos, geldt ook hier.");
    expect(await page.evaluate(() => document.querySelector("carryover-consent")?.shadowRoot?.querySelectorAll("[part=answer]").length)).toBe(0);
    await tap(page, "Sluiten");
    expect(await told(page)).toBeUndefined();
    await page.reload();
    await live(page);
    expect(await told(page)).toBeUndefined();
  });

  test("where the account has chosen otherwise, what has changed is named, and one tap leads to the choices", async () => {
    const town = await build();
    await annasPhone(town);
    const { page } = await asked(town, { tag: `data-asked="account" data-rule="account"` });
    await tap(page, "Alles weigeren");
    await signIn(page, town.sync, "anna");
    expect(await until(() => told(page), "the notice is there")).toBe("Op je andere apparaten koos je iets anders: statistieken aan, persoonlijke tips aan en reclame aan. Dat geldt nu ook hier.");
    await tap(page, "Aanpassen");
    await until(() => page.evaluate(() => document.querySelector("carryover-consent")?.shadowRoot?.querySelector("dialog") != null), "the choices are open");
    expect(await told(page)).toBeUndefined();
  });

  test("what was allowed without a network, and had been refused elsewhere, stays refused, and that is told", async () => {
    const town = await build();
    const phone = await annasPhone(town);
    const { home, page } = await asked(town);
    await signIn(page, town.sync, "anna");
    await until(() => allows(page, "marketing"), "the account's choices are here");
    home.line.cut();
    await until(() => page.evaluate(() => window.shop.sync.state === "offline"), "the screen is offline");
    await decide(phone, { marketing: false });
    await page.evaluate(() => window.shop.consent.decide({ marketing: true }));
    home.line.mend();
    await until(async () => (await told(page))?.includes("blijft zo"), "the notice is there");
    expect(await told(page)).toBe("Je hebt dit op een ander apparaat geweigerd, en dat blijft zo: reclame uit.");
    expect(await allows(page, "marketing")).toBe(false);
  });

  test("a customer switches something off on this device only, and on again", async () => {
    const town = await build();
    const phone = await annasPhone(town);
    const { page } = await asked(town);
    await signIn(page, town.sync, "anna");
    await until(() => allows(page, "analytics"), "the account's choices are here");
    const choose = async (...words: string[]): Promise<void> => {
      await page.click("#open");
      await until(() => page.evaluate(() => document.querySelector("carryover-consent")?.shadowRoot?.querySelector("dialog") != null), "the choices are open");
      for (const word of words) await tap(page, word);
      await page.evaluate(() => window.shop.sync.settled());
    };
    await choose("alleen op dit apparaat", "statistieken", "Mijn keuze bewaren");
    await until(async () => !(await allows(page, "analytics")), "it is off here");
    expect([await allows(page, "marketing"), await allows(phone, "analytics")]).toEqual([true, true]);
    await choose("alleen op dit apparaat", "Alles accepteren");
    await until(() => allows(page, "analytics"), "it is on again");
    await choose("alleen op dit apparaat", "Alles weigeren");
    await until(async () => !(await allows(page, "analytics")), "it is off again");
    await choose("Alles accepteren");
    await until(() => allows(page, "analytics"), "what is allowed everywhere is allowed here", 3_000);
  });
}, ["Chromium"]);
