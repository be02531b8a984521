/** Links into a cart: each adds once, only what the shop knows, and whatever stands in an address does no harm. */
// @vitest-environment happy-dom
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readCartLink } from "../../src/browser/link-forms.js";
import { addFromLink, type Client, createClient, type Resolve } from "../../src/index.js";
import { seedOf, times } from "../long.js";

const SOLD: Record<string, object> = { "SCHOEN-42": { details: { title: "Schoen" } }, "BOEK-1": {}, OLD: { sku: "NEW" }, "gid://shop/1": {}, M: { sku: "TRUI", options: { maat: "M" } } };
const sells: Resolve = (sku) => SOLD[sku];

let shop: Client;
beforeEach(() => void (shop = createClient({ site: "pk", storage: "memory" })));
afterEach(() => {
  shop.close();
  vi.useRealTimers();
});

/** The shopper opens an address; what the history kept of the page before is gone. */
function open(address: string): void {
  (window as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL("https://shop.example/");
  window.history.replaceState({ kept: true }, "", address);
}

const cart = (): Record<string, number> => Object.fromEntries(shop.state.cart.lines.map(({ line, quantity }) => [line, quantity]));
const address = (): string => location.pathname + location.search + location.hash;

test("Meta's checkout address adds its products and its coupon, and only they go out of the address", async () => {
  open("/mand?products=SCHOEN-42%3A2%2CBOEK-1%3A1&coupon=WEB10&taal=nl&fbclid=IwAR0#boven");
  expect(await addFromLink(shop, sells)).toEqual({ lines: ["SCHOEN-42", "BOEK-1"], refused: [] });
  expect([cart(), shop.state.cart.coupons.map(({ code }) => code)]).toEqual([{ "SCHOEN-42": 2, "BOEK-1": 1 }, ["WEB10"]]);
  expect(shop.cart.lines[0]?.details).toMatchObject({ title: "Schoen" });
  expect([address(), window.history.state]).toEqual(["/mand?taal=nl&fbclid=IwAR0#boven", { kept: true }]);
});

test("a permalink adds its products and coupons, and says where it wants the shopper to go on", async () => {
  open("/buy/SCHOEN-42:2,~Z2lkOi8vc2hvcC8x:1?discounts/codes/0=SAVE10&discounts/codes/1=WELCOME&continue_to=/collections/spring%3Fx=1&utm_source=mail");
  expect(await addFromLink(shop, sells)).toEqual({ lines: ["SCHOEN-42", "gid%3A%2F%2Fshop%2F1"], refused: [], continueTo: "/collections/spring?x=1" });
  expect(shop.state.cart.coupons.map(({ code }) => code).sort()).toEqual(["SAVE10", "WELCOME"]);
  expect(address()).toBe("/buy?utm_source=mail");
});

test("a shop takes permalinks where it says, and programs may have escaped their signs", async () => {
  open("/nl/cart/SCHOEN-42%3A2%2CBOEK-1%3A1");
  expect((await addFromLink(shop, sells)).lines).toEqual([]); // not here
  expect((await addFromLink(shop, sells, { path: "/nl/cart" })).lines).toEqual(["SCHOEN-42", "BOEK-1"]);
});

test.each(["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a b", "/a%0d%0ax"])("a permalink leads nobody to %s", async (to) => {
  open(`/buy/BOEK-1:1?continue_to=${encodeURIComponent(to)}`);
  const { continueTo } = await addFromLink(shop, sells);
  expect(continueTo ?? "/").toMatch(/^\/(?![/\\])\S*$/);
  expect(new URL(continueTo ?? "/", location.href).origin).toBe("https://shop.example");
});

test.each<[string, string, string]>([
  ["no such product", "products=OLDER:1", "unknown"], ["none of it", "products=BOEK-1:0", "malformed"], ["fewer than none", "products=BOEK-1:-1", "malformed"],
  ["a word for a number", "products=BOEK-1:x", "malformed"], ["10 000 of it", "products=BOEK-1:10000", "malformed"], ["half a book", "products=BOEK-1:0.5", "malformed"],
  ["no name", "products=:3", "malformed"], ["a name too long", `products=${"A".repeat(201)}:1`, "malformed"], ["9 999 and one more", "products=BOEK-1:9999,BOEK-1:1", "malformed"],
])("%s is refused, and the shop is told which", async (_, query, why) => {
  open(`/?${query}`);
  const { refused } = await addFromLink(shop, sells);
  expect(refused.at(-1)).toMatchObject({ why });
  expect(cart()["BOEK-1"] ?? 0).toBeLessThanOrEqual(9_999);
  expect(location.search).toBe("");
});

test.each(["/buy/BOEK-1", "/buy/BOEK-1:01", "/buy/BOEK-1:0", "/buy/~!:1", "/buy/~Qk9FSy0x=:1", "/buy/~Qk9FSy0y1:1", "/buy/~gICA:1", "/buy/a%2Fb:1", "/buy/ö:1"])("a permalink that is not written as the protocol says (%s) adds nothing", async (path) => {
  open(path);
  const { lines, refused } = await addFromLink(shop, () => ({}));
  expect([lines, refused.map(({ why }) => why)]).toEqual([[], ["malformed"]]);
});

test("the 201st product of a link is refused, and the first 200 are not", async () => {
  open(`/?products=${Array.from({ length: 203 }, (_, i) => `P${i}:1`).join(",")}`);
  const { lines, refused } = await addFromLink(shop, () => ({}));
  expect([lines.length, refused.map(({ item, why }) => `${item} ${why}`)]).toEqual([200, ["P200:1 too-many", "P201:1 too-many", "P202:1 too-many"]]);
});

test("where the cart itself is full, the link says so", async () => {
  for (let i = 0; i < 200; i++) shop.cart.add(`P${i}`);
  open("/?products=BOEK-1:1,P3:1");
  expect(await addFromLink(shop, () => ({}))).toEqual({ lines: ["P3"], refused: [{ item: "BOEK-1:1", why: "too-many" }] });
});

test("the shop has the last word, also on the number, and may ask its server for it", async () => {
  open("/?products=OLD:2,M:1,M:2,BOEK-1:3");
  const { lines } = await addFromLink(shop, async (sku, quantity) => (sku === "BOEK-1" ? { quantity: Math.min(quantity, 1) } : sells(sku, quantity)));
  expect([lines, cart()]).toEqual([["NEW", "TRUI?maat=M", "BOEK-1"], { NEW: 2, "TRUI?maat=M": 3, "BOEK-1": 1 }]);
});

test("a page that dies between the addition and its new address adds nothing when it comes back", async () => {
  open("/?products=SCHOEN-42:2,BOEK-1:1");
  const dying = vi.spyOn(history, "replaceState").mockImplementation(() => { throw new Error("the page is dead"); });
  await addFromLink(shop, sells).catch(() => {});
  dying.mockRestore();
  expect([cart(), location.search]).toEqual([{ "SCHOEN-42": 2, "BOEK-1": 1 }, "?products=SCHOEN-42:2,BOEK-1:1"]);
  expect((await addFromLink(shop, sells)).lines).toEqual(["SCHOEN-42", "BOEK-1"]);
  expect([cart(), location.search]).toEqual([{ "SCHOEN-42": 2, "BOEK-1": 1 }, ""]);
});

test("a page that dies between two of its additions adds the other one when it comes back", async () => {
  open("/?products=SCHOEN-42:2,BOEK-1:1");
  const { add } = shop.cart;
  const dying = { ...shop, cart: Object.assign(Object.create(shop.cart), { add: (...args: Parameters<typeof add>) => { if (args[0] === "BOEK-1") throw new Error("dead"); return add(...args); } }) } as Client;
  await addFromLink(dying, sells);
  open("/?products=SCHOEN-42:2,BOEK-1:1");
  await addFromLink(shop, sells);
  expect(cart()).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 });
});

test("the same link again on the same day adds nothing while its lines are there; taken out, or on another day, it adds again", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 1, 9) });
  const click = async (click: string): Promise<void> => {
    open(`/?products=SCHOEN-42:1&fbclid=${click}`);
    await addFromLink(shop, sells);
  };
  await click("one");
  await click("two");
  expect(cart()).toEqual({ "SCHOEN-42": 1 });
  shop.cart.remove("SCHOEN-42");
  await click("three");
  expect(cart()).toEqual({ "SCHOEN-42": 1 });
  vi.setSystemTime(Date.UTC(2026, 10, 2, 10));
  await click("four");
  expect(cart()).toEqual({ "SCHOEN-42": 2 });
  open("/?products=SCHOEN-42:1,BOEK-1:1"); // another link
  await addFromLink(shop, sells);
  expect(cart()).toEqual({ "SCHOEN-42": 3, "BOEK-1": 1 });
  expect(JSON.stringify(shop.cart.lines)).not.toMatch(/fbclid|one|four/);
});

test("two parts of a page that ask at once add once", async () => {
  open("/?products=SCHOEN-42:1");
  await Promise.all([addFromLink(shop, sells), addFromLink(shop, sells)]);
  expect(cart()).toEqual({ "SCHOEN-42": 1 });
});

test("where the shop's catalogue is away the address stays, and a reload asks again", async () => {
  open("/?products=SCHOEN-42:1,BOEK-1:1");
  expect(await addFromLink(shop, (sku) => (sku === "BOEK-1" ? Promise.reject(new Error("away")) : {}))).toEqual({ lines: ["SCHOEN-42"], refused: [{ item: "BOEK-1:1", why: "failed" }] });
  expect(location.search).not.toBe("");
  await addFromLink(shop, sells);
  expect([cart(), location.search]).toEqual([{ "SCHOEN-42": 1, "BOEK-1": 1 }, ""]);
});

test("whoever has left before the catalogue answered leaves nothing in the next shopper's cart", async () => {
  const kiosk = createClient({ site: "pk", kiosk: {} });
  let answer = (): void => {};
  open("/?products=SCHOEN-42:1");
  const asked = addFromLink(kiosk, () => new Promise((resolve) => (answer = () => resolve({}))));
  await kiosk.ready;
  await vi.waitFor(() => answer());
  await kiosk.signOut();
  answer();
  await asked;
  expect(kiosk.cart.lines).toEqual([]);
  kiosk.close();
});

const part = fc.oneof(
  fc.constantFrom(":", ",", "/", "?", "&", "=", "%", "%3A", "%2C", "%2F", "%E0", "~", "products=", "coupon=", "/buy/", "discounts/codes/0=", "continue_to=", "A", "A:1", "~QQ:1", "9999", "#", "\\", "é", "💶", "%00"),
  fc.string({ maxLength: 10 }), fc.nat(20_000).map(String),
);

test("whatever stands in an address, only products of a right form with a number from 1 to 9 999 come of it", () => {
  let links = 0;
  fc.assert(fc.property(fc.constantFrom("/", "/buy/", "/?products=", "/buy/A:1?"), fc.array(part, { maxLength: 16 }), (start, parts) => {
    const text = `https://shop.example${start}${parts.join("")}`;
    if (!URL.canParse(text)) return;
    const link = readCartLink(new URL(text), "/buy");
    if (link === undefined) return;
    links += 1;
    for (const { sku, quantity } of link.items) {
      expect(sku).toMatch(/^[^\p{Cc}\p{Cs}]{1,200}$/u);
      expect(Number.isInteger(quantity) && quantity >= 1 && quantity <= 9_999).toBe(true);
    }
    expect(new Set(link.items.map(({ sku }) => sku)).size).toBe(link.items.length);
    expect(new URL(link.continueTo ?? "/", "https://shop.example").origin).toBe("https://shop.example");
    expect([link.rest.origin, readCartLink(link.rest, "/buy")]).toEqual(["https://shop.example", undefined]); // once
  }), { numRuns: times(5_000, 200_000), seed: seedOf() });
  expect(links).toBeGreaterThan(times(2_000, 80_000));
}, times(30_000, 600_000));
