/** Consent platforms as a shop has them, in real pages: they come by scripts of their own, after us, and are followed. */
import { readFileSync } from "node:fs";
import { buildSync } from "esbuild";
import { expect, test } from "vitest";
import { tcString } from "../sources/tc-strings.js";
import type { Page } from "./engine.js";
import { inEveryEngine } from "./town.js";
import { until } from "./wait.js";

function scriptOf(contents: string): string {
  const { outputFiles: [script] } = buildSync({ stdin: { contents, resolveDir: process.cwd() }, bundle: true, minify: true, format: "iife", target: "es2022", write: false });
  return script?.text ?? "";
}

const US = scriptOf(`
  import { cookieConsentSource, tcfSource } from "./dist/sources.js";
  const note = ({ name, follow }) => follow((answers) => seen.runs.push(name + " " + JSON.stringify(answers)));
  note(tcfSource({ purposes: { analytics: [1, 8], marketing: [1, 3, 4] }, vendors: { marketing: [755] } }));
  note(cookieConsentSource({ categories: { analytics: ["statistics"], marketing: ["ads"] } }));`);

/** What a platform makes of the association's library: it keeps the string, and tells it when the page comes again. */
const ADVERTISERS = scriptOf(`
  import { CmpApi } from "@iabtcf/cmpapi";
  const platform = new CmpApi(10, 1, true);
  platform.update(localStorage.tcString ?? "", localStorage.tcString === undefined);
  window.answer = (string) => platform.update(localStorage.tcString = string);`);

const COOKIES = `${readFileSync("node_modules/vanilla-cookieconsent/dist/cookieconsent.umd.js", "utf8")};
  CookieConsent.run({
    categories: { necessary: { enabled: true, readOnly: true }, statistics: {}, ads: {} }, cookie: { secure: false }, hideFromBots: false,
    language: { default: "nl", translations: { nl: {
      consentModal: { title: "Cookies", acceptAllBtn: "Accepteren", acceptNecessaryBtn: "Weigeren" }, preferencesModal: { sections: [] } } } } });`;

/** As a tag manager does it: once everything of the page is there. */
const LATE = `addEventListener("load", () => ["/advertisers.js", "/cookies.js"].forEach((src) =>
  document.head.append(Object.assign(document.createElement("script"), { src }))));`;

const runs = (page: Page): Promise<string[]> => page.evaluate(() => window.seen.runs);

inEveryEngine((build) => {
  test("platforms that come late are followed: no answer before there is one, each answer once, and at once on the next page", async () => {
    const { screen } = await build();
    const { origin, profile } = await screen();
    for (const [path, text] of Object.entries({ "/us.js": US, "/advertisers.js": ADVERTISERS, "/cookies.js": COOKIES, "/late.js": LATE })) origin.put(path, text);
    const driving = profile.script === undefined ? [] : [`<script src="${profile.script}"></script>`];
    origin.show("/platforms", { scripts: [...driving, ...["/watch.js", "/late.js", "/us.js"].map((src) => `<script src="${src}"></script>`)] });
    const page = await profile.page();
    await page.goto(`${origin.url}/platforms`);
    await until(() => page.evaluate(() => "answer" in window && document.querySelector("#cc-main [data-role=necessary]") !== null), "both platforms ask");
    expect(await runs(page)).toEqual([]);
    await page.evaluate((string) => (window as unknown as { answer(string: string): void }).answer(string), await tcString([1, 8]));
    await page.evaluate(() => document.querySelector<HTMLElement>("#cc-main [data-role=necessary]")?.click());
    const heard = [`tcf {"analytics":true,"marketing":false}`, `vanilla-cookieconsent {"analytics":false,"marketing":false}`];
    await until(async () => (await runs(page)).length === 2, "both answers are heard");
    expect(await runs(page)).toEqual(heard);
    await page.reload();
    await until(async () => (await runs(page)).length === 2, "both answers are heard again");
    expect((await runs(page)).sort()).toEqual(heard);
    expect(await page.evaluate(() => window.seen.errors)).toEqual([]);
  });
});
