/** The script tag in real pages: works by one line, runs what was asked before it came, and never throws into the page. */
import { expect, test } from "vitest";
import { add, cart, inEveryEngine, live, ready, shows } from "./town.js";
import { until } from "./wait.js";

const QUEUE = `
  window.carryover = [["cart.add", "SCHOEN-42", 2], ["cart.add", "BOEK-1"], ["cart.setQuantity", "SCHOEN-42", 5]];
  carryover.push((shop) => seen.runs.push("with " + shop.state.cart.quantity));
  carryover.push(["cart.fly", "to the moon"], ["cart.add"], null, "cart.clear.everything", ["__proto__.x"]);
  carryover.push((shop) => { throw new Error("a mistake of the shop's own"); });
  carryover.push(["cart.remove", "BOEK-1"]);`;

/** What the page sells. */
const SOLD = `<button data-carryover-add="SCHOEN-42" data-carryover-option-maat="42">Bestel</button><button data-carryover-add="BOEK-1">Bestel</button>`;

/** Says in the page what was said on the console. */
const HEAR = `console.error = (...words) => seen.runs.push(words.map(String).join(" "));`;

inEveryEngine((build) => {
  test("commands given before the script has loaded run in their order, and a wrong one stops no other", async () => {
    const { screen } = await build();
    const page = await (await screen({ first: HEAR + QUEUE })).open();
    expect(await cart(page)).toEqual({ "SCHOEN-42": 5 });
    const { errors, runs } = await page.evaluate(() => window.seen);
    expect(errors).toEqual([]);
    expect(runs[0]).toBe("with 6");
    expect(runs.slice(1)).toHaveLength(6);
    expect(runs[1]).toContain("carryover");
  });

  test("what was asked for before is done before whatever the page asks in the moment in which the script is there", async () => {
    const { screen } = await build();
    const home = await screen({ first: `window.carryover = [["cart.add", "SCHOEN-42", 2], ["cart.clear"], ["cart.add", "BOEK-1"]];` });
    home.origin.show("/at-once", { scripts: [`<script src="/watch.js"></script><script src="/first.js"></script>`,
      `<script async src="/tag.js" data-site="pk_shop" onload="carryover.cart.add('PEN-1'); seen.runs.push(JSON.stringify(carryover.state.cart.lines.map(({ line }) => line)))"></script>`] });
    const page = await home.profile.page();
    await page.goto(`${home.origin.url}/at-once`);
    expect(await until(() => page.evaluate(() => window.seen.runs[0]), "the script is there")).toBe(`["BOEK-1","PEN-1"]`);
  });

  test("what was asked for before goes along with a page that is left in the moment in which the script is there", async () => {
    const { screen } = await build();
    const home = await screen({ first: `if (location.pathname === "/left") window.carryover = [["cart.add", "SCHOEN-42", 2]];` });
    home.origin.show("/left", { scripts: [`<script src="/watch.js"></script><script src="/first.js"></script>`,
      `<script async src="/tag.js" data-site="pk_shop" onload="location.href = '/'"></script>`] });
    const page = await home.profile.page();
    await page.goto(`${home.origin.url}/left`).catch(() => {}); // some drivers wait for a page that does not stay
    await until(() => page.evaluate(() => location.pathname === "/").catch(() => false), "the next page is there");
    const next = await home.open();
    await shows(next, { "SCHOEN-42": 2 });
  });

  test("a second inclusion is harmless: one client, one line a click", async () => {
    const { screen } = await build();
    const home = await screen({ body: `<button data-carryover-add="BOEK-1">In mandje</button>` });
    const page = await home.open();
    await page.evaluate(() => new Promise<void>((resolve) => {
      const kept = window.shop;
      const script = document.createElement("script");
      script.src = "/tag.js";
      script.dataset.site = "pk_other";
      script.onload = () => {
        window.seen.runs.push(String(window.shop === kept));
        resolve();
      };
      document.head.append(script);
    }));
    await page.click("button");
    await page.click("button");
    expect(await cart(page)).toEqual({ "BOEK-1": 2 });
    expect(await page.evaluate(() => window.seen)).toEqual({ errors: [], violations: [], runs: ["true"] });
  });

  test.each([
    `data-site=""`,
    `data-channel="Überall!"`,
    `data-endpoint="ftp://shop.example"`,
    `data-endpoint="nowhere"`,
    `data-kiosk="soon"`,
    `data-purposes="necessary, analytics"`,
    `data-name="${"x".repeat(61)}"`,
  ])("a tag with %s says so on the console and leaves the page alone", async (wrong) => {
    const { screen } = await build();
    const home = await screen({ first: `${HEAR} addEventListener("load", () => seen.runs.push("loaded"));` });
    home.origin.show("/wrong", { scripts: [`<script src="/watch.js"></script><script src="/first.js"></script>`, `<script async src="/tag.js" ${wrong.includes("data-site") ? "" : `data-site="pk_shop"`} ${wrong}></script>`] });
    const page = await home.profile.page();
    await page.goto(`${home.origin.url}/wrong`);
    const { errors, runs } = await until(() => page.evaluate(() => window.seen.runs.includes("loaded") && window.seen), "the page has loaded");
    expect(errors).toEqual([]);
    expect(runs).toContainEqual(expect.stringMatching(/^TypeError: carryover: createClient\(\{ .* \}\) takes .*; found .*\.$/));
  });

  test("a button says in markup what it adds, and a mistake in it is told on the console only", async () => {
    const { screen } = await build();
    const body = `
      <button id="shoe" data-carryover-add="SCHOEN-42" data-carryover-quantity="2" data-carryover-option-maat="42" data-carryover-details='{"title":"Schoen"}'><b>+</b></button>
      <button id="odd" data-carryover-add="BOEK-1" data-carryover-quantity="some">?</button>
      <button id="bad" data-carryover-add="BOEK-1" data-carryover-details="{">?</button>
      <button id="off" data-carryover-add="BOEK-1" disabled>?</button>`;
    const page = await (await screen({ first: HEAR, body })).open();
    for (const id of ["#shoe b", "#odd", "#bad", "#off"]) await page.click(id);
    const [line, ...more] = await page.evaluate(() => window.shop.state.cart.lines);
    expect(line).toMatchObject({ sku: "SCHOEN-42", quantity: 2, options: { maat: "42" }, details: { title: "Schoen" } });
    expect(more).toEqual([]);
    const { errors, runs } = await page.evaluate(() => window.seen);
    expect([errors, runs.length]).toEqual([[], 2]);
  });

  test("a tag without an endpoint speaks to the server that it came from", async () => {
    const { screen } = await build();
    const home = await screen();
    home.origin.show("/plain", { scripts: [`<script src="/watch.js"></script>`, `<script async src="${home.line.url}/tag.js" data-site="pk_shop"></script>`] });
    const page = await home.profile.page();
    await page.goto(`${home.origin.url}/plain`);
    await ready(page);
    await add(page, "SCHOEN-42");
    await page.evaluate(() => window.shop.sync.settled());
    await live(page);
    expect(home.line.requests[0]).toBe("GET /tag.js");
    expect(home.line.requests).toContain("POST /v1/push");
  });

  test("an advertisement's link adds its products once; a reload adds nothing; the click id is neither kept nor sent", async () => {
    const { sync, screen } = await build();
    const home = await screen({ tag: "data-links", body: SOLD });
    const page = await home.open("/?products=SCHOEN-42%3A1,BOEK-1:2,%3Cb%3E:x,FOREIGN-1:3&coupon=WEB10&fbclid=IwAR0secret&utm_source=mail");
    await shows(page, { "SCHOEN-42?maat=42": 1, "BOEK-1": 2 });
    expect(await page.evaluate(() => window.shop.state.cart.coupons.map(({ code }) => code))).toEqual(["WEB10"]);
    expect(await page.evaluate(() => location.search)).not.toMatch(/products|coupon/);
    await page.evaluate(() => window.shop.sync.settled());
    await page.reload();
    await ready(page);
    await live(page);
    expect(await cart(page)).toEqual({ "SCHOEN-42?maat=42": 1, "BOEK-1": 2 });
    await page.evaluate(() => window.shop.handoff.offer("join"));
    expect([sync.taken("line-added").size, sync.taken("coupon-added").size]).toEqual([2, 1]);
    expect(home.line.sent).not.toMatch(/IwAR0secret|fbclid|utm_source/);
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }) + document.cookie)).not.toMatch(/IwAR0secret|fbclid/);
    expect(await page.evaluate(() => window.seen.errors)).toEqual([]);
  });

  test("a tag that was not told to read links leaves the address alone", async () => {
    const { screen } = await build();
    const home = await screen();
    const page = await home.open("/?products=SCHOEN-42%3A1");
    expect([await cart(page), await page.evaluate(() => location.search), home.line.tries]).toEqual([{}, "?products=SCHOEN-42%3A1", 0]);
  });
});
