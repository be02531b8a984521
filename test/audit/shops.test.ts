/** `carryover audit` on shops that do it right and shops that each do one thing wrong: it finds that thing, and nothing else. */
import type { Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engine } from "../../scripts/engines.mjs";
import { auditIn } from "../../src/audit/audit.js";
import { launchBrowser } from "../../src/audit/launch.js";
import type { AuditOptions, Report } from "../../src/audit/seen.js";
import { createShops, GRANTED, type Habits, type Shops, WITHDRAWN } from "./shop.js";

let shops: Shops;
let browser: Browser;
beforeAll(async () => {
  shops = await createShops();
  browser = await launchBrowser(engine("chromium"));
});
afterAll(async () => {
  await browser?.close();
  await shops.close();
});

/** A shop is watched for as long as its habits need to show; nobody has the minute that the command gives it. */
const audit = (url: string, options: AuditOptions = {}): Promise<Report> => auditIn(browser, url, { watchMs: 1_000, ...options });
const found = ({ findings }: Report): string[] => findings.map(({ rule, says, evidence }) => `${rule} ${says} ${evidence.join(" ")}`);

/** Our own tag and banner, as README shows them. */
const OURS = `<!doctype html><html lang="nl"><meta charset="utf-8"><title>Schoen en boek</title><link rel="icon" href="data:,">
<script async src="/tag.js" data-site="pk_shop" data-endpoint="" data-asked="account"></script>
<h1>Schoen en boek</h1><p style="height: 3000px"></p><button data-carryover-preferences>Cookies</button>
<carryover-consent shop="Schoen en boek" asked="account" privacy="/privacy"></carryover-consent>`;

/** vanilla-cookieconsent as its manual sets it up; `hideFromBots` is on unless it is said otherwise. */
const PLATFORM = {
  categories: { necessary: { enabled: true, readOnly: true }, analytics: {} }, cookie: { secure: false }, guiOptions: { consentModal: { layout: "box" } },
  language: { default: "en", translations: { en: {
    consentModal: { title: "Cookies", description: "May we measure?", acceptAllBtn: "Accept all", acceptNecessaryBtn: "Reject all" },
    preferencesModal: { title: "Cookie settings", acceptAllBtn: "Accept all", acceptNecessaryBtn: "Reject all", savePreferencesBtn: "Save", sections: [] },
  } } },
};

/** Puts the question where no script of the page can look. */
const SHUT = `const [question, find] = [at("question"), document.getElementById.bind(document)];
  document.getElementById = (id) => (id === "question" ? question : find(id));
  document.body.appendChild(document.createElement("div")).attachShadow({ mode: "closed" }).append(question);`;
const WIDE = `style="width: 160px"`;

const GONE = `localStorage.removeItem("_brief");`;

/** A tracker that waits until nobody looks any more: it comes back after the first look at what is kept. */
const ONCE_LOOKED_AT = `if (window.isLate) {
  const { keys } = CacheStorage.prototype;
  const back = () => (localStorage.getItem("_back"), localStorage.setItem("_back", "1"));
  CacheStorage.prototype.keys = function () { setInterval(back, 50); return keys.call(this); };
}`;

describe.concurrent("the audit", () => {
  test("finds nothing on a page with carryover's own tag and banner, and could do everything there", async () => {
    const report = await audit(shops.show(OURS));
    expect(found(report)).toEqual([]);
    expect(report.isComplete).toBe(true);
    expect(report.seen.notes).toEqual([]);
    expect(report.seen.layer).toEqual({ accept: "Alles accepteren", refuse: { name: "Alles weigeren", layer: 1 }, differences: [], ticked: [], isGoneByScrolling: false });
    expect(report.seen.withdrawn).toMatchObject({ wayBack: "Cookies", clicks: 2 });
    expect(report.seen.refused?.nextPage.kept.map(({ name }) => name)).toEqual(["carryover:pk_shop:choice"]);
  });

  test("finds nothing on another page that asks as it should, with a box ticked elsewhere in the shop", async () => {
    expect(found(await audit(shops.open()))).toEqual([]);
  });

  test.each<[string, Habits, RegExp[]]>([
    ["something kept before any choice", { always: `document.cookie = "_early=1; max-age=3600"; sessionStorage.visit = "1"; indexedDB.open("shop")` },
      [/^L1 Something is kept on the device before any choice\. cookie _early of 127\.0\.0\.1, 60 minutes sessionStorage visit of 127\.0\.0\.1:\d+ IndexedDB shop of 127\.0\.0\.1:\d+$/,
        /^L1 .*although everything was refused.*_early/, /^L14 Something stays .*_early/, /^L14 .*next page.*_early/]],
    ["another party before any choice", { body: `<img src="{other}/pixel">` },
      [/^L1 Others are spoken to before any choice\. localhost:\d+, 1 request$/, /^L1 Others are spoken to although everything was refused/]],
    ["a key that comes and goes", { head: `<script>if (!localStorage.getItem("carryover:pk:choice")) { localStorage.setItem("_brief", "1"); addEventListener("scroll", () => localStorage.removeItem("_brief")); }</script>`, granted: GONE, withdrawn: GONE },
      [/^L1 Something is kept on the device before any choice\. localStorage _brief/]],
    ["a box that is ticked already", { box: "checked" }, [/^L8 Something is ticked before anybody has touched it\. "Statistiek" is ticked\.$/]],
    ["a question that goes away by scrolling", { always: `addEventListener("scroll", () => (at("question").hidden = true))` }, [/^L8 The question goes away by scrolling/]],
    ["a refusal on the second layer", { refuse: "hidden" }, [/^L9 Accepting takes one click, refusing a second layer\. "Alles accepteren" stands on the first layer, "Alles weigeren" behind it\.$/]],
    ["a smaller refusal", { refuse: `style="width: 120px"` }, [/^L9 Refusing is not as easy as accepting\. "Alles accepteren" measures 160 × 44 px, "Alles weigeren" 120 × 44 px\.$/]],
    ["a refusal that is paler, written smaller and lighter, and not reached by the keyboard", { refuse: `tabindex="-1" style="background: #fff; color: #bbb; font-size: 12px; font-weight: 400"` },
      [/^L9 .*is written in 16px, "Alles weigeren" in 12px\. .*font weight 600, "Alles weigeren" 400\. The contrast of "Alles weigeren" is 1\.\d:1, less than 4\.5:1\. .*do not follow each other in the order of the keyboard\.$/]],
    ["asking again after a refusal", { isKept: false }, [/^L19 Whoever has refused is asked again on the next page\./]],
    ["no way back", { body: `<style>#back { display: none }</style>` }, [/^L13 Nothing leads back to the question\./]],
    ["a withdrawal box by box", { body: `<style>#none { display: none }</style>`, granted: `at("box").checked = true` }, [/^L13 Withdrawing takes more clicks than accepting\. Accepting takes 1 click, withdrawing 2, and 1 to open the question\.$/]],
    ["cookies that stay after the withdrawal, also a server's that no script may remove", { granted: `${GRANTED} fetch("/keep")`, withdrawn: "" },
      [/^L14 Something stays .*cookie _stats of 127\.0\.0\.1, 1 day cookie _server .*localStorage _stats/, /^L14 The next page is still asked for with cookies\. (_stats _server|_server _stats)$/]],
    ["a key that is made again, and read", { granted: `window.isLate = true; ${GRANTED}`, withdrawn: WITHDRAWN + ONCE_LOOKED_AT },
      [/^L14 Something is made again after the withdrawal\. localStorage _back/, /^L14 Something is still read after the withdrawal\. _back$/]],
    ["another party after the withdrawal", { granted: `window.isLate = true`, withdrawn: `if (window.isLate) setInterval(() => (new Image().src = "{other}/pixel?" + Math.random()), 300)` },
      [/^L14 Others are still spoken to after the withdrawal\. localhost/]],
    ["a cookie for ten years", { granted: `document.cookie = "_stats=1; path=/; max-age=315360000"` }, [/^L6 A cookie asks to be kept for more than thirteen months\. cookie _stats of 127\.0\.0\.1, 3650 days$/]],
  ])("finds %s, and nothing else", async (_, habits, wanted) => {
    const report = await audit(shops.open(habits));
    expect(found(report)).toEqual(wanted.map((words) => expect.stringMatching(words)));
  });

  test("takes the shop's word for what is necessary", async () => {
    const url = shops.open({ head: `<img src="{other}/pixel">`, always: `document.cookie = "PHPSESSID=1"; localStorage.setItem("cart:42", "1")` });
    expect(found(await audit(url, { allow: ["PHPSESSID", "cart:*", "localhost:*"] }))).toEqual([]);
  });

  test("finds controls by their selectors where their names say nothing", async () => {
    const rename = `at("accept").textContent = "Prima!"; at("refuse").textContent = "Liever niet"; at("back").textContent = "Privé"; at("back").onclick = () => answer(false);`;
    const report = await audit(shops.open({ always: rename }), { accept: "#accept", refuse: "#refuse", withdraw: "#back" });
    expect([found(report), report.seen.withdrawn?.clicks]).toEqual([[], 1]);
    const unaided = await audit(shops.open({ always: rename }));
    expect([found(unaided), unaided.seen.layer, unaided.seen.notes[0]]).toEqual([[], undefined, expect.stringContaining("--accept SELECTOR")]);
  });

  test("finds the question of a platform that hides from browsers that are driven", async () => {
    const report = await audit(shops.show(`<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/cookieconsent.css">
      <button data-cc="show-preferencesModal">Cookie settings</button><script src="/cookieconsent.umd.js"></script><script>CookieConsent.run(${JSON.stringify(PLATFORM)})</script>`));
    expect(found(report)).toEqual([]);
    expect(report.seen).toMatchObject({ layer: { accept: "Accept all", refuse: { name: "Reject all", layer: 1 } }, withdrawn: { clicks: 2 } });
  });

  test("finds the question in a frame, behind a closed shadow root", async () => {
    const framed = shops.open({ accept: WIDE, refuse: WIDE, always: SHUT });
    const report = await audit(shops.show(`<!doctype html><title>Shop</title><link rel="icon" href="data:,"><iframe style="width: 900px; height: 500px" src="${framed}"></iframe>`));
    expect(found(report)).toEqual([]);
    expect(report.seen.layer?.refuse).toEqual({ name: "Alles weigeren", layer: 1 });
  });

  test("the demo shop passes the three scans of the Dutch authority: cookies before consent, ticked boxes, refusing on a second layer", async () => {
    const report = await audit(shops.demo);
    expect(found(report)).toEqual([]);
    expect(report.seen).toMatchObject({ before: { kept: [], contacts: [] }, layer: { ticked: [], refuse: { layer: 1 }, differences: [] } });
    expect(report.isComplete).toBe(true);
  });

  test("ends when its time is up, with what is known so far", async () => {
    const beganAt = Date.now();
    const late = await audit(shops.open(), { watchMs: 20_000, limitMs: 5_000 });
    expect(Date.now() - beganAt).toBeLessThan(15_000);
    expect(late.isComplete).toBe(false);
    expect(late.seen.notes).toEqual(["The time of 5 seconds was up: this is what was seen until then."]);
  });
});
