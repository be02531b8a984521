/** What must hold in the town: at every moment on every screen, and when the weather has cleared. */
import { viewCart } from "../../src/model/cart-view.js";
import { type SpecifiedCart, specifiedCart } from "../model/cart-spec.js";
import { isEveryRefusalAnswered, isSpecifiedGranted } from "../model/consent-spec.js";
import type { Deed } from "../model/deed.js";
import type { Browser, Tab } from "./browser.js";
import { PURPOSES, toldOf } from "./gestures.js";
import { entriesFor, type Snapshot, snapshotFor, tabsOf, type World } from "./world.js";

/** A breach of a promise, with what was expected and what was found. */
function demand(promise: string, found: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(found), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${promise}\n  expected ${should}\n  found    ${is}`);
}

const byLine = (a: { line: string }, b: { line: string }): number => (a.line < b.line ? -1 : 1);
const sortedFields = (fields: Readonly<Record<string, unknown>>): object => Object.fromEntries(Object.entries(fields).sort());

/** A cart without the order of its lines, which depends on the order of arrival. */
function plain({ lines, coupons, kept }: { lines: readonly SpecifiedCart["lines"][number][]; coupons: readonly (string | { code: string })[]; kept: boolean }): object {
  return {
    lines: lines.map(({ line, quantity, details, fields }) => ({ line, quantity, details, fields: sortedFields(fields) })).sort(byLine),
    coupons: coupons.map((coupon) => (typeof coupon === "string" ? coupon : coupon.code)).sort(),
    kept,
  };
}

/** The followers of a tab have been told what it was told. */
function shareWhatIsTold({ leader, tabs }: Browser): void {
  const told = leader && toldOf(leader);
  if (told === undefined) return;
  for (const tab of tabs) {
    const own = toldOf(tab);
    if (tab !== leader && tab.state === "open" && !(own?.log === told.log && own.seq >= told.seq)) tab.told = told;
  }
}

function deedsOf({ witness }: World, tab: Tab): Deed[] {
  const { device } = tab.browser;
  return device === undefined ? [] : witness.deeds(device, toldOf(tab));
}

/** A log that the witness has not seen being written: a copy made for a screen that stays when another signs in. */
async function readUp(world: World, { browser }: Tab, { log, seq }: { log: string; seq: number }): Promise<void> {
  if (world.witness.knows(log, seq) || browser.credential === undefined) return;
  const found = await entriesFor(world, browser.credential);
  if (found) world.witness.reads(found.log, found.entries);
}

/**
 * A page that was left at once after the server's last word had no time to keep it. Until the stream has told it again, the
 * next page cannot say by number which of its own events had seen which.
 */
function hasForgotten(tab: Tab): boolean {
  const { device, heard } = tab.browser;
  const told = toldOf(tab);
  return heard !== undefined && heard.device === device && (told?.log !== heard.log || told.seq < heard.seq);
}

function checkScreen(world: World, tab: Tab, isAccountsOwn: boolean): void {
  const { cart, consent, customer, sync } = tab.shop.state;
  const deeds = deedsOf(world, tab);
  const name = `${tab.browser.name}, tab ${tab.browser.tabs.indexOf(tab)}`;
  if (!hasForgotten(tab)) demand(`${name} shows what the rules say of what it has been told and has done`, plain(cart), plain(specifiedCart(deeds)));
  demand(`${name} knows whether somebody is signed in`, consent.scope, customer.isSignedIn ? "account" : "device");
  for (const purpose of PURPOSES) {
    const isGranted = consent.purposes[purpose] === true;
    if (!customer.isSignedIn) demand(`${name} follows its own choice about ${purpose}`, isGranted, tab.browser.choice.get(purpose) === true);
    // A page that has just been opened allows nothing before it has heard from the account.
    else if (isAccountsOwn && !hasForgotten(tab) && (isGranted || (tab === tab.browser.leader && sync.state === "live"))) demand(`${name} follows the account's choice about ${purpose}`, isGranted, isSpecifiedGranted(deeds, "account", purpose));
    else if (isGranted) demand(`${name} allows ${purpose} past no refusal`, isEveryRefusalAnswered(deeds, toldOf(tab)?.log ?? "", purpose), true);
  }
}

/** At every moment: each screen shows what the rules say (invariants 2 to 6, and 8). */
export async function checkScreens(world: World, isAccountsOwn: boolean): Promise<void> {
  if (world.shop.faults.length > 0) throw world.shop.faults[0];
  if (world.surprises.length > 0) throw world.surprises[0];
  world.browsers.forEach(shareWhatIsTold);
  for (const tab of tabsOf(world)) {
    const { browser, shop } = tab;
    if (tab.state !== "open") continue;
    const told = toldOf(tab);
    if (told) await readUp(world, tab, told);
    checkScreen(world, tab, isAccountsOwn);
    const { id } = shop.state.customer;
    if (id !== undefined && browser.device !== undefined) world.customers.set(browser.device, id);
  }
}

/** Time for everything to come about that is under way: handoffs end, boxes are delivered, streams are found silent. */
const CLEARING_MS = 150_000;
const SETTLING_MS = 60_000;

/** Everybody is back, and nothing stands in the way any more. */
export async function clearWeather(world: World): Promise<void> {
  await world.shop.start();
  for (const browser of world.browsers) {
    browser.mend();
    for (const tab of browser.tabs) {
      tab.line.clear();
      tab.line.stream?.release();
      if (tab.state === "resting") browser.resume(tab);
    }
    if (browser.tabs.length === 0) browser.open();
  }
  await world.time.pass(CLEARING_MS);
  let settled = 0;
  const tabs = tabsOf(world);
  for (const { shop } of tabs) void shop.sync.settled().then(() => (settled += 1));
  await world.time.pass(SETTLING_MS);
  demand("every screen has sent and heard everything", settled, tabs.length);
}

/** With clear weather: everybody is live, and what a screen shows and a browser keeps is the server's, byte for byte (invariant 4). */
export async function checkAgreement(world: World): Promise<void> {
  for (const browser of world.browsers) {
    const { credential, storage, tabs } = browser;
    demand(`${browser.name} has delivered what lay sealed`, storage.names.filter((name) => /^(box|held)/.test(name)), []);
    const snapshot = credential === undefined ? undefined : await snapshotFor(world, credential);
    if (snapshot === undefined || !browser.isKnown) continue; // nobody, or somebody whose only request was lost
    const cart = viewCart(snapshot.state.cart);
    for (const { shop } of tabs) {
      demand(`${browser.name} is live`, shop.sync.state, "live");
      demand(`${browser.name} shows what the server has`, shop.state.cart, cart);
    }
    const kept = storage.kept("copy") as Snapshot | undefined;
    if (kept?.log === snapshot.log && kept.seq === snapshot.seq) demand(`${browser.name} keeps what the server has`, kept.state, snapshot.state);
  }
}

/** Every page is left and opened again in a tunnel: what was kept shows all that was done, and nothing of it twice. */
export async function checkWhatIsKept(world: World, isAccountsOwn: boolean): Promise<void> {
  for (const browser of world.browsers) {
    browser.cut();
    for (const tab of [...browser.tabs]) browser.kill(tab);
    browser.open();
  }
  await world.time.settle();
  for (const browser of world.browsers) browser.heard = undefined; // there was time enough
  await checkScreens(world, isAccountsOwn);
}

/** Nothing is lost: what was done stands in the log of whoever did it. Returns how many gestures there were. */
export async function checkNothingLost(world: World, isAccountsOwn: boolean): Promise<number> {
  const { witness, customers, browsers } = world;
  const isGone = (device: string): boolean => world.offered.has(device) || browsers.some(({ revoked }) => revoked.has(device));
  // Who only ever answered a question, and took everything back, is forgotten before the server has heard of them.
  const deedsBy = (device: string): string[] => [...witness.done.values()].filter((deed) => deed.device === device).map(({ type }) => type);
  const isNobody = (device: string): boolean => deedsBy(device).every((type) => type === "consent-decided") && browsers.every((browser) => browser.device !== device);
  const logOf = new Map<string, string>();
  for (const name of new Set(customers.values())) logOf.set(name, await customersLog(world, name, isAccountsOwn));
  let count = 0;
  for (const { device, type, numbers } of witness.done.values()) {
    if (device === "server") continue;
    count += 1;
    const customer = customers.get(device);
    const log = customer && logOf.get(customer);
    if (log !== undefined) demand(`${type} of ${customer} is in their log`, numbers.has(log), true);
    else if (!isGone(device) && !isNobody(device)) demand(`${type} of a visitor is in some log`, numbers.size > 0, true);
  }
  return count;
}

/** The customer's log as a new device finds it; what that shows must be what the rules say of the whole log. */
async function customersLog(world: World, name: string, isAccountsOwn: boolean): Promise<string> {
  const browser = world.browser(`pk_${name}`);
  const [tab] = browser.tabs as [Tab];
  let met: string | undefined;
  void tab.shop.signIn(world.tokens[name] as string).then((outcome) => (met = outcome.met), (error) => world.surprises.push(error));
  await world.time.pass(5_000);
  demand(`${name} can sign in on a new device`, met, "new");
  await checkScreens(world, isAccountsOwn);
  return toldOf(tab)?.log ?? "";
}
