/** What the shop observes: taken under a grant and under nothing else, and gone with it. */
import { expect, test } from "vitest";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import { observeSteps } from "../../src/journey/steps.js";
import type { Insights } from "../../src/server/insights.js";
import { count, countTime, createTown, type Screen, type Town, until } from "./town.js";

const everywhere = { consent: { policy: "2026-11", purposes: ["analytics", "marketing", "advice"], asked: "account" } } as const;
const PAGE = { page: "https://shop.example/" };

async function counts({ server }: Town): Promise<Record<string, number>> {
  const response = await server.fetch(new Request("https://sync.shop.example/v1/insights", { headers: { authorization: "Bearer sk_test" } }));
  const { counts } = (await response.json()) as Insights;
  return Object.fromEntries(counts.map(({ type, count }) => [type, count]));
}

const paths = ({ sent }: Screen): string[] => sent.map(({ path }) => path).filter((path) => path !== "/v1/pull");
const observed = ({ sent }: Screen): { visitAt: number; observations: { id: string; type: string }[] }[] =>
  sent.filter(({ path }) => path === "/v1/observe").map(({ body }) => JSON.parse(body));

test("without a grant nothing is taken, kept back or sent, and nobody comes to be; with it, the grant goes up first and all else together", async () => {
  const time = countTime();
  const town = await createTown();
  const { shop, ...screen } = town.screen(everywhere);
  expect(shop.observe("page-viewed", PAGE)).toBe(false); // before the choices are read
  await shop.ready;
  expect([shop.observe("page-viewed", PAGE), shop.observe("own", {}, "necessary"), shop.observe("own", {}, "unheard-of")]).toEqual([false, false, false]);
  shop.consent.decide({ analytics: false });
  expect(shop.observe("page-viewed", PAGE)).toBe(false);
  await time.pass(5_000);
  expect([screen.sent, shop.state.sync.state]).toEqual([[], "local"]);

  shop.consent.decide({ analytics: true, marketing: true }); // goes on record, and nothing else
  await time.pass(5_000);
  expect(paths({ shop, ...screen }).filter((path) => path.includes("observe"))).toEqual([]);
  expect([shop.observe("page-viewed", PAGE), shop.observe("searched", { term: "schoen" }), shop.observe("campaign-arrived", PAGE)]).toEqual([true, true, true]);
  await time.pass(2_000, 100);
  expect(observed({ shop, ...screen }).map(({ observations }) => observations.map(({ type }) => type))).toEqual([["page-viewed", "searched", "campaign-arrived"]]);
  expect(await counts(town)).toEqual({ "page-viewed": 1, searched: 1, "campaign-arrived": 1 });
  expect(screen.problems).toEqual([]);
});

test("'Weigeren' within the same second: what was taken is not sent any more, and does not come back with the next grant", async () => {
  const time = countTime();
  const town = await createTown();
  const screen = town.screen(everywhere);
  await screen.shop.ready;
  screen.shop.consent.decide({ analytics: true, marketing: true });
  screen.shop.observe("page-viewed", PAGE);
  screen.shop.observe("campaign-arrived", PAGE);
  screen.shop.consent.decide({ analytics: false });
  screen.shop.consent.decide({ analytics: true });
  await time.pass(5_000, 100);
  expect(await counts(town)).toEqual({ "campaign-arrived": 1 });
  screen.loseAnswers(2); // and of what is on its way nothing is sent again
  screen.shop.observe("page-viewed", PAGE);
  await time.pass(1_050, 50);
  screen.shop.consent.decide({ analytics: false });
  await time.pass(60_000);
  expect(observed(screen)).toHaveLength(2);
  expect(await counts(town)).toEqual({ "campaign-arrived": 1 });
});

test("a withdrawal on the phone drops what waits on the desktop, and what the server has of both", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  for (const { shop } of [phone, desktop]) await shop.signIn(await town.token("anna"));
  desktop.shop.consent.decide({ analytics: true });
  await until(() => phone.shop.consent.allows("analytics"), "the phone follows");
  for (const { shop } of [phone, desktop]) expect(shop.observe("page-viewed", PAGE)).toBe(true);
  await until(() => [phone, desktop].every((screen) => screen.sent.some(({ path, isAnswered }) => path === "/v1/observe" && isAnswered)), "both have told");
  expect(await counts(town)).toEqual({ "page-viewed": 2 });
  expect(desktop.shop.observe("searched", { term: "schoen" })).toBe(true);
  phone.shop.consent.withdraw();
  await until(() => !desktop.shop.consent.allows("analytics"), "the desktop follows");
  expect(desktop.shop.observe("searched", { term: "schoen" })).toBe(false);
  await Promise.all([phone, desktop].map(({ shop }) => shop.sync.settled()));
  expect([count(desktop, "observe"), await counts(town)]).toEqual([1, {}]);
});

test("a customer's device that was away sends nothing before it has heard whether something was withdrawn", async () => {
  const time = countTime();
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  for (const { shop } of [phone, desktop]) await shop.signIn(await town.token("anna"));
  desktop.shop.consent.decide({ analytics: true, advice: true });
  await time.pass(1_000, 50);
  phone.cut();
  await time.pass(2_000);
  desktop.shop.consent.decide({ analytics: false });
  await time.pass(1_000, 50);
  expect([phone.shop.observe("page-viewed", PAGE), phone.shop.observe("own", {}, "advice")]).toEqual([true, true]);
  await time.pass(5_000, 500);
  expect(count(phone, "observe")).toBe(0); // not even tried
  phone.mend();
  await time.pass(60_000, 500);
  expect(observed(phone).flatMap(({ observations }) => observations.map(({ type }) => type))).toEqual(["own"]);
  expect(phone.problems).toEqual([]);
});

test("a lost answer is asked for again under the same id and counts once; in lasting bad weather it is given up", async () => {
  const time = countTime();
  const town = await createTown();
  const screen = town.screen(everywhere);
  await screen.shop.ready;
  screen.shop.consent.decide({ analytics: true });
  screen.shop.cart.add("SCHOEN-42");
  await time.pass(1_000, 50);
  screen.loseAnswers(1);
  screen.shop.observe("page-viewed", PAGE);
  await time.pass(10_000, 100);
  const [first, second, ...more] = observed(screen).map(({ observations }) => observations.map(({ id }) => id));
  expect([first, more]).toEqual([second, []]);
  expect(await counts(town)).toEqual({ "page-viewed": 1 });
  screen.cut();
  screen.shop.observe("searched", { term: "schoen" });
  await time.pass(120_000, 500);
  screen.mend();
  await time.pass(120_000, 500);
  expect(await counts(town)).toEqual({ "page-viewed": 1 });
  expect(observed(screen).length).toBeLessThanOrEqual(2 + 5);
});

test("nothing is taken without a server to send it to, nor what no server would take", async () => {
  const town = await createTown();
  const alone = town.screen({ ...everywhere, endpoint: undefined as never });
  const { shop } = town.screen(everywhere);
  for (const one of [alone.shop, shop]) {
    await one.ready;
    one.consent.decide({ analytics: true });
  }
  expect(alone.shop.observe("page-viewed", PAGE)).toBe(false);
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  expect([shop.observe("own", circle), shop.observe("own", { text: "x".repeat(2_048) })]).toEqual([false, false]);
  expect(Array.from({ length: 300 }, () => shop.observe("own", {})).filter(Boolean)).toHaveLength(200); // in one second
});

test("what a shop observes in a wrong form is told to its developer, and to nobody else", async () => {
  const time = countTime();
  const town = await createTown();
  const screen = town.screen(everywhere);
  await screen.shop.ready;
  screen.shop.consent.decide({ analytics: true });
  screen.shop.observe("page-viewed", { page: "https://shop.example/?q=anna" });
  await time.pass(3_000, 100);
  expect([screen.problems, await counts(town)]).toEqual([["event-malformed"], {}]);
});

test("who signs out leaves nothing to be sent in the next one's name", async () => {
  const time = countTime();
  const town = await createTown();
  const screen = town.screen({ ...everywhere, kiosk: {} });
  await screen.shop.ready;
  screen.shop.consent.decide({ analytics: true });
  screen.shop.observe("page-viewed", PAGE);
  const leaving = screen.shop.signOut();
  await time.pass(100, 10);
  await leaving;
  screen.shop.consent.decide({ analytics: true });
  screen.shop.observe("searched", { term: "boek" });
  await time.pass(3_000, 100);
  expect(observed(screen).flatMap(({ observations }) => observations.map(({ type }) => type))).toEqual(["searched"]);
});

test("who signs out on a device of their own takes along what was not sent yet, though the purpose stays allowed here", async () => {
  const time = countTime();
  const town = await createTown();
  const screen = town.screen(everywhere);
  await screen.shop.ready;
  screen.shop.consent.decide({ analytics: true });
  const signing = screen.shop.signIn(await town.token("anna"));
  await time.pass(1_000, 50);
  await signing;
  expect(screen.shop.observe("page-viewed", PAGE)).toBe(true);
  const leaving = screen.shop.signOut();
  await time.pass(500, 50);
  await leaving;
  await time.pass(30_000, 500);
  expect([screen.shop.consent.allows("analytics"), count(screen, "observe"), await counts(town)]).toEqual([true, 0, {}]);
});

test("the grant goes up before what was observed under it, also in bad weather", async () => {
  const time = countTime();
  const town = await createTown();
  const screen = town.screen(everywhere);
  await screen.shop.ready;
  screen.shop.cart.add("SCHOEN-42");
  await time.pass(1_000, 50);
  screen.cut();
  screen.shop.consent.decide({ analytics: true });
  screen.shop.observe("page-viewed", PAGE);
  await time.pass(990, 10);
  screen.mend();
  await time.pass(60_000, 100);
  expect([await counts(town), screen.problems]).toEqual([{ "page-viewed": 1 }, []]);
});

test("a page knows since when a purpose is granted on it: from its beginning, from a moment on, or not", async () => {
  const town = await createTown();
  let now = 1_000;
  const storage = createMemoryShelf();
  const { shop } = town.screen({ ...everywhere, storage, now: () => now });
  expect(shop.consent.since("analytics")).toBeUndefined();
  await shop.ready;
  shop.consent.decide({ analytics: true, marketing: false });
  expect([shop.consent.since("analytics"), shop.consent.since("marketing"), shop.consent.since("necessary")]).toEqual([1_000, undefined, undefined]);
  now = 2_000;
  shop.consent.decide({ marketing: true });
  expect([shop.consent.since("analytics"), shop.consent.since("marketing")]).toEqual([1_000, 2_000]);
  shop.consent.decide({ analytics: false });
  shop.consent.decide({ analytics: true });
  expect(shop.consent.since("analytics")).toBe(2_000);
  const next = town.screen({ ...everywhere, storage, now: () => now });
  await next.shop.ready;
  expect(next.shop.consent.since("analytics")).toBe(0);
});

test("a page hears what was done on it, and not what was done elsewhere", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  for (const { shop } of [phone, desktop]) await shop.signIn(await town.token("anna"));
  const heard: string[] = [];
  phone.shop.on("gesture", ({ type }) => heard.push(`${type} ${phone.shop.state.cart.quantity}`));
  desktop.shop.cart.add("BOEK-1");
  await until(() => phone.shop.state.cart.quantity === 1, "the phone shows the book");
  phone.shop.consent.decide({ analytics: true });
  phone.shop.cart.add("SCHOEN-42");
  phone.shop.cart.clear();
  expect(heard).toEqual(["line-added 2", "cart-cleared 0"]);
});

test("the steps of a cart are told by the screen on which they were done, and by no other that shows them", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  for (const { shop } of [phone, desktop]) await shop.signIn(await town.token("anna"));
  const told: Record<string, string[]> = { phone: [], desktop: [] };
  const stops = Object.entries({ phone, desktop }).map(([name, { shop }]) => observeSteps({
    ...shop, state: shop.state, observe: (_, { step, sku }) => (told[name]?.push([step, sku].filter(Boolean).join(" ")), true),
  }));
  const shoes = phone.shop.cart.add("SCHOEN-42", 1, { options: { maat: "42" } });
  phone.shop.cart.increase(shoes);
  await until(() => desktop.shop.state.cart.quantity === 2, "the desktop shows them");
  phone.shop.cart.setField(shoes, "note", "voor Anna");
  desktop.shop.cart.add("BOEK-1");
  desktop.shop.cart.remove(shoes);
  await until(() => phone.shop.state.cart.quantity === 1, "the phone shows the book alone");
  phone.shop.cart.clear();
  await until(() => desktop.shop.state.cart.quantity === 0, "the desktop is empty");
  for (const stop of stops) stop();
  phone.shop.cart.add("BOEK-1");
  expect(told).toEqual({
    phone: ["filled", "line-added SCHOEN-42", "line-removed BOEK-1", "emptied"],
    desktop: ["line-added BOEK-1", "line-removed SCHOEN-42"],
  });
});
