/** A1 and A2 on the minified bundle: one cart on the phone and the desktop, resumed and live. */
import { expect, test } from "vitest";
import { add, cart, inEveryEngine, live, shows, signIn } from "./town.js";
import { until } from "./wait.js";

inEveryEngine((build) => {
  test("a shopper signed in on her phone finds her cart on the desktop within a second of signing in there", async () => {
    const { sync, screen } = await build();
    const phone = await (await screen()).open();
    const desktop = await (await screen({ options: { name: "Laptop" } })).open();
    await add(phone, "SCHOEN-42", 2);
    expect(await signIn(phone, sync, "anna")).toBe("merged");
    await signIn(desktop, sync, "anna");
    await shows(desktop, { "SCHOEN-42": 2 }, 1_000);
  });

  test("both press + while the phone is in flight mode, and both show 4 after it is back", async () => {
    const { sync, screen } = await build();
    const [home, desk] = [await screen(), await screen({ options: {} })];
    const [phone, desktop] = [await home.open(), await desk.open()];
    await add(phone, "SCHOEN-42", 2);
    await signIn(phone, sync, "anna");
    await signIn(desktop, sync, "anna");
    await shows(desktop, { "SCHOEN-42": 2 });

    home.line.cut();
    await until(() => phone.evaluate(() => window.shop.sync.state === "offline"), "the phone notices");
    for (const page of [phone, desktop]) await page.evaluate(() => window.shop.cart.increase("SCHOEN-42"));
    expect([await cart(phone), await cart(desktop)]).toEqual([{ "SCHOEN-42": 3 }, { "SCHOEN-42": 3 }]);
    home.line.mend();
    await Promise.all([shows(phone, { "SCHOEN-42": 4 }), shows(desktop, { "SCHOEN-42": 4 })]);
    expect([sync.taken("line-added").size, sync.doubled]).toEqual([3, []]);
  });

  test("a guest continues on the desktop by the phone's code, after picking the number on the phone", async () => {
    const { screen } = await build();
    const [phone, desktop] = [await (await screen()).open(), await (await screen({ options: {} })).open()];
    await add(phone, "SCHOEN-42", 2);
    const { url } = await phone.evaluate(() => window.shop.handoff.offer("join"));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#carryover=[\w-]{22}$/);
    await desktop.evaluate((link) => void window.shop.handoff.accept(link), url);
    const number = await until(() => desktop.evaluate(() => window.shop.state.handoff?.number), "the desktop shows a number");
    const choices = await until(() => phone.evaluate(() => window.shop.state.handoff?.choices), "the phone asks for it");
    expect(choices).toContain(number);
    await phone.evaluate((n) => window.shop.handoff.approve(n), number);
    await shows(desktop, { "SCHOEN-42": 2 });
    await live(desktop);
    await desktop.evaluate(() => window.shop.cart.remove("SCHOEN-42"));
    await shows(phone, {});
  });

  test("a line removed on the phone is gone from the desktop within half a second, 19 times of 20, over one stream", async () => {
    const { sync, screen } = await build();
    const [home, desk] = [await screen(), await screen({ options: {} })];
    const [phone, desktop] = [await home.open(), await desk.open()];
    await add(phone, "BOEK-1");
    await signIn(phone, sync, "anna");
    await signIn(desktop, sync, "anna");
    await live(desktop);
    const before = desk.line.requests.length;
    const took: number[] = [];
    for (let i = 0; i < 40; i += 1) {
      await add(phone, "SCHOEN-42");
      await shows(desktop, { "BOEK-1": 1, "SCHOEN-42": 1 });
      const gone = desktop.evaluate(() => new Promise<number>((resolve) => {
        const stop = window.shop.subscribe(({ cart }) => {
          if (cart.lines.length > 1) return;
          resolve(Date.now());
          setTimeout(() => stop());
        });
      }));
      // Nothing is removed before the desktop watches.
      await desktop.evaluate(() => undefined);
      const pressed = await phone.evaluate(() => {
        window.shop.cart.remove("SCHOEN-42");
        return Date.now();
      });
      took.push((await gone) - pressed);
    }
    took.sort((a, b) => a - b);
    expect(took[37], `slowest: ${took.slice(-5).join(", ")} ms`).toBeLessThanOrEqual(500);
    // Live means told, not asked: the desktop has not sent a thing.
    expect(desk.line.requests.length).toBe(before);
  });

  test("a desktop that was without network catches up: nothing twice, nothing missing", async () => {
    const { sync, screen } = await build();
    const desk = await screen({ options: {} });
    const [phone, desktop] = [await (await screen()).open(), await desk.open()];
    await add(phone, "SCHOEN-42", 2);
    await signIn(phone, sync, "anna");
    await signIn(desktop, sync, "anna");
    await shows(desktop, { "SCHOEN-42": 2 });
    desk.line.cut();
    await until(() => desktop.evaluate(() => window.shop.sync.state === "offline"), "the desktop notices");
    for (let i = 0; i < 5; i += 1) await add(phone, `BOEK-${i}`);
    await phone.evaluate(() => window.shop.cart.remove("SCHOEN-42"));
    await add(desktop, "BOEK-1", 2);
    await phone.evaluate(() => window.shop.sync.settled());
    desk.line.mend();
    const both = { "BOEK-0": 1, "BOEK-1": 3, "BOEK-2": 1, "BOEK-3": 1, "BOEK-4": 1 };
    await until(async () => {
      const [a, b] = [await cart(phone), await cart(desktop)];
      return Object.keys(b).length === 5 && a["BOEK-1"] === 3 && b["BOEK-1"] === 3;
    }, "both show the same");
    await desktop.evaluate(() => window.shop.sync.settled());
    expect([await cart(phone), await cart(desktop)]).toEqual([both, both]);
  });
});
