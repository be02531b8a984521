/** What a shopper does at a screen, told to the witness in the words of the table, with what was in front of them. */
import type { CartLine } from "../../src/index.js";
import type { Tab } from "./browser.js";
import type { World } from "./world.js";

export type Gesture = (world: World, tab: Tab, which: number, n: number) => void;

const SKUS = ["SHOE", "SOCK"];
const SIZES: Record<string, string>[] = [{}, { size: "L" }];
export const PURPOSES = ["analytics", "personalisation", "marketing"] as const;

/** Does something, and tells the witness what of it the tab put down. `data` is what it means; where the screen has a choice, what it chose. */
function act({ witness }: World, tab: Tab, type: string, data: object | undefined, work: () => void): void {
  const { browser } = tab;
  const before = new Set(browser.device === undefined ? [] : witness.deeds(browser.device, toldOf(tab)).map(({ id }) => id));
  tab.words.length = 0;
  work();
  const was = browser.device;
  for (const { name, value } of tab.words.filter((word) => word.name.startsWith("e:"))) {
    const event = JSON.parse(value);
    const device = name.split(":")[1] ?? ""; // who takes everything back is nobody again when the call returns
    const isMeant = event.type === type;
    if (!isMeant && event.type !== "consent-decided") throw new Error(`${type} was put down as ${event.type}`);
    if (witness.done.has(event.id)) throw new Error(`${type} was put down under the id of something else`);
    witness.sees({ id: event.id, type: event.type, data: (isMeant && data) || event.data, at: event.at, device, home: event.log, seen: before });
    if (name !== `e:${device}:${event.id}` || (was !== undefined && was !== device)) throw new Error(`${type} was put down as ${name}`);
  }
}

/** What the tab has been told of the log of the device it is now. */
export function toldOf({ told, browser }: Tab): Tab["told"] {
  return told?.device === browser.device ? told : undefined;
}

const lineAt = ({ shop }: Tab, which: number): string => {
  const { lines } = shop.state.cart;
  return lines[which % Math.max(1, lines.length)]?.line ?? (SKUS[which % 2] as string);
};
const shown = ({ shop }: Tab, id: string): CartLine | undefined => shop.state.cart.lines.find(({ line }) => line === id);

/** A change of one line's number, which the screen must show when the call returns. */
function count(world: World, tab: Tab, line: string, type: string, data: object | undefined, to: (before: number) => number, work: () => void): void {
  const before = shown(tab, line)?.quantity ?? 0;
  act(world, tab, type, data, work);
  const after = shown(tab, line)?.quantity ?? 0;
  if (after !== to(before)) throw new Error(`after ${type} of ${line} the screen shows ${after}, and ${before} before`);
}

function change(world: World, tab: Tab, line: string, options: Record<string, string>): void {
  const { quantity: n = 0, details = {}, fields = {} } = shown(tab, line) ?? {};
  const sku = line.split("?")[0] as string;
  const to = options.size === undefined ? sku : `${sku}?size=${options.size}`;
  const data = { line, to, n, fields, ...(Object.keys(details).length > 0 && { details }) };
  act(world, tab, "line-changed", data, () => tab.shop.cart.setOptions(line, options));
}

function decide(world: World, tab: Tab, decision: Record<string, boolean>): void {
  const { customer } = tab.shop.state;
  const { choice } = tab.browser;
  if (!customer.isSignedIn) for (const [purpose, isGranted] of Object.entries(decision)) choice.set(purpose, isGranted);
  const data = customer.isSignedIn ? { scope: "account", asked: "account", purposes: decision } : undefined;
  act(world, tab, "consent-decided", data, () => tab.shop.consent.decide(decision));
}

export const gestures: Readonly<Record<string, Gesture>> = {
  add(world, tab, which, n) {
    const options = SIZES[which % 3 === 2 ? 1 : 0] as Record<string, string>;
    const sku = SKUS[which % 2] as string;
    const line = options.size === undefined ? sku : `${sku}?size=${options.size}`;
    count(world, tab, line, "line-added", { line, n }, (before) => before + n, () => tab.shop.cart.add(sku, n, { options }));
  },
  addWithDetails(world, tab, which, n) {
    const line = SKUS[which % 2] as string;
    const details = { price: n };
    count(world, tab, line, "line-added", { line, n, details }, (before) => before + n, () => tab.shop.cart.add(line, n, { details }));
  },
  increase(world, tab, which, n) {
    const line = lineAt(tab, which);
    count(world, tab, line, "line-added", { line, n }, (before) => before + n, () => tab.shop.cart.increase(line, n));
  },
  decrease(world, tab, which, n) {
    const line = lineAt(tab, which);
    count(world, tab, line, "line-decreased", undefined, (before) => Math.max(0, before - n), () => tab.shop.cart.decrease(line, n));
  },
  set(world, tab, which, n) {
    const line = lineAt(tab, which);
    const [type, data] = n > 1 ? ["line-set", { line, n: n - 1 }] as const : ["line-removed", { line }] as const;
    count(world, tab, line, type, data, () => n - 1, () => tab.shop.cart.setQuantity(line, n - 1));
  },
  change: (world, tab, which, n) => change(world, tab, lineAt(tab, which), SIZES[n % 2] as Record<string, string>),
  note(world, tab, which, n) {
    const [line, name] = [lineAt(tab, which), which % 2 === 0 ? "note" : "gift"];
    act(world, tab, "field-set", { line, name, value: n }, () => tab.shop.cart.setField(line, name, n));
  },
  remove(world, tab, which) {
    const line = lineAt(tab, which);
    count(world, tab, line, "line-removed", { line }, () => 0, () => tab.shop.cart.remove(line));
  },
  clear(world, tab) {
    act(world, tab, "cart-cleared", {}, () => tab.shop.cart.clear());
    if (tab.shop.state.cart.quantity > 0) throw new Error("the cart was cleared and is not empty");
  },
  coupon: (world, tab, which) => act(world, tab, "coupon-added", { code: `C${which % 2}` }, () => tab.shop.cart.addCoupon(`C${which % 2}`)),
  couponOff: (world, tab, which) => act(world, tab, "coupon-removed", { code: `C${which % 2}` }, () => tab.shop.cart.removeCoupon(`C${which % 2}`)),
  keep: (world, tab) => act(world, tab, "cart-kept", {}, () => tab.shop.cart.keep()),
  grant: (world, tab, which) => decide(world, tab, { [PURPOSES[which % 3] as string]: true }),
  refuse: (world, tab, which) => decide(world, tab, { [PURPOSES[which % 3] as string]: false }),
  decideAll: (world, tab, which, n) => decide(world, tab, { analytics: n % 2 === 0, personalisation: n > 2, marketing: which % 2 === 0 }),
  withdraw: (world, tab) => decide(world, tab, { analytics: false, personalisation: false, marketing: false }),
};
