/** A scanner that types: its barcodes come into the cart, and nothing that a hand types does. */
// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Client, createClient } from "../../src/index.js";
import { listenToScanner, type Scanned, type ScannerOptions } from "../../src/scan/index.js";

const RISOTTO = "9506000134352";
const closing: (() => void)[] = [];
let now = 0;

beforeEach(() => {
  now = 1_000;
  document.body.innerHTML = `<form><input id="name"><textarea id="note"></textarea><input id="other"></form><div id="rich" contenteditable="true">Lief<b>ste</b></div>`;
});
afterEach(() => closing.splice(0).reverse().forEach((close) => close()));

/** A kiosk with a scanner; `heard` is what the shop was told. */
function createTill(options: Partial<ScannerOptions> = {}): { shop: Client; heard: Scanned[]; stop: () => void } {
  const shop = createClient({ site: "pk", kiosk: {} });
  const heard: Scanned[] = [];
  const stop = listenToScanner(shop, { resolve: ({ gtin }) => (gtin === `0${RISOTTO}` ? { sku: "RISOTTO" } : undefined), heard: (scanned) => heard.push(scanned), ...options });
  closing.push(() => shop.close(), stop);
  return { shop, heard, stop };
}

/** As a keyboard does it: the key is told first, and what it writes stands in the field afterwards unless somebody objects. */
function stroke(key: string, afterMs: number, more: KeyboardEventInit = {}): KeyboardEvent {
  now += afterMs;
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, composed: true, ...more });
  Object.defineProperty(event, "timeStamp", { value: now });
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(event);
  const isWritten = !event.defaultPrevented && key.length === 1 && !event.ctrlKey;
  if (isWritten && (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) target.value += key;
  else if (isWritten && (target as HTMLElement).isContentEditable) (target.firstChild as Text).data += key;
  return event;
}

/** Types a text with the same pause before each key, and ends with a key. */
function type(text: string, gapMs: number, end = "Enter", afterMs = 1_000): KeyboardEvent {
  [...text].forEach((key, i) => stroke(key, i === 0 ? afterMs : gapMs));
  return stroke(end, gapMs);
}

/** The same, and nothing at its end. */
function begin(text: string, gapMs: number): void {
  [...text].forEach((key, i) => stroke(key, i === 0 ? 1_000 : gapMs));
}

const outcomes = (heard: readonly Scanned[]): string[] => heard.map(({ outcome }) => outcome);
const value = (id: string): string => (document.querySelector(`#${id}`) as HTMLInputElement).value;

test("a scanned product is in the cart, once for each scan", async () => {
  const { shop, heard } = createTill();
  type(RISOTTO, 5);
  type(RISOTTO, 35, "Tab");
  await vi.waitFor(() => expect(outcomes(heard)).toEqual(["added", "added"]));
  expect(shop.cart.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([["RISOTTO", 2]]);
  expect(heard[0]).toMatchObject({ barcode: { gtin: `0${RISOTTO}`, kind: "gtin" }, line: shop.cart.lines[0]?.line });
});

test("what the shop does not sell, and what cannot be read, is told to the shop and added to nothing", async () => {
  const { shop, heard } = createTill();
  type("96385074", 5);
  type("9506000134353", 5);
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  expect(heard).toEqual(expect.arrayContaining([
    expect.objectContaining({ outcome: "unknown" }), expect.objectContaining({ outcome: "unreadable", text: "9506000134353", reason: expect.objectContaining({ why: "wrong-check-digit" }) }),
  ]));
  expect(shop.cart.lines).toEqual([]);
});

test("a shop that cannot say what it is, or says something that cannot be added, hears of it, and the page goes on", async () => {
  const answers = [async () => Promise.reject(new Error("the catalogue is away")), () => ({ sku: "RISOTTO", quantity: -1 })];
  const { shop, heard } = createTill({ resolve: () => answers.shift()?.() });
  type(RISOTTO, 5);
  type(RISOTTO, 5);
  await vi.waitFor(() => expect(outcomes(heard)).toEqual(["failed", "failed"]));
  expect(shop.cart.lines).toEqual([]);
});

test("a hand that types into a field keeps every letter, however quick it is, and its Enter", () => {
  const { heard } = createTill();
  (document.querySelector("#name") as HTMLElement).focus();
  const enter = type("Anna van den Berg", 50);
  expect([value("name"), enter.defaultPrevented, heard]).toEqual(["Anna van den Berg", false, []]);
  type("kort", 5);
  expect([value("name"), heard]).toEqual(["Anna van den Bergkort", []]); // seven quick keys are a hand's, or a code's, but no barcode
});

test("one slow key in the midst, or a late Enter, makes it no scan", () => {
  const { heard } = createTill();
  (document.querySelector("#name") as HTMLElement).focus();
  begin(RISOTTO.slice(0, 6), 5);
  type(RISOTTO.slice(6), 5, "Enter", 36); // seven are left, and they are no barcode
  begin(RISOTTO, 5);
  expect(stroke("Enter", 36).defaultPrevented).toBe(false);
  expect(heard).toEqual([]);
});

test("a key that is held down is no scanner, though it repeats as quickly", () => {
  const { heard } = createTill();
  for (let i = 0; i < 20; i++) stroke("1", 30, { repeat: i > 0 });
  expect(stroke("Enter", 30).defaultPrevented).toBe(false);
  expect(heard).toEqual([]);
});

test.each(["name", "note"])("a scan into the field %s is taken out again, with what was there before left as it was", async (id) => {
  const { shop, heard } = createTill();
  const field = document.querySelector(`#${id}`) as HTMLInputElement;
  const told = vi.fn();
  field.addEventListener("input", told);
  field.focus();
  begin("voor ", 80);
  const enter = type(RISOTTO, 5);
  expect([value(id), enter.defaultPrevented, document.activeElement?.id]).toEqual(["voor ", true, id]);
  expect(told).toHaveBeenCalledTimes(1);
  await vi.waitFor(() => expect(outcomes(heard)).toEqual(["added"]));
  expect(shop.state.cart.quantity).toBe(1);
});

test("also out of rich text", async () => {
  const { heard } = createTill();
  const rich = document.querySelector("#rich") as HTMLElement;
  rich.focus();
  type(RISOTTO, 5);
  expect(rich.innerHTML).toBe("Lief<b>ste</b>");
  await vi.waitFor(() => expect(outcomes(heard)).toEqual(["added"]));
});

test("nobody else in the page hears the Enter of a scan, and a form is not sent by it", () => {
  createTill();
  const enters = vi.fn();
  document.addEventListener("keydown", ({ key }) => key === "Enter" && enters());
  type(RISOTTO, 5);
  expect(enters).not.toHaveBeenCalled();
  type("Anna", 80);
  expect(enters).toHaveBeenCalledTimes(1);
});

test("a GS1 code with a separator, as scanners type it, is read whole", async () => {
  const read = vi.fn(() => undefined);
  const { heard } = createTill({ resolve: read });
  begin(`]C1010${RISOTTO}10AB`, 5);
  stroke("Control", 2);
  stroke("]", 2, { ctrlKey: true });
  type("17261231", 5, "Enter", 5);
  await vi.waitFor(() => expect(outcomes(heard)).toEqual(["unknown"]));
  expect(read).toHaveBeenCalledWith(expect.objectContaining({ gtin: `0${RISOTTO}`, batch: "AB", expiresOn: "2026-12-31" }));
});

test("a scan that the shop answers after the shopper has left comes into nobody's cart", async () => {
  let answer = (_: { sku: string }): void => {};
  const { shop, heard } = createTill({ resolve: () => new Promise((resolve) => (answer = resolve)) });
  shop.cart.add("SCHOEN-42");
  type(RISOTTO, 5);
  await shop.signOut();
  shop.cart.add("BOEK-1"); // the next shopper
  answer({ sku: "RISOTTO" });
  await vi.waitFor(() => expect(outcomes(heard)).toEqual(["too-late"]));
  expect(shop.cart.lines.map(({ sku }) => sku)).toEqual(["BOEK-1"]);
});

test("a scanner that is no longer listened to types like anybody", async () => {
  const { heard, stop } = createTill();
  stop();
  (document.querySelector("#name") as HTMLElement).focus();
  expect(type(RISOTTO, 5).defaultPrevented).toBe(false);
  expect([value("name"), heard]).toEqual([RISOTTO, []]);
});
