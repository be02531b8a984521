/** `<carryover-handoff>`: a code to give, a question to answer, a number to compare. */
// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import type { HandoffPreview, HandoffState } from "../../src/browser/handoff.js";
import { RefusalError } from "../../src/browser/refusal.js";
import { defineScreens, type HandoffElement } from "../../src/ui/index.js";
import { buttonsIn, playClient, press, put, rootOf, settle, textOf } from "./ui-stage.js";

defineScreens(playClient().client);

const expiresAt = Date.now() + 120_000;
const offered: HandoffState = { role: "offering", mode: "join", status: "offered", expiresAt, code: "BCDF-GHJK", url: "https://shop.example/#carryover=secret" };
const preview: HandoffPreview = {
  mode: "take", from: { channel: "kiosk", name: "Kiosk 3" }, expiresAt, coupons: [], quantity: 3, kept: false,
  lines: [
    { line: "a", sku: "SCHOEN-42", options: { maat: "42" }, quantity: 1, details: { title: "<img src=x>Sneaker" }, fields: {}, added: [] },
    { line: "b", sku: "BOEK-1", options: {}, quantity: 2, details: {}, fields: {}, added: [] },
  ],
};

afterEach(() => {
  vi.useRealTimers();
  history.replaceState(null, "", "/");
});

/** A screen that offers its cart, with the code on it. */
async function offering(attributes: Record<string, string> = {}, mode: HandoffState["mode"] = "join") {
  const played = playClient();
  played.handoff.offer.mockImplementation(async () => {
    played.become({ handoff: { ...offered, mode } });
    return offered;
  });
  const element = await put<HandoffElement>("carryover-handoff", played.client, { mode, ...attributes });
  element.focus();
  element.open();
  await settle();
  return { ...played, element };
}

/** A screen that has been given a code. */
async function receiving(attributes: Record<string, string> = { accept: "BCDF-GHJK" }) {
  const played = playClient();
  played.handoff.preview.mockResolvedValue(preview);
  const element = await put<HandoffElement>("carryover-handoff", played.client, attributes);
  await settle();
  return { ...played, element };
}

test("the offering screen shows a code to type, how long it is good for, and a picture to scan", async () => {
  const { element, handoff } = await offering({ url: "https://shop.example/schoenen" });
  expect(handoff.offer).toHaveBeenCalledWith("join", { url: "https://shop.example/schoenen" });
  expect(textOf(element)).toContain("BCDF-GHJK");
  expect(textOf(element)).toContain("Nog 2:00 geldig");
  await vi.waitFor(() => expect(rootOf(element).querySelector("svg[role=img] path")?.getAttribute("d")).toMatch(/^M2 2h1v1h-1z/));
});

test("a code that is opened elsewhere stays to be seen, and says so", async () => {
  const { element, become } = await offering();
  become({ handoff: { ...offered, status: "opened" } });
  expect(textOf(element)).toContain("Geopend op het andere scherm.");
  expect(textOf(element)).toContain("BCDF-GHJK");
});

test("the owner compares a number and picks it; none of them ends the handoff", async () => {
  const { element, become, handoff } = await offering();
  handoff.approve.mockImplementation(async () => become({ handoff: { ...offered, status: "done" } }));
  become({ handoff: { ...offered, status: "to-approve", choices: [17, 42, 88], other: { channel: "web", name: "Telefoon van Bo" } } });
  expect(textOf(element)).toContain("Welk getal staat op het andere scherm (Telefoon van Bo)?");
  await press(element, "42");
  expect(handoff.approve).toHaveBeenCalledWith(42);
  expect(textOf(element)).toContain("Verbonden. Je mandje staat nu op beide schermen.");
});

test.each([["declined", "Er is niets gedeeld."], ["expired", "De code is verlopen."]] as const)("a handoff that is %s says what became of the cart and offers another code", async (status, words) => {
  const { element, become, handoff } = await offering();
  become({ handoff: { ...offered, status } });
  expect(textOf(element)).toContain(words);
  await press(element, "Nieuwe code");
  expect(handoff.offer).toHaveBeenCalledTimes(2);
  expect(textOf(element)).toContain("BCDF-GHJK");
});

test("closing the panel takes the code back and gives the focus back", async () => {
  const { element, handoff } = await offering();
  await press(element, "Stoppen");
  expect(handoff.cancel).toHaveBeenCalledOnce();
  expect(rootOf(element).querySelector("dialog")).toBeNull();
  expect(rootOf(element).activeElement?.textContent).toBe("Mandje delen met een ander scherm");
});

test.each([
  ["its cart", { cart: { lines: [], coupons: [], quantity: 0, kept: false } }],
  ["its handoff", { handoff: undefined as unknown as HandoffState }],
])("a visit that ends under an open code, and with it %s, takes the code off the screen", async (_, change) => {
  const { element, become } = await offering({}, "take");
  become(change);
  expect(rootOf(element).querySelector("dialog")).toBeNull();
});

test.each([
  ["an empty cart", { cart: { lines: [], coupons: [], quantity: 0, kept: false } }, "Je mandje is nog leeg."],
  ["a signed-in customer", { customer: { isSignedIn: true, id: "anna" } }, "Log op het andere scherm ook in"],
] as const)("%s gets an answer, not a code", async (_, state, words) => {
  const { client, handoff } = playClient(state);
  const element = await put<HandoffElement>("carryover-handoff", client);
  element.open();
  expect(textOf(element)).toContain(words);
  expect(handoff.offer).not.toHaveBeenCalled();
});

test("offline, the shopper is told that the cart is kept", async () => {
  const { client, handoff } = playClient();
  handoff.offer.mockRejectedValue(new RefusalError("unreachable"));
  const element = await put<HandoffElement>("carryover-handoff", client);
  element.open();
  await settle();
  expect(textOf(element)).toContain("Je bent offline. Je mandje is bewaard.");
});

test("words about waiting come only after a while", async () => {
  vi.useFakeTimers();
  const { client, handoff } = playClient();
  handoff.offer.mockReturnValue(new Promise(() => {}));
  const element = await put<HandoffElement>("carryover-handoff", client);
  element.open();
  await vi.advanceTimersByTimeAsync(290);
  expect(textOf(element)).not.toContain("We maken een code");
  await vi.advanceTimersByTimeAsync(20);
  expect(textOf(element)).toContain("We maken een code");
});

test("the time that is left counts down and is told once when little is left, whatever the clock of the till says", async () => {
  vi.useFakeTimers();
  const { client, become, handoff } = playClient();
  const late: HandoffState = { ...offered, expiresAt: Date.now() - 3_600_000 };
  handoff.offer.mockImplementation(async () => become({ handoff: late }));
  const element = await put<HandoffElement>("carryover-handoff", client, { mode: "join" });
  element.open();
  await settle();
  expect(textOf(element)).toContain("Nog 2:00 geldig");
  await vi.advanceTimersByTimeAsync(91_000);
  expect(textOf(element)).toContain("Nog 0:29 geldig");
  expect(textOf(element)).toContain("nog een halve minuut geldig");
});

test("the receiving screen shows what comes and from where, as text, and starts at the no", async () => {
  const { element, handoff } = await receiving();
  expect(handoff.preview).toHaveBeenCalledWith("BCDF-GHJK");
  expect(textOf(element)).toContain("Dit gaat mee van het andere scherm (Kiosk 3).");
  expect([...rootOf(element).querySelectorAll("li")].map((line) => line.textContent)).toEqual(["1 ×<img src=x>Sneakermaat 42", "2 ×BOEK-1"]);
  expect(rootOf(element).querySelector("img")).toBeNull();
  const answers = buttonsIn(element).filter((button) => button.getAttribute("part") === "answer");
  expect(answers.map((button) => button.textContent)).toEqual(["Niet doen", "Meenemen"]);
  expect(rootOf(element).activeElement).toBe(answers[0]);
  expect(handoff.accept).not.toHaveBeenCalled();
});

test("saying no takes nothing", async () => {
  const { element, handoff } = await receiving();
  await press(element, "Niet doen");
  expect(handoff.accept).not.toHaveBeenCalled();
  expect(rootOf(element).querySelector("dialog")).toBeNull();
});

test("saying yes takes the cart along; only a page of this very shop is offered to go on with", async () => {
  for (const [page, isOffered] of [["https://evil.example/", false], ["javascript:alert(1)", false], [`${location.origin}/schoenen`, true]] as const) {
    const { element, handoff } = await receiving();
    handoff.accept.mockResolvedValue({ role: "receiving", mode: "take", status: "done", expiresAt, page });
    await press(element, "Meenemen");
    expect(textOf(element)).toContain("Gelukt. Je mandje is meegekomen.");
    expect(rootOf(element).querySelector("a") !== null).toBe(isOffered);
    element.remove();
  }
});

test("while the other screen has to approve, this one shows the number to look for", async () => {
  const { element, handoff, become } = await receiving();
  handoff.accept.mockReturnValue(new Promise(() => {}));
  await press(element, "Meenemen");
  become({ handoff: { role: "receiving", mode: "join", status: "to-approve", expiresAt, number: 42 } });
  expect(rootOf(element).querySelector("[part=match]")?.textContent).toBe("42");
  await press(element, "Stoppen");
  expect(handoff.cancel).toHaveBeenCalledOnce();
});

test("a link that was scanned is taken up, and its secret leaves the address bar at once", async () => {
  history.replaceState(null, "", "/schoenen?maat=42#carryover=secret");
  const { handoff } = await receiving({});
  expect(location.href).not.toContain("carryover");
  expect(location.pathname + location.search).toBe("/schoenen?maat=42");
  expect(handoff.preview.mock.calls[0]?.[0]).toContain("#carryover=secret");
});

test("a code is typed; a wrong one can be corrected", async () => {
  const { client, handoff } = playClient();
  handoff.preview.mockRejectedValueOnce(new RefusalError("handoff-gone")).mockResolvedValueOnce(preview);
  const element = await put<HandoffElement>("carryover-handoff", client, { accept: "" });
  await press(element, "Mandje ophalen met een code");
  const type = async (code: string): Promise<void> => {
    const input = rootOf(element).querySelector("input") as HTMLInputElement;
    input.value = code;
    input.form?.dispatchEvent(new Event("submit", { cancelable: true }));
    await settle();
  };
  await type("bcdf ghjj");
  expect(textOf(element)).toContain("Deze code werkt niet meer, of klopt niet.");
  expect(rootOf(element).querySelector("input")?.value).toBe("bcdf ghjj");
  expect(rootOf(element).querySelector("input")?.getAttribute("aria-invalid")).toBe("true");
  await type("bcdf ghjk");
  expect(textOf(element)).toContain("Dit mandje meenemen?");
});
