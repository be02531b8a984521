/** A15 and the ten rules of consent over several devices (X1 to X10), walked on two real browsers of one shopper. */
import { expect, test } from "vitest";
import type { Page } from "./engine.js";
import { inEveryEngine, ready, type ScreenOptions, signIn } from "./town.js";
import { until } from "./wait.js";

const asked = (reach: "device" | "account", more: object = {}): ScreenOptions => ({ options: { consent: { asked: reach, policy: "2026-11", ...more } } });
const ALL = { analytics: true, personalisation: true, marketing: true };

const decide = (page: Page, decision: Record<string, boolean>): Promise<void> => page.evaluate((made) => window.shop.consent.decide(made), decision);
const allowed = (page: Page): Promise<string> =>
  page.evaluate(() => ["analytics", "personalisation", "marketing"].filter((purpose) => window.shop.consent.allows(purpose)).join(" "));
const about = (page: Page): Promise<string | undefined> => page.evaluate(() => window.shop.state.consent.notice?.about);
const settled = (page: Page): Promise<void> => page.evaluate(() => window.shop.sync.settled());
const follows = (page: Page, words: string, withinMs?: number): Promise<unknown> => until(async () => (await allowed(page)) === words, `the page allows ${words || "nothing"}`, withinMs);
const EVERYTHING = "analytics personalisation marketing";

inEveryEngine((build) => {
  test("A15: refused on the phone, closed on the desktop from the first moment; a change of mind follows within a second, and the record has both with their words", async () => {
    const { sync, screen } = await build();
    const [phone, desktop] = [await (await screen(asked("account"))).open(), await (await screen(asked("account"))).open()];
    await phone.evaluate(() => window.shop.consent.withdraw());
    await signIn(phone, sync, "anna");
    await settled(phone);
    await desktop.evaluate(() => void window.shop.subscribe(() => window.shop.consent.allows("analytics") && window.seen.runs.push("open")));
    await signIn(desktop, sync, "anna");
    await settled(desktop);
    expect([await allowed(desktop), await desktop.evaluate(() => window.seen.runs)]).toEqual(["", []]);
    await desktop.evaluate(() => window.shop.consent.decide({ analytics: true }, { text: "g".repeat(43), lang: "nl", layer: "preferences" }));
    await follows(phone, "analytics", 1_000);
    // What a refuser had before them was kept nowhere, or the bytes of refusers would differ: of a refusal the version of the text is known.
    const record = sync.entries("consent-decided").map(({ data, at }) => [data.purposes.analytics, data.policy, data.layer, data.text, at > 0]);
    expect(record).toEqual(expect.arrayContaining([[false, "2026-11", undefined, undefined, true], [true, "2026-11", "preferences", "g".repeat(43), true]]));
  });

  test("X1, X2, X4, X7, X9: signed in, allowing and refusing reach every device, which is told so once; one device may be stricter; nothing names the customer", async () => {
    const { sync, screen } = await build();
    const [phone, desktop] = [await (await screen(asked("account"))).open(), await (await screen(asked("account"))).open()];
    await signIn(phone, sync, "anna.de.vries@example.nl");
    await decide(phone, ALL);
    await settled(phone);
    expect(await allowed(desktop)).toBe(""); // X1: nobody is signed in there
    await signIn(desktop, sync, "anna.de.vries@example.nl");
    await follows(desktop, EVERYTHING);
    await until(async () => (await about(desktop)) === "account", "the desktop tells whose choices these are"); // X4
    await desktop.evaluate(() => window.shop.consent.dismiss());
    await desktop.reload();
    await ready(desktop);
    await follows(desktop, EVERYTHING);
    expect(await about(desktop)).toBeUndefined();
    await desktop.evaluate(() => window.shop.consent.decide({ marketing: false }, { scope: "device" })); // X9
    await settled(desktop);
    expect([await allowed(desktop), await allowed(phone)]).toEqual(["analytics personalisation", EVERYTHING]);
    await phone.evaluate(() => window.shop.consent.withdraw()); // X2
    await follows(desktop, "", 1_000);
    const sent = JSON.stringify(sync.entries("consent-decided"));
    expect(sent).not.toContain("vries"); // X7
  });

  test("X3, X6, X8: a choice asked for one device says so, stays there, and is there again after signing out", async () => {
    const { sync, screen } = await build();
    const [phone, desktop] = [await (await screen(asked("device"))).open(), await (await screen(asked("account"))).open()];
    expect(await phone.evaluate(() => window.shop.state.consent.asked)).toBe("device"); // X3
    await decide(phone, { analytics: true, personalisation: false, marketing: false });
    await signIn(phone, sync, "anna");
    await signIn(desktop, sync, "anna");
    await settled(desktop);
    expect([await allowed(phone), await allowed(desktop), await desktop.evaluate(() => window.shop.state.consent.isDecided)]).toEqual(["", "", false]); // X8
    await decide(phone, { analytics: false, personalisation: false, marketing: true });
    await follows(desktop, "marketing");
    await phone.evaluate(() => window.shop.signOut());
    await follows(phone, "analytics"); // X6
    expect(await allowed(desktop)).toBe("marketing");
  });

  test.each([["newest", "analytics", "adopted"], ["account", "", "changed"]] as const)("X5: two choices that differ meet at sign-in; by the rule `%s` one of them counts, and the customer is told", async (rule, outcome, told) => {
    const { sync, screen } = await build();
    const [phone, desktop] = [await (await screen(asked("account", { rule }))).open(), await (await screen(asked("account", { rule }))).open()];
    await signIn(phone, sync, "anna");
    await phone.evaluate(() => window.shop.consent.withdraw());
    await settled(phone);
    await decide(desktop, { analytics: true, personalisation: false, marketing: false });
    await signIn(desktop, sync, "anna");
    await follows(desktop, outcome);
    await until(async () => (await about(desktop)) === told, "the desktop says what came of it");
    await follows(phone, outcome);
  });

  test("X10: two sites of one server share no choice, though the customer has the same name on both", async () => {
    const { sync, screen } = await build({ also: "pk_other" });
    const [one, two] = [await (await screen(asked("account"))).open(), await (await screen({ options: { ...asked("account").options, site: "pk_other" } })).open()];
    await signIn(one, sync, "anna");
    await signIn(two, sync, "anna");
    await decide(one, ALL);
    await Promise.all([settled(one), settled(two)]);
    expect([await allowed(one), await allowed(two), await two.evaluate(() => window.shop.state.consent.isDecided)]).toEqual([EVERYTHING, "", false]);
  });
});
