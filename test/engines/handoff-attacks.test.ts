/** Two people, two browsers, one of them a swindler: false codes, codes sent on, links in messages. On the minified bundle. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { expect, test } from "vitest";
import type { Page } from "./engine.js";
import { add, cart, inEveryEngine, kept, NOTHING_KEPT, ready, type Screen, shows, type Town } from "./town.js";
import { until } from "./wait.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A shop whose pages offer and take carts over, as its tag brings them. */
async function shop({ screen }: Town, name: string, attributes: string): Promise<Screen> {
  const home = await screen();
  const scripts = [`<script src="/watch.js"></script>`, `<script async src="${home.line.url}/tag.js" data-site="pk_shop" data-name="${name}"></script>`];
  for (const path of ["/", "/next"]) home.origin.show(path, { scripts, body: `<main><h1>Winkel</h1></main><carryover-handoff ${attributes}></carryover-handoff>` });
  return home;
}

const panel = (page: Page): Promise<string> => page.evaluate(() => document.querySelector("carryover-handoff")?.shadowRoot?.querySelector("dialog")?.textContent ?? "");

const says = (page: Page, words: string): Promise<true> => until(async () => (await panel(page)).includes(words), `the page says "${words}"`);

/** Presses the button in the handoff's screens that carries these words. */
async function press(page: Page, words: string): Promise<void> {
  await until(() => page.evaluate((wanted) => {
    const found = [...(document.querySelector("carryover-handoff")?.shadowRoot?.querySelectorAll("button") ?? [])].findLast((one) => one.textContent === wanted);
    found?.click();
    return found !== undefined;
  }, words), `there is a button "${words}"`);
}

async function offer(page: Page, mode: "take" | "copy" | "join" | "lend", url: string): Promise<{ url: string; code: string }> {
  return page.evaluate((how, address) => window.shop.handoff.offer(how, { url: address }), mode, url);
}

const statusOf = (page: Page): Promise<string | undefined> => page.evaluate(() => window.shop.state.handoff?.status);

inEveryEngine((build) => {
  test("a false code on the kiosk's screen: the victim is told whose cart it is, nothing moves before a yes, and a number that is guessed wrong ends it", async () => {
    const town = await build();
    const [den, home] = [await shop(town, "Kiosk 3", ""), await shop(town, "Telefoon", "")];
    const swindler = await den.open();
    await add(swindler, "LOKAAS-1");
    const victim = await home.open();
    await add(victim, "SCHOEN-42", 2);
    await victim.evaluate(() => window.shop.sync.settled());
    const { url } = await offer(swindler, "join", `${home.origin.url}/next`);
    await victim.goto(url);
    await says(victim, "Samen één mandje?");
    expect(await panel(victim)).toContain("LOKAAS-1");
    expect(await panel(victim)).toContain("Kiosk 3");
    expect([await cart(swindler), await cart(victim)]).toEqual([{ "LOKAAS-1": 1 }, { "SCHOEN-42": 2 }]);
    await press(victim, "Delen");
    await until(async () => (await statusOf(swindler)) === "to-approve", "the swindler is asked for the number");
    const number = await victim.evaluate(() => window.shop.state.handoff?.number);
    const wrong = await swindler.evaluate((right) => window.shop.state.handoff?.choices?.find((one) => one !== right) as number, number);
    await swindler.evaluate((guess) => window.shop.handoff.approve(guess), wrong);
    await says(victim, "Hier is niets veranderd.");
    expect([await cart(swindler), await cart(victim)]).toEqual([{ "LOKAAS-1": 1 }, { "SCHOEN-42": 2 }]);
  });

  test("“send me your code”: the owner sees who has opened it and declines, or takes back what was copied; the swindler is left with nothing", async () => {
    const town = await build();
    const [home, den] = [await shop(town, "Telefoon", 'mode="copy"'), await shop(town, "Vreemde", "")];
    const [owner, swindler] = [await home.open(), await den.open()];
    await add(owner, "SCHOEN-42", 2);
    await add(swindler, "EIGEN-1");
    const joined = await offer(owner, "join", `${den.origin.url}/`);
    const waiting = swindler.evaluate((code) => window.shop.handoff.accept(code).then(({ status }) => status), joined.code);
    await until(() => owner.evaluate(() => window.shop.state.handoff?.other?.name === "Vreemde"), "the owner sees who it is");
    await owner.evaluate(() => window.shop.handoff.cancel());
    expect(await waiting).toBe("declined");
    expect(await cart(swindler)).toEqual({ "EIGEN-1": 1 });

    await press(owner, "Mandje naar een ander scherm");
    const { code } = await until(() => owner.evaluate(() => window.shop.state.handoff), "there is a code");
    await swindler.evaluate((given) => window.shop.handoff.accept(given as string), code);
    await shows(swindler, { "SCHOEN-42": 2, "EIGEN-1": 1 });
    await says(owner, "Je mandje staat nu ook op het andere scherm.");
    await press(owner, "Ongedaan maken");
    await shows(swindler, { "EIGEN-1": 1 });
    expect(await cart(owner)).toEqual({ "SCHOEN-42": 2 });
  });

  test("a link in a message: who only opens it, or whose messenger fetches it, has taken nothing, stored nothing and become nobody", async () => {
    const town = await build();
    const [den, home] = [await shop(town, "Kiosk 3", ""), await shop(town, "Telefoon", "")];
    const swindler = await den.open();
    await add(swindler, "LOKAAS-1");
    const { url } = await offer(swindler, "take", `${home.origin.url}/next`);
    for (const method of ["GET", "HEAD"]) expect((await fetch(url, { method })).status).toBe(200);
    const page = await home.profile.page();
    await page.goto(url);
    await ready(page);
    await says(page, "Dit mandje meenemen?");
    expect(await page.evaluate(() => [location.hash, document.referrer])).toEqual(["", ""]);
    expect([await cart(page), await kept(page), await home.profile.cookies()]).toEqual([{}, NOTHING_KEPT, []]);
    expect(home.line.requests.filter((request) => !request.startsWith("GET"))).toEqual(["POST /v1/handoff/preview"]);
    await page.press("Escape");
    await page.reload();
    await ready(page);
    expect([await cart(page), await cart(swindler)]).toEqual([{}, { "LOKAAS-1": 1 }]);
  });

  test("from scan to lent to given back, by the screens alone; axe finds nothing wrong with any step, and the kiosk keeps nothing", async () => {
    const town = await build();
    const [home, store] = [await shop(town, "Telefoon", 'mode="lend"'), await shop(town, "Kiosk 3", 'accept size="kiosk"')];
    const scripts = [`<script src="/watch.js"></script>`, `<script async src="${store.line.url}/tag.js" data-site="pk_shop" data-channel="kiosk" data-name="Kiosk 3" data-kiosk="600000"></script>`];
    store.origin.show("/", { scripts, body: `<main><h1>Winkel</h1></main><carryover-handoff accept size="kiosk"></carryover-handoff>` });
    const [phone, kiosk] = [await home.open(), await store.open()];
    await add(phone, "SCHOEN-42", 2);
    await add(kiosk, "BOEK-1");
    for (const page of [phone, kiosk]) await page.evaluate((script) => (0, eval)(script), AXE);
    const clean = async (page: Page): Promise<void> => expect(await violations(page)).toEqual([]);
    await press(phone, "Mandje even op een ander scherm");
    const { code } = await until(() => phone.evaluate(() => window.shop.state.handoff), "there is a code");
    await clean(phone);
    await press(kiosk, "Mandje ophalen met een code");
    await clean(kiosk);
    await kiosk.evaluate((typed) => {
      const input = document.querySelector("carryover-handoff")?.shadowRoot?.querySelector("input") as HTMLInputElement;
      input.value = typed as string;
      input.form?.requestSubmit();
    }, code);
    await says(kiosk, "Straks liggen er 3 in je mandje.");
    await clean(kiosk);
    await press(kiosk, "Gebruiken");
    const number = await until(() => kiosk.evaluate(() => window.shop.state.handoff?.number), "the kiosk shows a number");
    await says(phone, "Welk getal staat op het andere scherm (Kiosk 3)?");
    await clean(phone);
    await press(phone, String(number));
    await shows(kiosk, { "SCHOEN-42": 2, "BOEK-1": 1 });
    await says(phone, "Het andere scherm (Kiosk 3) werkt nu in jouw mandje.");
    await press(phone, "Sluiten");
    await clean(phone);
    await press(kiosk, "Sluiten");
    await clean(kiosk);
    await press(phone, "Stoppen");
    await shows(kiosk, {}, 1_000);
    expect([await kept(kiosk), await store.profile.cookies()]).toEqual([NOTHING_KEPT, []]);
    await shows(phone, { "SCHOEN-42": 2, "BOEK-1": 1 });
  });
});

/** What axe finds wrong with what the handoff's screens show now. */
async function violations(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(context: string, options: object): Promise<AxeResults> } };
    document.querySelector("carryover-handoff")?.shadowRoot?.getAnimations().forEach((animation) => animation.finish());
    const { violations: wrong, passes } = await axe.run("carryover-handoff", { resultTypes: ["violations", "passes"] });
    if (!passes.some(({ id }) => id === "color-contrast")) return ["axe has looked at no colour"];
    return wrong.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${JSON.stringify(target)}`));
  });
}
