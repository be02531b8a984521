/** The question about consent as shoppers see it: fair, legible, usable with a keyboard, under a strict policy. LAW.md L8 to L10. */
import { expect, test } from "vitest";
import { asks, openAsking } from "./asking.js";
import type { Page } from "./engine.js";
import { bringLooks, type View } from "./looks.js";
import { inEveryEngine } from "./town.js";
import { until } from "./wait.js";

const LANGUAGES = ["nl", "en", "de", "fr"];
const LAYERS = ["banner", "preferences"] as const;

/** Every language on both layers, in each of these ways. */
function views(ways: readonly Omit<View, "lang" | "layer">[]): View[] {
  return LAYERS.flatMap((layer) => LANGUAGES.flatMap((lang) => ways.map((way) => ({ ...way, lang, layer }))));
}

/** What is wrong in any of the views, and in which. */
async function complaints(page: Page, about: "unfair" | "hidden", looked: readonly View[]): Promise<string[]> {
  await page.evaluate(bringLooks);
  return page.evaluate(async (question, all) => {
    const found: string[] = [];
    for (const view of all) for (const complaint of await window.looks[question](view)) found.push(`${JSON.stringify(view)}: ${complaint}`);
    return found;
  }, about, looked);
}

/** The words of what has the keyboard, wherever it stands; "the page" is nothing in particular. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const host = document.activeElement;
    const found = host?.shadowRoot?.activeElement ?? host;
    if (!(found instanceof HTMLElement) || found === document.body) return "the page";
    if (found.localName === "dialog") return "all choices"; // it can be scrolled by keyboard
    const words = found instanceof HTMLInputElement ? found.labels?.[0]?.querySelector("b")?.textContent : (found.ariaLabel ?? found.textContent);
    return words ?? "nameless";
  });
}

/** Goes on by this key so often; what is met on the way. */
async function walk(page: Page, key: "Tab" | "Shift+Tab", steps: number): Promise<string[]> {
  const met: string[] = [];
  for (let step = 0; step < steps; step += 1) {
    await page.press(key);
    met.push(await focused(page));
  }
  return met;
}

/** From the moment it is shown until it is out of the page, and the keyboard back where it was. */
const isOpen = (page: Page): Promise<boolean> => page.evaluate(() => document.querySelector("carryover-consent")?.shadowRoot?.querySelector("dialog") != null);

/** What the keyboard meets in the choices, after their title. */
const CHOICES = ["Sluiten", "statistieken", "persoonlijke tips", "reclame", "Alles weigeren", "Alles accepteren", "Mijn keuze bewaren", "Privacyverklaring"];

inEveryEngine((build) => {
  test("refusing weighs the same as accepting, on a phone, at a desk and on a kiosk, by day and by night, in every language", async () => {
    const { screen } = await build();
    const home = await screen();
    asks(home);
    const page = await openAsking(home, "/framed");
    const looked = views((["light", "dark"] as const).flatMap((scheme) => [
      { scheme, width: 390, height: 844 }, { scheme, width: 1_440, height: 900 }, { scheme, width: 1_080, height: 1_920, isKiosk: true },
    ]));
    expect(await complaints(page, "unfair", looked)).toEqual([]);
  });

  test("on a narrow phone, at 200 % zoom and with text twice as large nothing is cut off or covered, and both answers can be reached", async () => {
    const { screen } = await build();
    const home = await screen();
    asks(home);
    const page = await openAsking(home, "/framed");
    const small = [{ width: 320, height: 640 }, { width: 640, height: 400 }];
    const looked = views(small.flatMap((size) => [{ ...size, scheme: "light" as const }, { ...size, scheme: "light" as const, isLarge: true }]));
    expect(await complaints(page, "hidden", looked)).toEqual([]);
  });

  test("with a keyboard alone: to the question, into the choices and out again, an answer, and back to where one was", async () => {
    const { screen } = await build();
    const home = await screen();
    asks(home);
    const page = await openAsking(home);
    await page.evaluate(() => document.querySelector<HTMLElement>("#open")?.focus());
    expect(await walk(page, "Tab", 4)).toEqual(["Privacyverklaring", "Alles weigeren", "Alles accepteren", "Zelf kiezen"]);

    await page.press("Enter");
    await until(() => isOpen(page), "the choices are open");
    expect(await focused(page)).toBe("Jouw keuze");
    expect(await walk(page, "Tab", CHOICES.length)).toEqual(CHOICES);
    await page.press("Escape");
    await until(async () => !(await isOpen(page)), "the choices are closed");
    expect(await focused(page)).toBe("Zelf kiezen");

    expect(await walk(page, "Shift+Tab", 2)).toEqual(["Alles accepteren", "Alles weigeren"]);
    await page.press("Space");
    await until(() => page.evaluate(() => window.shop.state.consent.isDecided), "it is answered");
    expect(await page.evaluate(() => window.shop.state.consent.purposes)).toEqual({ necessary: true, analytics: false, personalisation: false, marketing: false });
    expect(await focused(page)).toBe("Cookies");
    await page.press("Enter");
    await until(() => isOpen(page), "the choices are open again");
    await walk(page, "Tab", 2);
    await page.press("Space");
    expect(await walk(page, "Tab", 5)).toContain("Mijn keuze bewaren");
    await page.press("Enter");
    await until(() => page.evaluate(() => window.shop.consent.allows("analytics")), "the choice is kept");
    expect(await page.evaluate(() => window.shop.state.consent.purposes)).toEqual({ necessary: true, analytics: true, personalisation: false, marketing: false });
    expect([await isOpen(page), await focused(page)]).toEqual([false, "Cookies"]);
  });

  test("as long as the choices are open the keyboard does not get to the page behind them", async () => {
    const { screen } = await build();
    const home = await screen();
    asks(home);
    const page = await openAsking(home);
    await page.click("#open");
    await until(() => isOpen(page), "the choices are open");
    // Beyond the first and the last are the browser's own buttons, which a driver sees as nothing in particular.
    const around = [...CHOICES, "all choices", "Jouw keuze", "the page"];
    for (const key of ["Tab", "Shift+Tab"] as const) expect(around).toEqual(expect.arrayContaining(await walk(page, key, CHOICES.length + 2)));
  });

  test("nothing is ticked before somebody ticks it, and scrolling, clicking beside it and leaving it answer nothing", async () => {
    const { screen } = await build();
    const home = await screen();
    asks(home, { body: `<p style="height:3000px">Lang</p>` });
    const page = await openAsking(home);
    await page.click("main p");
    await page.press("Escape");
    await page.evaluate(() => scrollTo(0, 2_000));
    const boxes = await page.evaluate(async () => {
      const asking = document.querySelector("carryover-consent") as HTMLElement & { open(): Promise<void> };
      await asking.open();
      return [...(asking.shadowRoot as ShadowRoot).querySelectorAll("input")].map(({ checked }) => checked);
    });
    await page.press("Escape");
    expect(boxes).toEqual([false, false, false]);
    expect(await page.evaluate(() => [window.shop.state.consent.isDecided, localStorage.length])).toEqual([false, 0]);
  });
});
