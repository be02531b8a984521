/** The tag's parts: attributes become options, commands become calls, buttons become additions. */
// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Client } from "../../src/browser/client.js";
import { withoutTraces } from "../../src/browser/link.js";
import { addOnClick } from "../../src/tag/add.js";
import { optionsOf } from "../../src/tag/attributes.js";
import { type Command, runCommand } from "../../src/tag/command.js";

const add = vi.fn((sku: string) => sku);
const signIn = vi.fn(() => Promise.reject(new Error("no token")));
const client = { cart: { add }, signIn } as unknown as Client;

beforeEach(() => void vi.clearAllMocks());
afterEach(() => vi.restoreAllMocks());

function tag(attributes: Record<string, string>, src?: string): HTMLScriptElement {
  const script = document.createElement("script");
  Object.assign(script.dataset, attributes);
  if (src !== undefined) Object.defineProperty(script, "src", { value: src });
  return script;
}

test("a tag with a site key speaks to the server it came from", () => {
  expect(optionsOf(tag({ site: "pk" }, "https://sync.shop.example/tag.js?v=3"))).toEqual({ site: "pk", endpoint: "https://sync.shop.example/", consent: {} });
});

test("an empty endpoint means that nothing is sent, another one that it is sent there", () => {
  const src = "https://cdn.example/carryover/tag.js";
  expect(optionsOf(tag({ site: "pk", endpoint: "" }, src))).toEqual({ site: "pk", consent: {} });
  expect(optionsOf(tag({ site: "pk", endpoint: "https://sync.shop.example" }, src)).endpoint).toBe("https://sync.shop.example");
});

test("every attribute reaches its option", () => {
  const all = { site: "pk", channel: "kiosk", name: "Kiosk 3", merge: "ask", kiosk: "30000", policy: "2026-11", purposes: " analytics, ads ,", asked: "account", cookie: "" };
  expect(optionsOf(tag(all))).toEqual({
    site: "pk", channel: "kiosk", name: "Kiosk 3", merge: "ask", kiosk: { idleMs: 30_000 }, cookie: true,
    consent: { policy: "2026-11", purposes: ["analytics", "ads"], asked: "account" },
  });
  expect(optionsOf(tag({ site: "pk", kiosk: "" })).kiosk).toEqual({});
  expect(optionsOf(null)).toEqual({ site: "", consent: {} });
});

test("a command calls the client with what follows its name", () => {
  runCommand(client, ["cart.add", "SCHOEN-42", 2]);
  expect(add).toHaveBeenCalledWith("SCHOEN-42", 2);
  const given = vi.fn();
  runCommand(client, given);
  expect(given).toHaveBeenCalledWith(client);
});

test.each<[unknown]>([[["cart.fly"]], [["cart"]], [["constructor"]], [["__proto__.toString"]], [["cart.add.call"]], [[]], [null], ["cart.nothing"], [7]])(
  "a command that the client does not have (%j) is answered by a sentence and calls nothing",
  (command) => {
    expect(() => runCommand(client, command as Command)).toThrow(/^carryover.* takes a call of the client, such as "cart\.add"; found .*\.$/);
    expect(add).not.toHaveBeenCalled();
  },
);

test("a call that fails later is told on the console, and is nobody's unhandled rejection", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  runCommand(client, ["signIn", "token"]);
  await vi.waitFor(() => expect(error).toHaveBeenCalledWith(new Error("no token")));
});

test("a click on a button, or on what is in it, adds what the button says, also on a button that came later", () => {
  const report = (work: () => void): void => work();
  addOnClick(client, report);
  document.body.innerHTML = `<button data-carryover-add="SCHOEN-42" data-carryover-quantity="2" data-carryover-option-maat="42" data-carryover-details='{"title":"Schoen"}'><b>+</b></button>
    <button id="plain" data-carryover-add="BOEK-1">+</button><button id="off" data-carryover-add="BOEK-1" disabled>+</button><p>Tekst</p>`;
  for (const selector of ["b", "#plain", "#off", "p"]) document.querySelector<HTMLElement>(selector)?.click();
  expect(add.mock.calls).toEqual([
    ["SCHOEN-42", 2, { options: { maat: "42" }, details: { title: "Schoen" } }],
    ["BOEK-1", 1, { options: {} }],
  ]);
});

test("an address that is passed on carries no trace of an advertisement", () => {
  const traces = "fbclid=1&gclid=2&utm_source=mail&utm_campaign=x&msclkid=3&gbraid=4&mc_eid=5";
  expect(withoutTraces(`https://shop.example/mand?${traces}&maat=42#carryover=secret`)).toBe("https://shop.example/mand?maat=42");
});
