/** `<carryover-consent>`: two answers of equal weight, nothing ticked, and a page to change one's mind. */
// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { type ConsentElement, defineScreens } from "../../src/ui/index.js";
import { buttonsIn, playClient, press, put, rootOf, settle, textOf } from "./ui-stage.js";

defineScreens(playClient().client);

const decided = { isDecided: true, scope: "device", asked: "device", policy: "1", isSignalled: false, isSure: true, purposes: { necessary: true, analytics: true, personalisation: false, marketing: false } } as const;
const bannerOf = (element: HTMLElement): HTMLElement | null => rootOf(element).querySelector("section");
const opened = (element: HTMLElement): Promise<unknown> => vi.waitFor(() => expect(rootOf(element).querySelector("dialog")?.open).toBe(true));
const boxesOf = (element: HTMLElement): HTMLInputElement[] => [...rootOf(element).querySelectorAll("input")];

test("the first layer says who asks, and for what", async () => {
  const element = await put("carryover-consent", playClient().client, { shop: "Stap & Blad" });
  expect(bannerOf(element)?.getAttribute("role")).toBe("region");
  expect(textOf(element)).toContain("Stap & Blad wil gegevens op dit apparaat bewaren en lezen voor statistieken, persoonlijke tips en reclame.");
  expect(textOf(element)).toContain("Je kunt je keuze altijd veranderen.");
});

test("refusing and accepting are one click each, alike and beside each other", async () => {
  const element = await put("carryover-consent", playClient().client);
  const [refuse, accept] = buttonsIn(element);
  expect([refuse?.textContent, accept?.textContent]).toEqual(["Alles weigeren", "Alles accepteren"]);
  const looks = [refuse, accept].map((button) => [button?.getAttribute("part"), button?.className, button?.parentElement]);
  expect(looks[0]).toEqual(looks[1]);
});

test.each([["Alles weigeren", false], ["Alles accepteren", true]] as const)("%s decides every purpose at once, and the question goes", async (words, isGranted) => {
  const { client, decide } = playClient();
  const element = await put("carryover-consent", client);
  await press(element, words);
  await vi.waitFor(() => expect(decide).toHaveBeenCalled());
  expect(decide.mock.calls.map(([decision]) => decision)).toEqual([{ analytics: isGranted, personalisation: isGranted, marketing: isGranted }]);
  expect(bannerOf(element)).toBeNull();
  expect(rootOf(element).querySelector("[role=status]")?.textContent).toBe("Je keuze is bewaard.");
});

test("a refusal is kept at once; a permission once the question is out of sight, or when the page is left before that", async () => {
  const { client, decide } = playClient();
  const element = await put("carryover-consent", client);
  await press(element, "Alles accepteren");
  expect([bannerOf(element)?.style.opacity, decide.mock.calls.length]).toEqual(["0", 0]);
  window.dispatchEvent(new Event("pagehide"));
  await settle();
  expect([bannerOf(element), decide.mock.calls.length]).toEqual([null, 1]);
  const other = playClient();
  await press(await put("carryover-consent", other.client), "Alles weigeren");
  expect(other.decide).toHaveBeenCalledOnce();
});

test("a customer who was stricter on this device and now allows everything, allows it here too", async () => {
  const { client, decide } = playClient({ consent: { ...decided, scope: "account", asked: "account" } });
  const element = await put<ConsentElement>("carryover-consent", client);
  decide.mockImplementationOnce(() => {}); // the device's own refusal stands
  await element.open();
  await press(element, "Alles accepteren");
  await vi.waitFor(() => expect(decide).toHaveBeenCalledTimes(2));
  expect(decide.mock.calls.map((call) => (call as unknown[])[1])).toMatchObject([{ layer: "preferences" }, { layer: "preferences", scope: "device" }]);
  expect(rootOf(element).querySelector("dialog")).toBeNull();
});

test("the reach of the answer is said before it is given", async () => {
  const here = await put("carryover-consent", playClient().client);
  expect(textOf(here)).toContain("op dit apparaat");
  expect(textOf(here)).not.toContain("op al je apparaten");
  const everywhere = await put("carryover-consent", playClient({ consent: { ...decided, isDecided: false, asked: "account" } }).client);
  expect(textOf(everywhere)).toContain("op al je apparaten");
});

test("whoever has answered is not asked, here or by an answer on another screen", async () => {
  const { client, become } = playClient({ consent: decided });
  const element = await put("carryover-consent", client);
  expect(bannerOf(element)).toBeNull();
  become({ consent: { ...decided, isDecided: false } });
  expect(bannerOf(element)).not.toBeNull();
  become({ consent: decided });
  expect(bannerOf(element)).toBeNull();
});

test("whoever has just signed in is not asked before the account's answer can have arrived", async () => {
  const { client, become } = playClient({ customer: { isSignedIn: true, id: "anna" }, sync: { state: "catching-up" } });
  const element = await put("carryover-consent", client);
  expect(bannerOf(element)).toBeNull();
  become({ sync: { state: "live" } });
  expect(bannerOf(element)).not.toBeNull();
});

test("nothing is ticked beforehand, and what is ticked is kept", async () => {
  const { client, decide } = playClient();
  const element = await put("carryover-consent", client);
  await press(element, "Zelf kiezen");
  await opened(element);
  expect(rootOf(element).querySelector("dialog")?.open).toBe(true);
  expect(boxesOf(element).map((box) => box.checked)).toEqual([false, false, false]);
  boxesOf(element)[0]?.click();
  await press(element, "Mijn keuze bewaren");
  await vi.waitFor(() => expect(decide).toHaveBeenCalled());
  expect(decide.mock.lastCall?.[0]).toEqual({ analytics: true, personalisation: false, marketing: false });
  expect(rootOf(element).querySelector("dialog")).toBeNull();
});

test("a button of the page opens the preferences, which show what stands; withdrawing is one click", async () => {
  const { client, decide } = playClient({ consent: decided });
  const element = await put<ConsentElement>("carryover-consent", client);
  const opener = document.createElement("button");
  opener.setAttribute("data-carryover-preferences", "");
  document.body.append(opener);
  opener.focus();
  opener.click();
  await opened(element);
  expect(boxesOf(element).map((box) => box.checked)).toEqual([true, false, false]);
  await press(element, "Alles weigeren");
  expect(decide.mock.lastCall?.[0]).toEqual({ analytics: false, personalisation: false, marketing: false });
  expect(document.activeElement).toBe(opener);
});

test("a withdrawal on another screen unticks the box that is open here", async () => {
  const { client, become } = playClient({ consent: decided });
  const element = await put<ConsentElement>("carryover-consent", client);
  await element.open();
  become({ consent: { ...decided, purposes: { ...decided.purposes, analytics: false } } });
  expect(boxesOf(element).map((box) => box.checked)).toEqual([false, false, false]);
});

test("a permission that does not stand, since another tab has just refused, is said and asked again", async () => {
  const { client, decide, become } = playClient();
  const element = await put<ConsentElement>("carryover-consent", client);
  decide.mockImplementationOnce(() => become({ consent: { ...decided, purposes: { ...decided.purposes, analytics: false } } }));
  await press(element, "Alles accepteren");
  await opened(element);
  expect(rootOf(element).querySelector("dialog [role=status]")?.textContent).toContain("ergens anders geweigerd");
});

test("the language is that of the element, else of the page, else Dutch", async () => {
  const { client } = playClient();
  const element = await put("carryover-consent", client, { lang: "de-AT" });
  expect(textOf(element)).toContain("Alles ablehnen");
  element.setAttribute("lang", "fr");
  expect(textOf(element)).toContain("Tout refuser");
  element.removeAttribute("lang");
  expect(textOf(element)).toContain("Alles weigeren");
  document.documentElement.lang = "en-GB";
  await new Promise((resolve) => setTimeout(resolve));
  expect(textOf(element)).toContain("Refuse all");
  expect(bannerOf(element)?.getAttribute("lang")).toBe("en");
});

test("a shop may say it in its own words, which stay words", async () => {
  const { client } = playClient({ consent: { ...decided, isDecided: false, purposes: { necessary: true, fitting: false } } });
  const element = await put<ConsentElement>("carryover-consent", client);
  expect(textOf(element)).toContain("fitting");
  element.texts = { title: "<b>Koekjes</b> bij {shop}?", purposes: { fitting: { name: "pasadvies", why: "We onthouden je maat." } } };
  await settle();
  expect(rootOf(element).querySelector("h2")?.textContent).toBe(`<b>Koekjes</b> bij ${location.hostname}?`);
  expect(rootOf(element).querySelector("h2 b")).toBeNull();
  expect(textOf(element)).toContain("lezen voor pasadvies.");
});

test("nothing has a style or a script of its own in the page, as a strict policy asks", async () => {
  const element = await put("carryover-consent", playClient().client);
  await press(element, "Zelf kiezen");
  await opened(element);
  expect(rootOf(element).querySelector("[style], style, script, [onclick]")).toBeNull();
  expect(rootOf(element).adoptedStyleSheets).toHaveLength(3);
});

test("an element that has left the page listens no more and comes back whole", async () => {
  const { client, listeners } = playClient();
  const element = await put("carryover-consent", client);
  element.remove();
  expect(listeners.size).toBe(0);
  document.body.append(element);
  await settle();
  expect(listeners.size).toBe(1);
  expect(rootOf(element).querySelectorAll("section")).toHaveLength(1);
});
