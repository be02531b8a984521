/** The first-party cookie: set by the first push, believed over everything a page says, and worth nothing from elsewhere. */
import { beforeEach, expect, test } from "vitest";
import { PATHS } from "../../src/wire/version.js";
import { boxOf } from "./box.js";
import { added, type Answer, createDesk, type Desk, emptyDatabase, expectRefusal, id, ORIGIN, site, stranger, type Voice } from "./desk.js";
import { readLedger } from "./ledger.js";

const DAY = 86_400_000;
const NAME = "__Host-carryover-pk_test";
const secret = (): string => `${id()}${id().slice(0, 21)}`;

let desk: Desk;
let phone: Voice;
let database: string;

beforeEach(async () => {
  database = emptyDatabase();
  desk = await createDesk({ database, sites: [{ ...site, origins: [ORIGIN, "https://outlet.shop.example"], guestCartMs: 60 * DAY, cookie: { domain: ".shop.example" } }] });
  phone = stranger();
});

const cookiesOf = ({ headers }: Pick<Answer, "headers">): string[] => headers.getSetCookie();
/** What a browser would send back of it. */
const jarOf = (answer: Pick<Answer, "headers">): string | undefined => cookiesOf(answer).find((one) => one.startsWith(`${NAME}=`) && !one.startsWith(`${NAME}=;`))?.split(";")[0];

function ask(path: string, body: object, cookie?: string, more: Record<string, string> = {}): Promise<Answer> {
  return desk.post(path, body, { headers: { origin: ORIGIN, ...(cookie !== undefined && { cookie }), ...more } });
}

async function known(who: Voice): Promise<string> {
  const answer = await ask(PATHS.push, { ...who, events: [added("SCHOEN-42")] });
  expect(answer.status).toBe(200);
  return jarOf(answer) ?? "";
}

const { credential: _, ...voice } = stranger();

test("the first push sets it: for this host alone, unreadable, for 400 days, and beside it a word that pages can read", async () => {
  const answer = await ask(PATHS.push, { ...phone, events: [added("SCHOEN-42")] });
  const rules = "Path=/; Max-Age=34560000; Secure; SameSite=Lax";
  const [own = "", marker] = cookiesOf(answer);
  expect(own.replace(/=[\w-]{8}\.[\w-]{43};/, "=…;")).toBe(`${NAME}=…; ${rules}; HttpOnly`);
  expect(marker).toBe(`carryover-pk_test=1; ${rules}; Domain=.shop.example`);
  expect(own).not.toContain(phone.credential.slice(9)); // what a page knows does not open what the browser keeps
  expect(readLedger(database).text()).not.toContain(own.slice(NAME.length + 10, NAME.length + 53));
  expect([answer.headers.get("access-control-allow-credentials"), answer.headers.get("access-control-allow-origin")]).toEqual(["true", ORIGIN]);
});

test("a site without the option sets none, and lets no page send one", async () => {
  const plain = await createDesk();
  const answer = await plain.post(PATHS.push, { ...phone, events: [] }, { headers: { origin: ORIGIN } });
  expect([cookiesOf(answer), answer.headers.get("access-control-allow-credentials")]).toEqual([[], null]);
});

test("a program, and a page that the browser calls foreign, is given none and believed none", async () => {
  expect(cookiesOf(await desk.post(PATHS.push, { ...phone, events: [] }))).toEqual([]);
  expect(cookiesOf(await ask(PATHS.push, { ...phone, events: [] }, undefined, { "sec-fetch-site": "cross-site" }))).toEqual([]);
  const cookie = jarOf(await ask(PATHS.push, { ...phone, events: [] }, undefined, { "sec-fetch-site": "same-site" })) ?? "";
  const wanted = { ...voice, secret: secret() };
  expectRefusal(await desk.post(PATHS.restore, wanted, { headers: { cookie } }), "credential-unknown", 401);
  for (const from of ["cross-site", "none"]) expectRefusal(await ask(PATHS.restore, wanted, cookie, { "sec-fetch-site": from }), "credential-unknown", 401);
  expectRefusal(await ask(PATHS.restore, wanted, cookie, { origin: "https://evil.shop.example", "sec-fetch-site": "same-site" }), "origin-refused", 403);
  expectRefusal(await ask(PATHS.restore, wanted, cookie, { origin: "null" }), "origin-refused", 403);
  expect((await ask(PATHS.restore, wanted, cookie, { "sec-fetch-site": "same-site" })).status).toBe(200);
});

test("a browser that has wiped everything else is the same visitor again, with the same cart, also a week later and from a sub-domain", async () => {
  const cookie = await known(phone);
  desk.now += 8 * DAY;
  for (const origin of [ORIGIN, "https://outlet.shop.example"]) {
    const own = secret();
    const { status, body } = await ask(PATHS.restore, { ...voice, secret: own }, cookie, { origin });
    expect([status, body]).toEqual([200, { device: phone.credential.slice(0, 8) }]);
    const again = { ...phone, credential: `${phone.credential.slice(0, 8)}.${own}` };
    expect((await ask(PATHS.push, { ...again, events: [added("BOEK-1")] }, cookie)).status).toBe(200);
  }
  expect((await ask(PATHS.push, { ...phone, events: [] }, cookie)).status).toBe(200); // the other sub-domain's page is still open
  expect(readLedger(database).rows().logs).toHaveLength(1);
});

test("each sub-domain renews what it has for itself, and makes no copy of the other's", async () => {
  const cookie = await known(phone);
  const own = secret();
  await ask(PATHS.restore, { ...voice, secret: own }, cookie);
  let here = { ...phone, credential: `${phone.credential.slice(0, 8)}.${own}` };
  for (let day = 0; day < 3; day++) {
    desk.now += DAY;
    const next = { ...here, credential: `${here.credential.slice(0, 8)}.${secret()}` };
    expect((await ask(PATHS.push, { ...here, events: [], next: next.credential }, cookie)).body).toMatchObject({ isNextKept: true });
    here = next;
    await ask(PATHS.push, { ...here, events: [] }, cookie);
  }
  expect((await ask(PATHS.push, { ...phone, events: [] }, cookie)).status).toBe(200);
  expect((await ask(PATHS.restore, { ...voice, secret: secret() }, cookie)).status).toBe(200);
});

test("the cookie is put off once a day and not more often, and no second one is made for who has one", async () => {
  const cookie = await known(phone);
  const baked = async (): Promise<number> => cookiesOf(await ask(PATHS.push, { ...phone, events: [] }, cookie)).length;
  expect(await baked()).toBe(0);
  desk.now += DAY - 1;
  expect(await baked()).toBe(0);
  desk.now += 1;
  expect(await baked()).toBe(2);
  expect(await baked()).toBe(0);
  expect(readLedger(database).rows().credentials.filter(({ chain }) => chain === "cookie")).toHaveLength(1);
});

test("a browser that refuses cookies is offered one a minute at most, and none of them is kept", async () => {
  await known(phone);
  for (let i = 0; i < 5; i++) {
    expect(cookiesOf(await ask(PATHS.push, { ...phone, events: [] }))).toEqual([]);
    desk.now += 60_000;
    expect(cookiesOf(await ask(PATHS.push, { ...phone, events: [] }))).toHaveLength(2);
  }
  expect(readLedger(database).rows().credentials.filter(({ chain }) => chain === "cookie")).toHaveLength(1);
});

test("what a page believes against the cookie is refused, also a new visitor of its own making: the cookie says who this is", async () => {
  const cookie = await known(phone);
  const other = stranger();
  await ask(PATHS.push, { ...other, events: [added("A")] }); // of a time before
  for (const who of [other, stranger()]) {
    expectRefusal(await ask(PATHS.push, { ...who, events: [added("B")] }, cookie), "credential-unknown", 401);
    expectRefusal(await ask(PATHS.signIn, { ...who, token: await desk.token("anna"), merge: "union", consent: "newest" }, cookie), "credential-unknown", 401);
    expectRefusal(await ask(PATHS.offer, { ...who, mode: "take" }, cookie), "credential-unknown", 401);
    const { credential, ...rest } = who;
    expectRefusal(await ask(PATHS.pull, rest, cookie, { authorization: `Bearer ${credential}` }), "credential-unknown", 401);
  }
  expect(readLedger(database).rows().logs).toHaveLength(2);
});

test("a cookie that means nothing is no authority: forged, doubled, of somebody who has left", async () => {
  const cookie = await known(phone);
  const left = stranger();
  const gone = await known(left);
  await ask(PATHS.signOut, left, gone);
  const anna = stranger();
  const annas = await known(anna);
  await ask(PATHS.signIn, { ...anna, token: await desk.token("anna"), merge: "union", consent: "newest" }, annas);
  await desk.post(PATHS.signOut, anna); // her browser was offline, and has not heard that the cookie is to go
  for (const useless of [annas, `${NAME}=AAAAAAAA.${"A".repeat(43)}`, `${NAME}=`, `${cookie}; ${gone}`, gone, `${NAME}=${phone.credential}`, cookie.replace("__Host-", "__Secure-")]) {
    expectRefusal(await ask(PATHS.restore, { ...voice, secret: secret() }, useless), "credential-unknown", 401);
    expect((await ask(PATHS.push, { ...stranger(), events: [] }, useless)).status).toBe(200);
  }
});

test("the value of the cookie opens nothing where a page's credential is asked for", async () => {
  const cookie = await known(phone);
  const thief = { ...phone, credential: cookie.slice(NAME.length + 1) };
  expectRefusal(await ask(PATHS.push, { ...thief, events: [] }), "credential-unknown", 401);
  expectRefusal(await desk.post(PATHS.sealed, boxOf(thief, { channel: "web", events: [added("POISON")] })), "not-found", 404);
});

test("signing out takes it away, and so does asking for a visitor whose time is over", async () => {
  const cookie = await known(phone);
  const cleared = [`${NAME}=; Path=/; Max-Age=0; Secure; SameSite=Lax; HttpOnly`, "carryover-pk_test=; Path=/; Max-Age=0; Secure; SameSite=Lax; Domain=.shop.example"];
  expect(cookiesOf(await ask(PATHS.signOut, phone, cookie))).toEqual(cleared);
  const late = await ask(PATHS.restore, { ...voice, secret: secret() }, cookie);
  expectRefusal(late, "credential-unknown", 401);
  expect(cookiesOf(late)).toEqual(cleared);
});

test("who signed the browser out from another device has signed its cookie out", async () => {
  const cookie = await known(phone);
  const desktop = stranger();
  for (const who of [phone, desktop]) await desk.post(PATHS.signIn, { ...who, token: await desk.token("anna"), merge: "union", consent: "newest" });
  const signedIn = await ask(PATHS.restore, { ...voice, secret: secret() }, cookie);
  expect(signedIn.body).toMatchObject({ customer: "anna" });
  await desk.post(PATHS.signOutDevice, { ...desktop, device: phone.credential.slice(0, 8) });
  expectRefusal(await ask(PATHS.restore, { ...voice, secret: secret() }, cookie), "credential-unknown", 401);
});

test("nobody is given another's visitor by a request that another site makes the browser send: no sign-in, no cookie, no cart", async () => {
  const cookie = await known(phone);
  const attacker = stranger();
  await desk.push(attacker, [added("POISON")]);
  const forged: [string, object][] = [
    [PATHS.push, { ...attacker, events: [added("POISON")] }], [PATHS.signIn, { ...attacker, token: await desk.token("mallory"), merge: "union", consent: "newest" }],
    [PATHS.restore, { ...voice, secret: secret() }], [PATHS.signOut, attacker], [PATHS.devices, attacker],
  ];
  for (const origin of ["https://evil.example", "https://evil.shop.example", "http://shop.example", "null"]) {
    for (const [path, body] of forged) {
      const answer = await ask(path, body, cookie, { origin, "content-type": "text/plain" });
      expectRefusal(answer, "origin-refused", 403);
      expect([cookiesOf(answer), answer.headers.get("access-control-allow-origin")]).toEqual([[], null]);
    }
  }
});
