/** Consent in the page: what is held back until it is allowed, what is cleared away after a refusal, and what Google's tags are told. */
// @vitest-environment happy-dom
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clearRefused, type ConsentAlone, type ConsentAloneOptions, consentMode, createConsent, openGates } from "../../src/consent/index.js";
import { seedOf } from "../long.js";

const open: (() => void)[] = [];

beforeEach(() => localStorage.clear());

afterEach(() => {
  for (const close of open.splice(0)) close();
  document.body.replaceChildren();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function consent(options: Partial<ConsentAloneOptions> = {}): ConsentAlone {
  const shop = createConsent({ site: "pk", ...options });
  open.push(shop.close);
  return shop;
}

const frameIn = (html: string): HTMLIFrameElement => {
  document.body.innerHTML = html;
  return document.querySelector("iframe") as HTMLIFrameElement;
};

test("a frame waits behind a placeholder that says whose it is, loads with the permission, and is unloaded by a withdrawal", () => {
  frameIn(`<iframe data-consent="marketing" data-src="https://video.example/1" title="Film"></iframe>`);
  const shop = consent();
  open.push(openGates(shop));
  const now = (): HTMLIFrameElement => document.querySelector("iframe") as HTMLIFrameElement;
  expect([now().hasAttribute("src"), now().hidden, document.body.textContent]).toEqual([false, true, "Van video.example. Dit zie je als je het toestaat.Keuze aanpassen"]);
  expect(document.querySelector("button")?.hasAttribute("data-carryover-preferences")).toBe(true);
  shop.consent.decide({ marketing: true });
  expect([now().getAttribute("src"), now().hidden, document.body.textContent]).toEqual(["https://video.example/1", false, ""]);
  const loaded = now();
  shop.consent.withdraw();
  expect([loaded.isConnected, now().hasAttribute("src"), now().title]).toEqual([false, false, "Film"]);
  expect(document.body.textContent).toContain("video.example");
});

test("a shop's own placeholder is shown and put away, and not replaced by ours", () => {
  frameIn(`<iframe data-consent="marketing" data-src="https://video.example/1"></iframe><p data-consent-placeholder>Onze film</p>`);
  const shop = consent();
  open.push(openGates(shop));
  const placeholder = document.querySelector("p") as HTMLElement;
  expect([placeholder.hidden, document.body.textContent]).toEqual([false, "Onze film"]);
  shop.consent.decide({ marketing: true });
  expect(placeholder.hidden).toBe(true);
  shop.consent.withdraw();
  expect(placeholder.hidden).toBe(false);
});

test("`when` resolves at the permission, at once when there is one, and never for something else", async () => {
  const shop = consent();
  let heard = "";
  void shop.consent.when("analytics").then(() => (heard += "analytics "));
  void shop.consent.when("marketing").then(() => (heard += "marketing "));
  shop.consent.decide({ analytics: true, marketing: false });
  await shop.consent.when("analytics");
  expect(heard).toBe("analytics ");
});

test("what is refused is cleared at once, and again when a script that runs already puts it back", () => {
  vi.useFakeTimers();
  const shop = consent();
  open.push(clearRefused(shop, { analytics: ["_ga*"], marketing: ["_fbp"] }));
  shop.consent.decide({ analytics: true, marketing: true });
  const write = (): void => {
    document.cookie = "_ga_1=a;path=/";
    localStorage.setItem("_ga_stored", "a");
    sessionStorage.setItem("_fbp", "a");
    localStorage.setItem("basket", "the shop's own");
  };
  write();
  const left = (): unknown[] => [document.cookie, localStorage.getItem("_ga_stored"), sessionStorage.getItem("_fbp"), localStorage.getItem("basket")];
  shop.consent.decide({ analytics: false });
  expect(left()).toEqual(["", null, "a", "the shop's own"]);
  shop.consent.decide({ marketing: false });
  expect(left()).toEqual(["", null, null, "the shop's own"]);
  for (let waited = 0; waited < 9_500; waited += 500) {
    write();
    vi.advanceTimersByTime(500);
    expect(left()).toEqual(["", null, null, "the shop's own"]);
  }
});

type Command = { readonly [at: number]: unknown };
const layerOf = (): Command[] => (window as unknown as { dataLayer: Command[] }).dataLayer;
const words = (command: Command | undefined): unknown[] => Array.from(command as ArrayLike<unknown>);

test("Google's consent mode: the default stands before every other command, in a thousand orders of loading", () => {
  const commands = fc.array(fc.constantFrom(["js", 1], ["config", "G-1"], ["event", "page_view"], ["set", "x", 1]), { maxLength: 6 });
  fc.assert(fc.property(commands, commands, fc.boolean(), fc.boolean(), (before, after, isReturning, isOwn) => {
    localStorage.clear();
    const layer: unknown[] = [];
    Object.assign(window, { dataLayer: before.length > 0 || isOwn ? layer : undefined });
    function gtag(..._: unknown[]): void {
      (window as any).dataLayer.push(arguments);
    }
    if (isOwn) gtag("consent", "default", { analytics_storage: "denied" });
    for (const command of before) gtag(...command);
    if (isReturning) consent().consent.decide({ analytics: true, personalisation: false, marketing: false });
    open.push(consentMode(consent()));
    for (const command of after) gtag(...command);
    expect(words(layerOf()[0]).slice(0, 2)).toEqual(["consent", "default"]);
    expect(layerOf().filter((command) => command[0] === "consent" && command[1] === "default")).toHaveLength(1);
    const update = layerOf().find((command) => command[1] === "update");
    expect(update?.[2]).toEqual(isReturning ? {
      analytics_storage: "granted", personalization_storage: "denied", ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied",
    } : undefined);
  }), { numRuns: 1_000, seed: seedOf() });
});

test("Google's consent mode: all is denied and redacted until there is an answer, and each answer is told once", () => {
  Object.assign(window, { dataLayer: undefined });
  const shop = consent();
  open.push(consentMode(shop));
  expect(layerOf().map(words)).toEqual([
    ["consent", "default", {
      analytics_storage: "denied", personalization_storage: "denied", ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied",
      functionality_storage: "granted", security_storage: "granted", wait_for_update: 500,
    }],
    ["set", "ads_data_redaction", true],
  ]);
  shop.consent.withdraw();
  shop.consent.withdraw();
  shop.consent.decide({ analytics: true });
  expect(layerOf().slice(2).map((command) => (command[2] as { analytics_storage: string }).analytics_storage)).toEqual(["denied", "granted"]);
});

test("a Google tag that had begun before is told the default all the same, and the shop that it came too late", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const layer: unknown[] = [["js", 1]];
  layer.push = (...found) => Array.prototype.push.apply(layer, found);
  Object.assign(window, { dataLayer: layer });
  open.push(consentMode(consent()));
  expect(layer.slice(1).map((command) => words(command as Command)[1])).toEqual(["default", "ads_data_redaction"]);
  expect(warn).toHaveBeenCalledTimes(1);
});

test("consent without a cart: nothing is kept before a choice, tabs follow, and a client of the same shop takes the choice over", () => {
  const [here, there] = [consent(), consent()];
  expect(localStorage.length).toBe(0);
  here.consent.decide({ analytics: true, marketing: false });
  window.dispatchEvent(new StorageEvent("storage", { key: "carryover:pk:choice" }));
  expect([there.consent.allows("analytics"), there.consent.allows("marketing"), Object.keys({ ...localStorage })]).toEqual([true, false, ["carryover:pk:choice"]]);
  expect(() => createConsent({ site: "pk", purposes: ["necessary"] })).toThrow(/createConsent\(\{ purposes \}\) takes names of purposes/);
});

test("a consent platform that is there already: its answers hold, nobody is asked, and its changes are followed", () => {
  let tell = (_: Record<string, boolean>): void => {};
  let isFollowed = false;
  const shop = consent({ source: { name: "tcf", follow: (heard) => {
    tell = heard;
    isFollowed = true;
    return () => (isFollowed = false);
  } } });
  expect([shop.state.consent.isDecided, shop.consent.allows("analytics")]).toEqual([true, false]);
  tell({ analytics: true, marketing: false });
  expect([shop.consent.allows("analytics"), shop.consent.allows("marketing")]).toEqual([true, false]);
  tell({ analytics: false, marketing: false });
  expect(shop.consent.allows("analytics")).toBe(false);
  shop.close();
  expect(isFollowed).toBe(false);
});
