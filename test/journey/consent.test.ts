/** A15: a choice about cookies holds on every screen of an account, and on no screen that was not asked. */
import { expect, test } from "vitest";
import { createTown, read, type Screen, until } from "./town.js";

const everywhere = { consent: { policy: "2026-11", purposes: ["analytics", "marketing"], asked: "account" } } as const;

function gates({ shop }: Screen): boolean[] {
  return ["analytics", "marketing"].map((purpose) => shop.consent.allows(purpose));
}

test("a withdrawal on the phone closes the gates on the desktop within a second, and a new grant opens them again", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  desktop.shop.consent.decide({ analytics: true, marketing: true });
  await until(() => gates(phone).every(Boolean), "the phone's gates open");
  const from = performance.now();
  phone.shop.consent.withdraw();
  expect(gates(phone)).toEqual([false, false]);
  await until(() => !gates(desktop).some(Boolean), "the desktop's gates close");
  expect(performance.now() - from).toBeLessThan(1_000);
  desktop.shop.consent.decide({ analytics: true });
  await until(() => gates(phone)[0] === true, "the phone follows");
  expect([gates(phone), gates(desktop)]).toEqual([[true, false], [true, false]]);
});

test("an offline phone grants without having seen the withdrawal: refused once it is back, and it says that it is not decided as shown", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  desktop.shop.consent.decide({ analytics: true, marketing: true });
  await until(() => gates(phone).every(Boolean), "the phone's gates open");

  phone.cut();
  desktop.shop.consent.withdraw();
  await desktop.shop.sync.settled();
  phone.shop.consent.decide({ analytics: true, marketing: true });
  const heard: boolean[] = [];
  phone.shop.subscribe(() => heard.push(phone.shop.consent.allows("marketing")));
  phone.mend();
  await until(() => !gates(phone).some(Boolean), "the phone's gates close");
  await phone.shop.sync.settled();
  expect([gates(phone), gates(desktop)]).toEqual([[false, false], [false, false]]);
  expect(heard.at(-1)).toBe(false);
  expect(phone.shop.state.consent).toMatchObject({ scope: "account", purposes: { analytics: false, marketing: false } });

  phone.shop.consent.decide({ analytics: true }); // asked again, and now knowing it
  await until(() => gates(desktop)[0] === true, "the informed grant holds");
});

test("a phone that comes back applies the withdrawal before it sends anything of its own", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  desktop.shop.consent.decide({ analytics: true, marketing: true });
  await until(() => gates(phone).every(Boolean), "the phone's gates open");
  phone.cut();
  await until(() => phone.shop.sync.state === "offline", "the phone notices");
  desktop.shop.consent.withdraw();
  await desktop.shop.sync.settled();
  phone.mend();
  await until(() => phone.shop.sync.state === "live", "the phone is live");
  expect(gates(phone)).toEqual([false, false]); // from the moment it says so
});

test("'Weigeren' on the phone, asked for all devices: signed in on the desktop, the gates are closed there from the first moment", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  phone.shop.consent.withdraw();
  await phone.shop.signIn(await town.token("anna"));
  const seen: boolean[] = [];
  desktop.shop.subscribe(() => seen.push(...gates(desktop)));
  await desktop.shop.signIn(await town.token("anna"));
  await until(() => desktop.shop.state.consent.isDecided, "the desktop knows the answer");
  expect(seen.filter(Boolean)).toEqual([]);
  expect(gates(desktop)).toEqual([false, false]);
});

test("a choice asked for this device only does not become the account's", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen({ consent: { ...everywhere.consent, asked: "device" } }), town.screen(everywhere)];
  await phone.shop.ready;
  phone.shop.consent.decide({ analytics: true, marketing: true });
  expect(gates(phone)).toEqual([true, true]);
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  await Promise.all([phone.shop.sync.settled(), desktop.shop.sync.settled()]);
  expect([gates(phone), gates(desktop)]).toEqual([[false, false], [false, false]]);
  expect(desktop.shop.state.consent.isDecided).toBe(false);
  await phone.shop.signOut();
  expect(gates(phone)).toEqual([true, true]); // back to the device's own answer
});

test.each(["take", "copy", "join"] as const)("a cart handed over by %s brings no consent along, in neither direction", async (mode) => {
  const town = await createTown();
  const [one, other] = [town.screen(everywhere), town.screen(everywhere)];
  one.shop.consent.decide({ analytics: true, marketing: true });
  one.shop.cart.add("SCHOEN-42");
  other.shop.consent.withdraw();
  other.shop.cart.add("BOEK-1");
  await Promise.all([one.shop.sync.settled(), other.shop.sync.settled()]);
  const { code } = await one.shop.handoff.offer(mode, { url: "https://shop.example/" });
  const accepted = other.shop.handoff.accept(code);
  if (mode === "join") {
    await until(() => other.shop.state.handoff?.number !== undefined && one.shop.state.handoff?.choices !== undefined, "the number is asked for");
    await one.shop.handoff.approve(other.shop.state.handoff?.number as number);
  }
  await accepted;
  await until(() => read(other)["SCHOEN-42"] === 1, "the cart has come over");
  await other.shop.sync.settled();
  expect(gates(other)).toEqual([false, false]);
  if (mode !== "take") expect(gates(one)).toEqual([true, true]);

  await other.shop.signIn(await town.token("anna"));
  await other.shop.sync.settled();
  expect(gates(other)).toEqual([false, false]);
});

test("what the account withdrew does not come back by a device that signs out and in again with its own old yes", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(everywhere), town.screen(everywhere)];
  phone.shop.consent.decide({ analytics: true, marketing: true });
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  await until(() => gates(desktop).every(Boolean), "the choice was asked for all devices");
  await phone.shop.signOut();
  desktop.shop.consent.withdraw();
  await desktop.shop.sync.settled();

  for (const isCartFilled of [false, true]) {
    expect(gates(phone)).toEqual([true, true]); // signed out: the device's own answer
    if (isCartFilled) phone.shop.cart.add("SCHOEN-42");
    await phone.shop.signIn(await town.token("anna"));
    await phone.shop.sync.settled();
    expect([gates(phone), gates(desktop)]).toEqual([[false, false], [false, false]]);
    await phone.shop.signOut();
  }
});
