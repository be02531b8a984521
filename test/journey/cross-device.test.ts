/** The ten rules of consent over several devices (CNIL 2025-131), each as a story with real clients and a real server. */
import { expect, test, vi } from "vitest";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import { createTown, type Screen, until } from "./town.js";

const PURPOSES = ["analytics", "marketing"];
const consent = { policy: "2026-11", purposes: PURPOSES };
const everywhere = { consent: { ...consent, asked: "account" } } as const;
const hereOnly = { consent: { ...consent, asked: "device" } } as const;
const yes = { analytics: true, marketing: true };
const no = { analytics: false, marketing: false };
const mixed = { analytics: true, marketing: false };

const allowed = ({ shop }: Screen): string[] => PURPOSES.filter((purpose) => shop.consent.allows(purpose));
const noticeOn = ({ shop }: Screen) => shop.state.consent.notice;

async function signIn(screen: Screen, token: string): Promise<void> {
  await screen.shop.signIn(token);
  await screen.shop.sync.settled();
}

test("X1: choices reach other devices of whoever is signed in, and not of whoever only has an account", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  await signIn(desktop, await town.token("anna"));
  await desktop.shop.signOut();
  await signIn(phone, await town.token("anna"));
  phone.shop.consent.decide(yes);
  await phone.shop.sync.settled();
  expect([allowed(desktop), desktop.shop.state.consent.scope]).toEqual([[], "device"]);
  await signIn(desktop, await town.token("anna"));
  expect(allowed(desktop)).toEqual(PURPOSES);
});

test("X2: as far as allowing reaches, refusing and withdrawing reach", async () => {
  const town = await createTown();
  const screens = [town.screen(everywhere), town.screen(everywhere), town.screen(everywhere)] as const;
  for (const screen of screens) await signIn(screen, await town.token("anna"));
  screens[0].shop.consent.decide(yes);
  await until(() => screens.every((screen) => allowed(screen).length === 2), "all allow");
  screens[1].shop.consent.decide({ marketing: false });
  await until(() => screens.every((screen) => allowed(screen).join() === "analytics"), "all refuse what one refused");
  screens[2].shop.consent.withdraw();
  await until(() => screens.every((screen) => allowed(screen).length === 0), "all follow the withdrawal");
});

test("X3: how far an answer will reach is known before it is given, and goes on record with it", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(hereOnly)];
  expect([phone, desktop].map(({ shop }) => shop.state.consent.asked)).toEqual(["account", "device"]);
  desktop.shop.consent.decide(yes);
  await until(() => desktop.sent.some(({ body }) => body.includes('"asked":"device"')), "it goes up as asked");
  await signIn(desktop, await town.token("anna"));
  expect(desktop.shop.state.consent).toMatchObject({ asked: "account", scope: "account", isDecided: false });
});

test("X4: who signs in on a device that is new to the account is told that its choices count here, once, and is not asked again", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  await signIn(phone, await town.token("anna"));
  phone.shop.consent.decide(mixed);
  await phone.shop.sync.settled();
  await signIn(desktop, await town.token("anna"));
  expect([noticeOn(desktop), desktop.shop.state.consent.isDecided]).toEqual([{ about: "account", changed: {} }, true]);
  desktop.shop.consent.dismiss();
  expect([noticeOn(desktop), noticeOn(phone)]).toEqual([undefined, undefined]);
});

test("X4: a choice asked for all devices, met by an account without one, becomes the account's, and that is said", async () => {
  const town = await createTown();
  const phone = town.screen(everywhere);
  phone.shop.consent.decide(mixed);
  await signIn(phone, await town.token("anna"));
  expect([noticeOn(phone), allowed(phone)]).toEqual([{ about: "adopted", changed: {} }, ["analytics"]]);
});

test("X5: both decided and differ, the account prevails: the difference is named and one call changes it", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen({ consent: { ...everywhere.consent, rule: "account" } })];
  await signIn(phone, await town.token("anna"));
  phone.shop.consent.decide(mixed);
  await phone.shop.sync.settled();
  desktop.shop.consent.decide(no);
  await signIn(desktop, await town.token("anna"));
  expect([noticeOn(desktop), allowed(desktop)]).toEqual([{ about: "changed", changed: { analytics: true } }, ["analytics"]]);
  desktop.shop.consent.withdraw();
  await until(() => allowed(phone).length === 0, "the change is the account's");
});

test("X5: both decided and differ, the newest prevails if it was made in this visit, and counts for the account", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  await signIn(phone, await town.token("anna"));
  phone.shop.consent.decide(no);
  await phone.shop.sync.settled();
  desktop.shop.consent.decide(mixed);
  await signIn(desktop, await town.token("anna"));
  expect([allowed(desktop), noticeOn(desktop)?.about]).toEqual([["analytics"], "adopted"]);
  await until(() => allowed(phone).join() === "analytics", "the phone follows");
});

test("X5: an older choice of the device does not overwrite the account's, however the site's rule reads", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const longAgo = town.screen({ ...everywhere, storage: shelf, now: () => Date.now() - 30 * 86_400_000 });
  longAgo.shop.consent.decide(yes);
  longAgo.shop.close();
  const [phone, desktop] = [town.screen(everywhere), town.screen({ ...everywhere, storage: shelf })];
  await signIn(phone, await town.token("anna"));
  phone.shop.consent.decide(no);
  await phone.shop.sync.settled();
  await signIn(desktop, await town.token("anna"));
  expect([allowed(desktop), allowed(phone), noticeOn(desktop)?.about]).toEqual([[], [], "changed"]);
});

test("X6: what is chosen signed in leaves the device's own choice as it was, for whoever uses it signed out", async () => {
  const town = await createTown();
  const desktop = town.screen(hereOnly);
  desktop.shop.consent.decide(mixed);
  await signIn(desktop, await town.token("anna"));
  desktop.shop.consent.decide({ analytics: false, marketing: true });
  await desktop.shop.sync.settled();
  expect(allowed(desktop)).toEqual(["marketing"]);
  await desktop.shop.signOut();
  expect([allowed(desktop), desktop.shop.state.consent.scope]).toEqual([["analytics"], "device"]);
});

test("X7: what travels and is kept about a choice names nobody: an id made by chance, no e-mail and no name", async () => {
  const town = await createTown();
  const phone = town.screen(everywhere);
  await signIn(phone, await town.token("anna.de.vries@example.nl"));
  phone.shop.consent.decide(mixed);
  await phone.shop.sync.settled();
  const pushed = phone.sent.filter(({ path }) => path === "/v1/push").map(({ body }) => body).join();
  expect(pushed).toContain("consent-decided");
  expect(pushed).not.toContain("anna");
});

test("X8: a choice that was not asked for all devices is not spread to them, not even by a later visit with other words", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const before = town.screen({ ...hereOnly, storage: shelf });
  before.shop.consent.decide(yes);
  await before.shop.sync.settled();
  before.shop.close();
  const [desktop, phone] = [town.screen({ ...everywhere, storage: shelf }), town.screen(everywhere)];
  await signIn(desktop, await town.token("anna"));
  await signIn(phone, await town.token("anna"));
  expect([allowed(desktop), allowed(phone), phone.shop.state.consent.isDecided]).toEqual([[], [], false]);
});

test("X9: a customer may have one device stricter than the others, never looser", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  for (const screen of [phone, desktop]) await signIn(screen, await town.token("anna"));
  phone.shop.consent.decide(yes);
  await until(() => allowed(desktop).length === 2, "both allow");
  desktop.shop.consent.decide({ marketing: false }, { scope: "device" });
  await desktop.shop.sync.settled();
  await phone.shop.sync.settled();
  expect([allowed(phone), allowed(desktop)]).toEqual([PURPOSES, ["analytics"]]);
  phone.shop.consent.withdraw();
  await until(() => allowed(desktop).length === 0, "the withdrawal counts everywhere");
  desktop.shop.consent.decide({ marketing: true }, { scope: "device" });
  expect(allowed(desktop)).toEqual([]);
});

test("X9: on a kiosk an account's permissions for advertising and tips stay off, and a visitor's choice there is nobody else's", async () => {
  const town = await createTown();
  const three = { consent: { asked: "account" } } as const;
  const [phone, kiosk] = [town.screen(three), town.screen({ ...three, kiosk: {} })];
  kiosk.shop.consent.decide({ analytics: false, personalisation: false, marketing: false });
  await signIn(phone, await town.token("anna"));
  phone.shop.consent.decide({ analytics: true, personalisation: true, marketing: true });
  await phone.shop.sync.settled();
  await signIn(kiosk, await town.token("anna"));
  expect(kiosk.shop.state.consent.purposes).toEqual({ necessary: true, analytics: true, personalisation: false, marketing: false });
  expect(phone.shop.state.consent.purposes).toEqual({ necessary: true, analytics: true, personalisation: true, marketing: true });
  await kiosk.shop.signOut();
  expect(kiosk.shop.state.consent).toMatchObject({ isDecided: true, purposes: { analytics: false, personalisation: false, marketing: false } });
});

test("X10: two sites of one server share no choice, whoever signs in on both", async () => {
  const other = { key: "pk_other", secretKey: "sk_other", origins: ["https://shop.example"], customerTokens: { secret: "a secret of the shop, 32 bytes or more" } };
  const town = await createTown({}, { sites: [{ key: "pk_test", origins: ["https://shop.example"], customerTokens: other.customerTokens }, other] });
  const [one, two] = [town.screen(everywhere), town.screen({ ...everywhere, site: "pk_other" })];
  await signIn(one, await town.token("anna"));
  await signIn(two, await town.token("anna"));
  one.shop.consent.decide(yes);
  await Promise.all([one.shop.sync.settled(), two.shop.sync.settled()]);
  expect([allowed(one), allowed(two), two.shop.state.consent.isDecided]).toEqual([PURPOSES, [], false]);
});

test("a permission given offline, refused elsewhere meanwhile, does not stand: the phone says so, and a new answer counts", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  for (const screen of [phone, desktop]) await signIn(screen, await town.token("anna"));
  phone.cut();
  desktop.shop.consent.withdraw();
  await desktop.shop.sync.settled();
  phone.shop.consent.decide(yes);
  phone.mend();
  await until(() => noticeOn(phone) !== undefined, "the phone says so");
  expect([noticeOn(phone), allowed(phone)]).toEqual([{ about: "stands", changed: no }, []]);
  phone.shop.consent.dismiss();
  phone.shop.consent.decide(yes);
  await until(() => allowed(desktop).length === 2, "this time it was given knowing it");
});

test("a visitor who allows something is put on record; one who takes all of it back, and has no cart, is forgotten here and there", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const phone = town.screen({ ...hereOnly, storage: shelf });
  await phone.shop.ready;
  phone.shop.consent.decide(yes, { text: "x".repeat(43), lang: "nl", layer: "banner" });
  await until(() => phone.sent.some(({ body }) => body.includes('"layer":"banner"')), "the permission is on record");
  const granted = shelf.read("session");
  phone.shop.consent.withdraw();
  await until(() => shelf.read("session") === undefined, "the device has no name any more");
  await until(() => phone.sent.at(-1)?.path === "/v1/sign-out", "the server is told");
  expect([granted === undefined, shelf.names(""), allowed(phone), phone.shop.state.consent.isDecided]).toEqual([false, ["choice"], [], true]);
  const said = phone.sent.map(({ path, body }) => [path, body.includes('"analytics":false')]);
  expect(said).toContainEqual(["/v1/push", true]);
});

test("a withdrawal made offline is put on record by the next visit, and only then is the visitor forgotten", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const phone = town.screen({ ...hereOnly, storage: shelf });
  phone.shop.consent.decide(yes);
  await phone.shop.sync.settled();
  phone.cut();
  phone.shop.consent.withdraw();
  await vi.waitFor(() => expect(phone.shop.sync.state).toBe("offline"));
  phone.shop.close();
  expect(shelf.read("session")).toBeDefined();
  const next = town.screen({ ...hereOnly, storage: shelf });
  await until(() => shelf.read("session") === undefined, "the device has no name any more");
  expect(next.sent.some(({ path, body }) => path === "/v1/push" && body.includes('"analytics":false'))).toBe(true);
});
