/** The ten merge stories: what two devices and more do at once, and what each contender ends up with. */
import { linesOf } from "./cart.mjs";
import { carryoverCheckout, carryoverGuest, carryoverKiosk } from "./stories-of-ours.mjs";
import { signIn } from "./signing-in.mjs";
import { asked, until } from "./waiting.mjs";
import { setTimeout as rest } from "node:timers/promises";

const [X, Y, Z] = linesOf(3);
const of = (line, quantity) => ({ ...line, quantity });
const OFFLINE = "nothing can be done without its server";
/** As often as an outcome may be a matter of chance: whose number is the higher one. */
const TIMES = 4;
const AGREEING_MS = 8_000;

/** Each tells `{ ended, isRight }`, or `{ why }` where the contender cannot express it. */
export const STORIES = [
  { id: "plus", async play(stage) {
    const [a, b] = await stage.together(2, "plus", [of(X, 3)]);
    await apart(stage, [a, b], [() => a.device.plus(X), () => b.device.plus(X)]);
    return shown([a, b], X, 5);
  } },
  { id: "again", async play(stage) {
    const [a, b] = await stage.together(2, "again", [of(Y, 1)]);
    const isAnswer = stage.contender.isAnswerTo ?? ((said) => said !== "" && !said.startsWith("GET "));
    a.wire.loseAnswers(4, isAnswer);
    const done = a.device.plus(X);
    await losses(a, 12_000);
    a.wire.loseAnswers(0);
    await asked(b.device, done);
    await until(b.device, () => b.device.quantity(X.sku) > 0);
    await a.device.online?.();
    await stage.atRest([a, b]);
    return shown([a, b], X, 1);
  } },
  { id: "ten", async play(stage) {
    const [home] = await stage.together(1, "ten", [of(X, 7)]);
    const guests = await Promise.all(Array.from({ length: 10 }, (_, i) => guestWith(stage, `ten-guest-${i}`, of(X, 2))));
    const signedIn = await signIn(stage, guests, "ten");
    await stage.atRest([home, ...signedIn]);
    return shown([home, ...signedIn], X, 27);
  } },
  { id: "remove", async play(stage) {
    const [a, b] = await stage.together(2, "remove", [of(X, 2), of(Y, 1)]);
    await apart(stage, [b, a], [() => b.device.plus(X), () => a.device.remove(X.sku)]);
    return shown([a, b], X, 1);
  } },
  { id: "late-removal", async play(stage) {
    if (stage.contender.isAsked) return { why: OFFLINE };
    const [a, b] = await stage.together(2, "late-removal", [of(X, 2), of(Y, 1)]);
    stage.leave(a);
    await a.device.remove(X.sku);
    await rest(20);
    await b.device.plus(X);
    await stage.atRest([b]);
    await stage.comeBack(a);
    await stage.atRest([a, b]);
    return shown([a, b], X, 1);
  } },
  { id: "in-out-in", async play(stage) {
    const [home] = await stage.together(1, "in-out-in", [of(X, 1)]);
    const guest = await guestWith(stage, "in-out-in-guest", of(X, 2));
    const [first] = await signIn(stage, [guest], "in-out-in");
    await stage.atRest([home, first]);
    const [second] = await signIn(stage, [await signedOut(stage, first)], "in-out-in");
    await stage.atRest([home, second]);
    return shown([home, second], X, 3);
  } },
  { id: "offline", async play(stage) {
    if (stage.contender.isAsked) return { why: OFFLINE };
    const [a, b] = await stage.together(2, "offline", [of(X, 1), of(Z, 1)]);
    await apart(stage, [a, b], [
      async () => {
        await a.device.plus(X);
        await a.device.plus(X);
        await a.device.plus(Y);
      },
      async () => {
        await b.device.plus(X);
        await b.device.remove(Z.sku);
      },
    ]);
    return agreed([a, b], ({ device }) => [X, Y, Z].map(({ sku }) => device.quantity(sku)).join(", "), "4, 1, 0");
  } },
  { id: "checkout", async play(stage) {
    const [a, b] = await stage.together(2, "checkout", [of(X, 1)]);
    if (stage.contender.isAsked) return refused(b, await checkout(stage, a));
    stage.leave(b);
    await b.device.plus(X);
    const ordered = await checkout(stage, a);
    await stage.atRest([a]);
    await stage.comeBack(b);
    await stage.atRest([a, b]);
    return agreed([a, b], ({ device }) => `${ordered} ordered, ${device.quantity(X.sku)} in the cart`, "1 ordered, 1 in the cart");
  } },
  { id: "withdrawal", async play(stage) {
    if (stage.contender.isAsked) return { why: "it keeps no consent" };
    const ends = [];
    for (let i = 0; i < TIMES; i += 1) ends.push(await withdrawal(stage, `withdrawal-${i}`));
    return told(ends.sort(), "refused");
  } },
  { id: "kiosk", async play(stage) {
    if (!stage.contender.isOurs) return { why: "it knows no screen that strangers share: the application has to watch, and to clear" };
    return told([await carryoverKiosk(stage, X)], "empty");
  } },
];

/** Each acts without having seen the other; who is named first comes back first. Where everything is asked of the server both act at once, on what their screens show. */
async function apart(stage, actors, acts) {
  if (stage.contender.isAsked) for (const act of acts) await act();
  else {
    actors.forEach((actor) => stage.leave(actor));
    for (const act of acts) await act();
    for (const actor of actors) await stage.comeBack(actor);
  }
  await stage.atRest(actors);
}

async function losses({ device, wire }, patienceMs) {
  const end = performance.now() + patienceMs;
  for (let seen = 0; wire.count.lost < 4 && performance.now() < end; await rest(20)) {
    if (wire.count.lost === seen) continue;
    seen = wire.count.lost;
    await device.online?.().catch(() => undefined); // its first answer is lost as well: that is the story
  }
}

async function guestWith(stage, name, line) {
  const guest = stage.contender.isOurs ? await carryoverGuest(stage) : await stage.enter(stage.contender.isAsked ? undefined : name);
  await guest.device.fill([line]);
  await stage.atRest([guest]);
  return guest;
}

/** What is on the device then is a new visitor's: nothing. */
async function signedOut(stage, actor) {
  if (stage.contender.isOurs) await actor.device.shop.signOut();
  else if (stage.contender.isAsked) await actor.device.signOut();
  else return stage.enter("in-out-in-new-guest");
  return actor;
}

/** What is ordered is what this device shows; resolves to its number of X. */
async function checkout(stage, { device }) {
  if (stage.contender.isOurs) return carryoverCheckout(stage, "checkout", X);
  if (device.checkout) return (await device.checkout()).get(X.sku);
  const ordered = device.quantity(X.sku);
  await device.remove(X.sku);
  return ordered;
}

async function refused({ device }, ordered) {
  try {
    await device.plus(X);
  } catch (error) {
    return { ended: `${ordered} ordered, the add refused (${error.code})`, isRight: ordered === 1 };
  }
  return { ended: `${ordered} ordered, the add in the order`, isRight: false };
}

async function withdrawal(stage, cart) {
  const [a, b] = await stage.together(2, cart, [of(X, 1)]);
  stage.leave(a);
  await b.device.decide(true);
  await rest(20);
  await b.device.decide(false);
  await rest(20);
  await a.device.decide(true);
  await stage.atRest([b]);
  await stage.comeBack(a);
  await stage.atRest([a, b]);
  return (await agreed([a, b], ({ device }) => (device.allows() ? "allowed" : "refused"), "refused")).ended;
}

function shown(actors, { sku }, right) {
  return agreed(actors, ({ device }) => String(device.quantity(sku)), String(right));
}

/** They have some more time to agree: a stream may come back after all else has. */
async function agreed(actors, read, right) {
  const end = performance.now() + AGREEING_MS;
  while (new Set(actors.map(read)).size > 1 && performance.now() < end) await rest(50);
  return told(actors.map(read), right);
}

/** Devices that differ in the end are told one by one. */
function told(ends, right) {
  const different = [...new Set(ends)];
  return { ended: different.join(" or "), isRight: different.length === 1 && different[0] === right };
}
