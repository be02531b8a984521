/** The question for those who hear it, need more contrast, less motion or a strict policy: axe, forced colours, no shift, no report. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { expect, test } from "vitest";
import { asks, openAsking, told } from "./asking.js";
import type { Page } from "./engine.js";
import { inEveryEngine, live, type Screen, signIn, type Town } from "./town.js";
import { until } from "./wait.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong with what is shown now, in these languages, by day and by night. */
async function violations(page: Page, languages: readonly string[]): Promise<string[]> {
  return page.evaluate(async (all) => {
    const { axe } = window as unknown as { axe: { run(context: string, options: object): Promise<AxeResults> } };
    const asking = document.querySelector("carryover-consent") as HTMLElement & { open(): Promise<void> };
    const root = asking.shadowRoot as ShadowRoot;
    const wasOpen = root.querySelector("dialog") !== null;
    const found: string[] = [];
    for (const lang of all) for (const scheme of ["light", "dark"]) {
      document.documentElement.style.colorScheme = scheme;
      root.querySelector<HTMLElement>("dialog [part=close]")?.click();
      asking.lang = lang;
      if (wasOpen) await asking.open();
      root.getAnimations().forEach((animation) => animation.finish());
      const { violations: wrong, passes } = await axe.run("carryover-consent", { resultTypes: ["violations", "passes"] });
      if (!passes.some(({ id }) => id === "color-contrast")) found.push("axe has looked at no colour");
      found.push(...wrong.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${lang} ${scheme} ${id}: ${JSON.stringify(target)}`)));
    }
    return found;
  }, languages);
}

/** Anna has allowed everything on another screen. */
async function annaHasChosen({ sync, screen }: Town): Promise<void> {
  const desk = await (await screen({ options: { consent: { asked: "account" } } })).open();
  await signIn(desk, sync, "anna");
  await live(desk);
  await desk.evaluate(async () => {
    window.shop.consent.decide({ analytics: true, personalisation: true, marketing: true });
    await window.shop.sync.settled();
  });
}

const click = (page: Page, selector: string): Promise<void> => page.evaluate((wanted) => document.querySelector("carryover-consent")?.shadowRoot?.querySelector<HTMLElement>(wanted)?.click(), selector);

/** A page whose policy forbids whatever is not named in it. */
function strict({ line, origin }: Screen, nonce: string): Record<string, string> {
  return {
    "content-security-policy": [
      "default-src 'none'", `script-src 'nonce-${nonce}'`, "style-src 'none'", "img-src data:", `connect-src ${line.url}`, `frame-src ${origin.url}`,
      "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types carryover",
    ].join("; "),
  };
}

inEveryEngine((build) => {
  test("axe finds nothing wrong with the question, the choices and the notice", async () => {
    const town = await build();
    await annaHasChosen(town);
    const languages = town.engine === "Chromium" ? ["nl", "en", "de", "fr"] : ["nl"];
    const home = await town.screen();
    asks(home);
    const page = await openAsking(home);
    await page.evaluate((script) => (0, eval)(script), AXE);
    expect(await violations(page, languages)).toEqual([]);
    await page.click("#open");
    await until(() => page.evaluate(() => document.querySelector("carryover-consent")?.shadowRoot?.querySelector("dialog") != null), "the choices are open");
    expect(await violations(page, languages)).toEqual([]);
    await click(page, "dialog [part=close]");
    await signIn(page, town.sync, "anna");
    await until(() => told(page), "the notice is there");
    expect(await violations(page, languages)).toEqual([]);
  });

  test("a page with a strict policy and trusted types has nothing to report of the tag, the screens, a held script and a held frame", async () => {
    const town = await build();
    await annaHasChosen(town);
    const home = await town.screen();
    const nonce = "shop1234";
    const body = `
      <script nonce="${nonce}" type="text/plain" data-consent="analytics" data-src="/analytics.js"></script>
      <script nonce="${nonce}" type="text/plain" data-consent="analytics">seen.runs.push("inline")</script>
      <iframe data-consent="marketing" data-src="/film" title="Film" width="300" height="150"></iframe>`;
    home.origin.put("/analytics.js", `seen.runs.push("analytics")`);
    home.origin.show("/film", { body: "Film" });
    asks(home, { nonce, body, headers: strict(home, nonce) });
    const page = await openAsking(home);
    await click(page, "[part=choose]");
    await until(() => page.evaluate(() => document.querySelector("carryover-consent")?.shadowRoot?.querySelector("dialog") != null), "the choices are open");
    await click(page, "dialog [part=answer]");
    expect(home.origin.requests).not.toContain("/film");
    await signIn(page, town.sync, "anna");
    await until(() => told(page), "the notice is there");
    await page.evaluate(() => window.shop.consent.decide({ analytics: true, personalisation: true, marketing: true }));
    await until(() => home.origin.requests.includes("/film"), "the frame is loaded");
    await until(() => page.evaluate(() => window.seen.runs.length === 2), "the scripts have run");
    expect(await page.evaluate(() => window.seen)).toMatchObject({ errors: [], violations: [] });
  });
});

inEveryEngine((build) => {
  test("nothing in the page moves while the question comes and goes, the choices are made, and a notice is told and read", async () => {
    const town = await build();
    await annaHasChosen(town);
    const home = await town.screen();
    asks(home, { body: "<p>Veldschoen</p>".repeat(60) });
    const page = await openAsking(home);
    await page.click("#open");
    await until(() => page.evaluate(() => document.querySelector("carryover-consent")?.shadowRoot?.querySelector("dialog") != null), "the choices are open");
    await click(page, "dialog [part=answer]");
    await signIn(page, town.sync, "anna");
    await until(() => told(page), "the notice is there");
    await click(page, "section button:last-of-type");
    await until(async () => (await told(page)) === undefined, "the notice is read");
    const shifts = (): Promise<number[]> => page.evaluate(() => new Promise((resolve) => {
      const seen: number[] = [];
      const observer = new PerformanceObserver((list) => seen.push(...list.getEntries().map((entry) => (entry as PerformanceEntry & { value: number }).value)));
      observer.observe({ type: "layout-shift", buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(seen))));
    }));
    expect(await shifts()).toEqual([]);
    await page.evaluate(() => document.querySelector("main")?.before(Object.assign(document.createElement("div"), { textContent: "Actie!" })));
    await until(async () => (await shifts()).length > 0, "what does move is seen");
  });

  test("whoever asked their system for less motion sees none", async () => {
    const home = await (await build()).screen();
    asks(home);
    const page = await openAsking(home);
    const moving = (): Promise<string[]> => page.evaluate(async () => {
      const asking = document.querySelector("carryover-consent") as HTMLElement & { open(): Promise<void> };
      await asking.open();
      const all = [...(asking.shadowRoot as ShadowRoot).querySelectorAll("*")];
      return all.filter((one) => getComputedStyle(one).animationName !== "none" || getComputedStyle(one).transitionDuration !== "0s").map(({ localName }) => localName);
    });
    await page.prefer({ "prefers-reduced-motion": "no-preference" });
    expect(await moving()).toEqual(["section", "dialog"]);
    await page.prefer({ "prefers-reduced-motion": "reduce" });
    expect(await moving()).toEqual([]);
  });

  test("with the system's own colours every button has an edge, and what has the keyboard is seen", async () => {
    const home = await (await build()).screen();
    asks(home);
    const page = await openAsking(home);
    await page.prefer({ "forced-colors": "active" });
    await page.evaluate(() => (document.querySelector("carryover-consent") as HTMLElement & { open(): Promise<void> }).open());
    const faint = await page.evaluate(() => {
      const root = document.querySelector("carryover-consent")?.shadowRoot as ShadowRoot;
      return [...root.querySelectorAll<HTMLElement>("section,dialog,button")].filter((one) => {
        const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(one);
        return borderTopStyle !== "solid" || Number.parseFloat(borderTopWidth) < 1 || borderTopColor === backgroundColor;
      }).map((one) => one.textContent);
    });
    expect([await page.evaluate(() => matchMedia("(forced-colors: active)").matches), faint]).toEqual([true, []]);
    await page.press("Tab");
    const outline = await page.evaluate(() => {
      const { outlineStyle, outlineWidth, outlineColor, backgroundColor } = getComputedStyle(document.activeElement?.shadowRoot?.activeElement as Element);
      return [outlineStyle, outlineWidth, outlineColor !== backgroundColor];
    });
    expect(outline).toEqual(["solid", "3px", true]);
  });
}, ["Chromium"]);
