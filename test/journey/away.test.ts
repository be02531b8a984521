/** A phone that lay in a drawer for weeks: it catches up at once, and what was done on it is neither lost nor doubled. */
import { expect, test } from "vitest";
import { createMemoryShelf, type Shelf } from "../../src/browser/shelf.js";
import { type Counted, countTime, createTown, read, type Screen, type Town } from "./town.js";

const DAY_MS = 86_400_000;

interface Drawer {
  readonly time: Counted;
  readonly town: Town;
  readonly shelf: Shelf;
  readonly desktop: Screen;
}

/** Anna's phone did all sorts of things in a tunnel before it went into the drawer; some of them the server has, and its answer was lost. */
async function intoTheDrawer(): Promise<Drawer> {
  const time = countTime();
  const town = await createTown();
  const shelf = createMemoryShelf();
  const [phone, desktop] = [town.screen({ storage: shelf }), town.screen()];
  await signIn(time, town, phone, desktop);
  phone.shop.cart.add("SCHOEN-42", 4);
  phone.shop.cart.add("BOEK-1");
  await time.pass(2_000);
  phone.silence();
  phone.loseAnswers(3);
  for (let i = 0; i < 10; i++) phone.shop.cart.increase("SCHOEN-42"); // the server has these
  await time.pass(100);
  expect(read(desktop)["SCHOEN-42"]).toBe(14);
  phone.cut();
  for (let i = 0; i < 10; i++) phone.shop.cart.increase("SCHOEN-42"); // and not these
  phone.shop.cart.remove("BOEK-1");
  phone.shop.cart.add("SOK-1", 2);
  phone.shop.cart.setField("SOK-1", "note", "blauw");
  expect(read(phone)).toEqual({ "SCHOEN-42": 24, "SOK-1": 2 });
  await time.pass(1_000);
  phone.shop.close();
  return { time, town, shelf, desktop };
}

async function signIn(time: Counted, town: Town, ...screens: Screen[]): Promise<void> {
  const token = await town.token("anna");
  const done = screens.map(({ shop }) => shop.signIn(token));
  await time.pass(2_000);
  await Promise.all(done);
}

/** Meanwhile the shopper goes on at the desktop: five things a day. */
async function daysAtTheDesktop({ time, desktop }: Drawer, days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    await time.sleep(DAY_MS);
    await time.pass(40_000, 10_000);
    for (let i = 0; i < 4; i++) desktop.shop.cart.add(`P-${day % 7}`);
    desktop.shop.cart.decrease(`P-${day % 7}`, 3);
    await time.pass(1_000);
  }
  expect(desktop.shop.sync.state).toBe("live");
}

const atTheDesktop = (days: number): Record<string, number> => {
  const perDay = Array.from({ length: days }, (_, day) => `P-${day % 7}`);
  return Object.fromEntries(perDay.map((sku) => [sku, perDay.filter((other) => other === sku).length]));
};

interface Back {
  readonly phone: Screen;
  /** What the server sends: the kinds of frames, as they begin. */
  readonly frames: string[];
  readonly tookMs: number;
  /** How many shoes and socks the screen has shown on the way. */
  readonly shown: ReadonlySet<string>;
}

/** The way up takes a while, so that the snapshot comes before the answers. */
async function comeBack({ time, town, shelf }: Drawer): Promise<Back> {
  const frames: string[] = [];
  const shown = new Set<string>();
  const phone = town.screen({
    storage: shelf,
    async fetch(input, init) {
      if (String(input).endsWith("/v1/push")) await new Promise((resolve) => setTimeout(resolve, 500));
      const response = await town.server.fetch(new Request(input, init));
      if (!String(input).endsWith("/v1/pull") || response.body === null) return response;
      const [here, there] = response.body.tee();
      void there.getReader().read().then(({ value }) => frames.push(...(new TextDecoder().decode(value).match(/^event: \w+/gm) ?? [])));
      return new Response(here, response);
    },
  });
  await phone.shop.ready;
  phone.shop.subscribe(() => shown.add(`${read(phone)["SCHOEN-42"]} shoes, ${read(phone)["SOK-1"]} socks`));
  let tookMs = 0;
  for (; phone.shop.sync.state !== "live" && tookMs < 5_000; tookMs += 100) await time.pass(100, 100);
  await time.pass(1_000);
  return { phone, frames, tookMs, shown };
}

test.each([60, 100])("after %s days in a drawer the phone catches up by a snapshot, with all that was done on it, once", async (days) => {
  const drawer = await intoTheDrawer();
  await daysAtTheDesktop(drawer, days);
  const { phone, frames, tookMs, shown } = await comeBack(drawer);
  expect([...shown]).toEqual(["24 shoes, 2 socks"]); // before it has heard a word, and in every moment after
  expect(frames).toContain("event: snapshot");
  expect(tookMs).toBeLessThanOrEqual(2_000);
  const both = { "SCHOEN-42": 24, "SOK-1": 2, ...atTheDesktop(days) };
  expect([read(phone), read(drawer.desktop)]).toEqual([both, both]);
  expect(JSON.stringify(phone.shop.state.cart)).toBe(JSON.stringify(drawer.desktop.shop.state.cart));
  expect(phone.shop.state.cart.lines.find(({ line }) => line === "SOK-1")?.fields).toEqual({ note: "blauw" });
  expect(phone.problems).toEqual([]);
  await drawer.time.sleep(DAY_MS);
  phone.shop.close();
  const again = await drawer.town.screen({ storage: drawer.shelf });
  await drawer.time.pass(2_000);
  expect(read(again)).toEqual(both);
});

test("a guest who asked to keep the cart finds it after 60 days, with what was done in a tunnel on the last one", async () => {
  const time = countTime();
  const town = await createTown();
  const shelf = createMemoryShelf();
  const phone = town.screen({ storage: shelf });
  phone.shop.cart.add("SCHOEN-42", 2);
  phone.shop.cart.keep();
  await time.pass(2_000);
  phone.loseAnswers(1);
  phone.shop.cart.increase("SCHOEN-42");
  await time.pass(10);
  phone.cut();
  phone.shop.cart.increase("SCHOEN-42");
  await time.pass(1_000);
  phone.shop.close();
  await time.sleep(60 * DAY_MS);
  const again = town.screen({ storage: shelf });
  await time.pass(2_000);
  expect([read(again), again.shop.sync.state, again.problems]).toEqual([{ "SCHOEN-42": 4 }, "live", []]);
});

test("a guest's cart that nobody asked to keep is gone after its seven days, on the phone and on the server", async () => {
  const time = countTime();
  const town = await createTown();
  const shelf = createMemoryShelf();
  const phone = town.screen({ storage: shelf });
  phone.shop.cart.add("SCHOEN-42", 2);
  await time.pass(2_000);
  phone.cut();
  phone.shop.cart.increase("SCHOEN-42");
  await time.pass(1_000);
  phone.shop.close();
  await time.sleep(8 * DAY_MS);
  const again = town.screen({ storage: shelf });
  await time.pass(2_000);
  expect([read(again), again.shop.sync.state]).toEqual([{}, "local"]);
});
