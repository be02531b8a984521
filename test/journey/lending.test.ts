/** Lending the live cart to a kiosk for ten minutes: whose it stays, what the kiosk may not learn, and how it ends. */
import { expect, test } from "vitest";
import { type Counted, count, countTime, createTown, read, type Screen, type Town, until } from "./town.js";

const page = { url: "https://shop.example/" };
const TEN_MINUTES = 600_000;

function kioskIn(town: Town, idleMs = 60_000): Screen {
  return town.screen({ kiosk: { idleMs }, name: "Kiosk 3" });
}

/** The phone has lent its cart to the kiosk, by code and number. */
async function lend(phone: Screen, kiosk: Screen, time?: Counted): Promise<void> {
  const { code } = await phone.shop.handoff.offer("lend", page);
  const accepted = kiosk.shop.handoff.accept(code);
  await until(() => kiosk.shop.state.handoff?.number !== undefined && phone.shop.state.handoff?.choices !== undefined, "the number is asked for");
  await phone.shop.handoff.approve(kiosk.shop.state.handoff?.number as number);
  await time?.pass(1_000, 100);
  expect(await accepted).toMatchObject({ status: "lent", role: "receiving", mode: "lend" });
  await until(() => kiosk.shop.sync.state === "live" && Object.keys(read(phone)).length > 0 && JSON.stringify(read(kiosk)) === JSON.stringify(read(phone)), "both show one cart");
}

/** What the kiosk said it was at last. */
function credentialOf({ sent }: Screen): string {
  return (JSON.parse(sent.findLast(({ path }) => path === "/v1/handoff/accept")?.body ?? "{}") as { credential: string }).credential;
}

const isEmpty = (screen: Screen): boolean => Object.keys(read(screen)).length === 0;

async function answers(town: Town, credential: string): Promise<number[]> {
  const body = JSON.stringify({ v: 1, site: "pk_test", credential, channel: "kiosk", events: [] });
  const ask = (path: string): Promise<Response> => town.server.fetch(new Request(`https://sync.shop.example${path}`, { method: "POST", body, headers: { authorization: `Bearer ${credential}` } }));
  return Promise.all(["/v1/push", "/v1/pull"].map(async (path) => (await ask(path)).status));
}

test("the kiosk works in the phone's cart, what each adds is on both, and both say until when", async () => {
  const town = await createTown();
  const [phone, kiosk] = [town.screen({ name: "Telefoon" }), kioskIn(town)];
  phone.shop.cart.add("SCHOEN-42", 2);
  kiosk.shop.cart.add("BOEK-1");
  await lend(phone, kiosk);
  expect(phone.shop.state.handoff).toMatchObject({ role: "offering", mode: "lend", status: "lent", other: { channel: "kiosk", name: "Kiosk 3" } });
  const ends = [phone, kiosk].map(({ shop }) => (shop.state.handoff?.endsAt ?? 0) - Date.now());
  for (const left of ends) expect(Math.abs(left - TEN_MINUTES)).toBeLessThan(10_000);
  expect(read(kiosk)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 });
  kiosk.shop.cart.add("SOK-1");
  kiosk.shop.cart.decrease("SCHOEN-42");
  phone.shop.cart.increase("BOEK-1");
  await until(() => [phone, kiosk].every((screen) => JSON.stringify(Object.entries(read(screen)).sort()) === JSON.stringify([["BOEK-1", 2], ["SCHOEN-42", 1], ["SOK-1", 1]])), "both show what was done");
});

test("the phone stops it: within a second the kiosk is empty and its key opens nothing, and the cart stays on the phone", async () => {
  const town = await createTown();
  const [phone, kiosk] = [town.screen(), kioskIn(town)];
  phone.shop.cart.add("SCHOEN-42", 2);
  await lend(phone, kiosk);
  kiosk.shop.cart.add("BOEK-1");
  await kiosk.shop.sync.settled();
  const key = credentialOf(kiosk);
  expect(await answers(town, key)).toEqual([200, 200]);
  const from = performance.now();
  await phone.shop.handoff.cancel();
  await until(() => isEmpty(kiosk), "the kiosk is empty");
  expect(performance.now() - from).toBeLessThan(1_000);
  expect(await answers(town, key)).toEqual([401, 401]);
  expect(read(phone)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 });
  expect([phone.shop.state.handoff, kiosk.shop.state.handoff?.status]).toEqual([undefined, "done"]);
  kiosk.shop.cart.add("JAS-3"); // the next shopper
  await kiosk.shop.sync.settled();
  expect([read(kiosk), read(phone)]).toEqual([{ "JAS-3": 1 }, { "SCHOEN-42": 2, "BOEK-1": 1 }]);
});

test("the kiosk gives it back: it is empty at once, what was done there counts, and the phone is told", async () => {
  const town = await createTown();
  const [phone, kiosk] = [town.screen(), kioskIn(town)];
  phone.shop.cart.add("SCHOEN-42");
  await lend(phone, kiosk);
  const key = credentialOf(kiosk);
  kiosk.shop.cart.add("BOEK-1");
  await kiosk.shop.handoff.cancel();
  expect(read(kiosk)).toEqual({});
  await until(() => phone.shop.state.handoff?.status === "done", "the phone is told");
  await until(() => read(phone)["BOEK-1"] === 1, "the phone has what was added there");
  expect(await answers(town, key)).toEqual([401, 401]);
});

test.each(["with a network", "without"])("after ten minutes it is over by itself, %s at the kiosk: it is empty, and its key opens nothing", async (how) => {
  const time = countTime();
  const town = await createTown();
  const [phone, kiosk] = [town.screen(), kioskIn(town, 3_600_000)];
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(1_000, 100);
  await lend(phone, kiosk, time);
  const key = credentialOf(kiosk);
  if (how === "without") kiosk.cut();
  await time.pass(TEN_MINUTES - 10_000, 5_000);
  expect([read(kiosk), phone.shop.state.handoff?.status]).toEqual([{ "SCHOEN-42": 1 }, "lent"]);
  await time.pass(11_000, 500);
  expect([read(kiosk), phone.shop.state.handoff?.status, read(phone)]).toEqual([{}, "done", { "SCHOEN-42": 1 }]);
  expect(await answers(town, key)).toEqual([401, 401]);
});

test("a kiosk that never hears of the end and forgets nothing is served nothing after ten minutes", async () => {
  const time = countTime();
  const town = await createTown();
  const [phone, kiosk] = [town.screen(), kioskIn(town, 3_600_000)];
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(1_000, 100);
  await lend(phone, kiosk, time);
  const credential = credentialOf(kiosk);
  const thief = await town.server.fetch(new Request("https://sync.shop.example/v1/pull", { method: "POST", body: JSON.stringify({ v: 1, site: "pk_test", channel: "kiosk" }), headers: { authorization: `Bearer ${credential}` } }));
  let heard = "";
  const ended = thief.body?.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write: (text) => void (heard += text) }));
  await time.pass(TEN_MINUTES + 1_000, 5_000);
  await ended;
  phone.shop.cart.add("GEHEIM-1");
  await time.pass(1_000, 100);
  expect(heard).toContain("SCHOEN-42");
  expect(heard).not.toContain("GEHEIM-1");
});

test("a shopper walks away from the kiosk: after a minute it has forgotten, and the phone is told that it is over", async () => {
  const time = countTime();
  const town = await createTown();
  const [phone, kiosk] = [town.screen(), kioskIn(town)];
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(1_000, 100);
  await lend(phone, kiosk, time);
  const key = credentialOf(kiosk);
  await time.pass(61_000);
  expect([read(kiosk), kiosk.shop.state.handoff, phone.shop.state.handoff?.status]).toEqual([{}, undefined, "done"]);
  expect([await answers(town, key), read(phone)]).toEqual([[401, 401], { "SCHOEN-42": 1 }]);
});

test("what the kiosk had not sent when it was over does not count, however late it comes: the cart is its owner's alone again", async () => {
  const town = await createTown();
  const [phone, kiosk] = [town.screen(), kioskIn(town)];
  phone.shop.cart.add("SCHOEN-42");
  await lend(phone, kiosk);
  kiosk.cut();
  kiosk.shop.cart.add("BOEK-1");
  await phone.shop.handoff.cancel();
  kiosk.mend();
  await until(() => isEmpty(kiosk), "the kiosk is empty");
  await phone.shop.sync.settled();
  expect(read(phone)).toEqual({ "SCHOEN-42": 1 });
});

test("a kiosk without network gives back: it is empty at once, what it had not sent does not count, and the phone is told when the word arrives", async () => {
  const time = countTime();
  const town = await createTown();
  const [phone, kiosk] = [town.screen(), kioskIn(town, 3_600_000)];
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(1_000, 100);
  await lend(phone, kiosk, time);
  kiosk.cut();
  kiosk.shop.cart.add("BOEK-1");
  void kiosk.shop.handoff.cancel();
  expect(read(kiosk)).toEqual({});
  await time.pass(3_000, 500);
  await until(() => count(kiosk, "/sealed") > 0, "the kiosk tries to tell"); // sealing takes time that is not counted
  kiosk.mend();
  await time.pass(40_000);
  expect([phone.shop.state.handoff?.status, read(phone)]).toEqual(["done", { "SCHOEN-42": 1 }]);
});

test("a signed-in customer lends the cart and nothing else: no name, no account, no choice, no history", async () => {
  const town = await createTown();
  const [phone, kiosk] = [town.screen(), kioskIn(town)];
  await phone.shop.signIn(await town.token("anna-secret"));
  phone.shop.cart.add("GEHEIM-1");
  phone.shop.cart.remove("GEHEIM-1");
  phone.shop.cart.add("SCHOEN-42");
  phone.shop.consent.decide({ analytics: true, marketing: true });
  await phone.shop.sync.settled();
  await lend(phone, kiosk);
  phone.shop.consent.decide({ analytics: false });
  phone.shop.cart.add("BOEK-1");
  await until(() => read(kiosk)["BOEK-1"] === 1, "the kiosk has what was added");
  expect(kiosk.shop.state.customer).toEqual({ isSignedIn: false, id: undefined });
  expect(kiosk.shop.state.consent.purposes).toEqual({ necessary: true, analytics: false, personalisation: false, marketing: false });
  await expect(kiosk.shop.signIn(await town.token("thief"))).rejects.toMatchObject({ code: "device-revoked" });
  await expect(kiosk.shop.handoff.offer("take", page)).rejects.toMatchObject({ code: "device-revoked" });
  kiosk.shop.consent.decide({ marketing: true });
  await until(() => kiosk.problems.includes("cart-only"), "the choice is refused");
  expect(phone.shop.state.consent.purposes).toMatchObject({ analytics: false, marketing: true });
});

test.each(["signs in", "signs out"])("the lender %s and so goes to another cart: the kiosk has nothing of either", async (how) => {
  const town = await createTown();
  const [phone, kiosk] = [town.screen(), kioskIn(town)];
  if (how === "signs out") await phone.shop.signIn(await town.token("anna"));
  phone.shop.cart.add("SCHOEN-42");
  await lend(phone, kiosk);
  const key = credentialOf(kiosk);
  await (how === "signs in" ? phone.shop.signIn(await town.token("anna")) : phone.shop.signOut());
  phone.shop.cart.add("GEHEIM-1");
  await phone.shop.sync.settled();
  await until(() => isEmpty(kiosk), "the kiosk is empty");
  expect(await answers(town, key)).toEqual([401, 401]);
  expect(read(phone)).toEqual(how === "signs in" ? { "SCHOEN-42": 1, "GEHEIM-1": 1 } : { "GEHEIM-1": 1 });
});

test("while a cart is lent nothing else is offered of it, and a wrong number lends nothing", async () => {
  const town = await createTown();
  const [phone, kiosk, other] = [town.screen(), kioskIn(town), kioskIn(town)];
  phone.shop.cart.add("SCHOEN-42");
  const { code } = await phone.shop.handoff.offer("lend", page);
  const accepted = other.shop.handoff.accept(code);
  await until(() => other.shop.state.handoff?.number !== undefined && phone.shop.state.handoff?.choices !== undefined, "the number is asked for");
  const wrong = phone.shop.state.handoff?.choices?.find((number) => number !== other.shop.state.handoff?.number) as number;
  await phone.shop.handoff.approve(wrong);
  expect(await accepted).toMatchObject({ status: "declined" });
  expect(read(other)).toEqual({});
  await lend(phone, kiosk);
  await expect(phone.shop.handoff.offer("join", page)).rejects.toMatchObject({ code: "handoff-impossible" });
});

test("a code for one kiosk is typed there, refused there, and lent there", async () => {
  const town = await createTown();
  const [phone, kiosk] = [town.screen(), kioskIn(town)];
  phone.shop.cart.add("SCHOEN-42");
  const there = { place: "Kiosk 3" };
  const first = await phone.shop.handoff.offer("lend", { ...page, ...there });
  await expect(kiosk.shop.handoff.preview(first.code)).rejects.toMatchObject({ code: "handoff-gone" });
  await kiosk.shop.handoff.preview(first.code, there);
  await kiosk.shop.handoff.cancel(first.code, there);
  await until(() => phone.shop.state.handoff?.status === "declined", "the phone is told no");
  const { code } = await phone.shop.handoff.offer("lend", { ...page, ...there });
  const accepted = kiosk.shop.handoff.accept(code, there);
  await until(() => kiosk.shop.state.handoff?.number !== undefined && phone.shop.state.handoff?.choices !== undefined, "the number is asked for");
  await phone.shop.handoff.approve(kiosk.shop.state.handoff?.number as number);
  expect(await accepted).toMatchObject({ status: "lent" });
});
