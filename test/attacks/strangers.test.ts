/** What a stranger tries who has seen ids, links and codes of somebody else, or makes somebody's browser speak for them. */
import { beforeEach, expect, test } from "vitest";
import { PATHS } from "../../src/wire/version.js";
import { added, type Answer, createDesk, type Desk, expectRefusal, stranger, tempFile, type Voice } from "../server/desk.js";
import { readLedger } from "../server/ledger.js";
import { readStream } from "../server/stream.js";

let desk: Desk;
let ledger: ReturnType<typeof readLedger>;
let victim: Voice;
let log: string;
const line = added("SCHOEN-42", 2);

beforeEach(async () => {
  const database = tempFile();
  desk = await createDesk({ database });
  ledger = readLedger(database);
  victim = stranger();
  ({ log } = await desk.push(victim, [line]));
});

const offer = async (mode: string, who = victim): Promise<{ code: string; token: string }> => (await desk.post(PATHS.offer, { ...who, mode })).body as { code: string; token: string };

/** Every route of a device, with all that an id could be put into. */
const routes: readonly (readonly [path: string, body: object])[] = [
  [PATHS.push, { events: [added("BOEK-1")] }], [PATHS.pull, {}], [PATHS.observe, { visitAt: 1, observations: [] }],
  [PATHS.signIn, { token: "x.y.z", merge: "union", consent: "newest" }], [PATHS.signOut, {}],
  [PATHS.offer, { mode: "take" }], [PATHS.preview, {}], [PATHS.accept, {}], [PATHS.approve, { number: 42 }], [PATHS.cancel, {}], [PATHS.progress, {}], [PATHS.undo, {}],
];

test("an id is no key: whatever of somebody's ids stands wherever in a request, the answer is that for ids that never were", async () => {
  await offer("join");
  const text = ledger.text();
  const handoff = /"id":"([\w-]{22})"/.exec(JSON.stringify(ledger.rows().handoffs))?.[1] as string;
  const known = [log, victim.credential.slice(0, 8), line.id as string, handoff].filter((id) => text.includes(id));
  expect(known).toHaveLength(4);
  let asked = 0;
  for (const [path, more] of routes) {
    const answers = async (id: string): Promise<[number, string]> => {
      const thief = stranger({ credential: `${"A".repeat(8)}.${"B".repeat(43)}` });
      const full = `${id.slice(0, 8).padEnd(8, "x")}.${id.padEnd(43, "x")}`;
      const { status, body } = await desk.post(path, { ...thief, key: id.padEnd(8, "x"), id, device: id, handoff: id, ...more, ...(path !== PATHS.offer && path !== PATHS.accept && { log: id, credential: full }) }, { headers: { authorization: `Bearer ${full}` } });
      asked += 1;
      return [status, JSON.stringify(body).replace(/"(code|token)":"[^"]+"/g, "")]; // an offer of one's own is drawn anew
    };
    for (const id of known) {
      const [answer, nobody] = [await answers(id), await answers("Z".repeat(id.length))];
      desk.now += 60_000; // wrong codes are counted, but that is another test
      expect([path, ...answer]).toEqual([path, ...nobody]);
      expect(answer[1]).not.toContain("SCHOEN-42");
    }
  }
  expect(asked).toBe(routes.length * known.length * 2);
  expect((await readStream(await desk.pull(victim)).wait("snapshot"))[0]?.data).toMatchObject({ log, seq: 1 });
});

test("fifty screens open one code in the same moment: one has the cart, forty-nine hear what everybody hears of a code that never was", async () => {
  const { code, token } = await offer("copy");
  const thieves = Array.from({ length: 50 }, () => stranger());
  const never = await desk.post(PATHS.accept, { ...stranger(), key: "BCDFGHJK" }, { address: "10.1.1.1" });
  const answers = await Promise.all(thieves.map((who, i) => desk.post(PATHS.accept, { ...who, key: i % 2 === 0 ? code : token }, { address: `10.0.0.${i}` })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const { status, body } of answers) if (status !== 200) expect([status, body]).toEqual([410, never.body]);
  expect(ledger.rows().entries.filter((entry) => JSON.stringify(entry).includes("SCHOEN-42"))).toHaveLength(2);
});

test("a handoff that is played back, each message of it, by somebody who has recorded it, moves nothing twice", async () => {
  const [{ code, token }, receiver] = [await offer("join"), stranger()];
  const said: [string, object][] = [[PATHS.preview, { v: 1, site: "pk_test", key: code }], [PATHS.accept, { ...receiver, key: token }]];
  for (const [path, body] of said) await desk.post(path, body);
  const { number } = (await desk.post(PATHS.progress, { ...receiver, key: code })).body as { number: number };
  said.push([PATHS.approve, { ...victim, number }]);
  expect((await desk.post(PATHS.approve, { ...victim, number })).body).toMatchObject({ status: "done" });
  const before = JSON.stringify([ledger.rows().entries, ledger.rows().logs, ledger.rows().devices]);
  for (const [path, body] of [...said, ...said.reverse()]) await desk.post(path, body);
  expect(JSON.stringify([ledger.rows().entries, ledger.rows().logs, ledger.rows().devices])).toBe(before);
});

test("whoever opened a code and was declined, or whom its owner never approved, has nothing and can undo nothing", async () => {
  const [{ code }, thief] = [await offer("join"), stranger()];
  await desk.post(PATHS.accept, { ...thief, key: code });
  await desk.post(PATHS.cancel, { v: 1, site: "pk_test", credential: victim.credential });
  for (const path of [PATHS.accept, PATHS.undo]) expect((await desk.post(path, { ...thief, key: code })).body).not.toMatchObject({ status: "done" });
  const copy = await offer("copy");
  await desk.post(PATHS.accept, { ...stranger(), key: copy.code });
  expectRefusal(await desk.post(PATHS.undo, { ...thief, key: copy.code }), "handoff-gone", 410);
  const [snapshot] = await readStream(await desk.pull(thief)).wait("snapshot");
  expect(JSON.stringify(snapshot)).not.toContain("SCHOEN-42");
});

test("login CSRF: no page makes somebody's browser sign in as another: nothing speaks for it but the credential that the shop's own page holds", async () => {
  const token = await desk.token("mallory");
  const evil = { headers: { origin: "https://evil.example", cookie: `carryover=${victim.credential}` } };
  const body = { v: 1, site: "pk_test", channel: "web", token, merge: "union", consent: "newest" };
  expectRefusal(await desk.post(PATHS.signIn, { ...body, credential: stranger().credential }, evil), "origin-refused", 403);
  // From wherever it is sent: a browser that adds what it has by itself adds nothing that counts.
  for (const headers of [{}, { cookie: `carryover=${victim.credential}` }, { authorization: `Bearer ${victim.credential}` }]) {
    expectRefusal(await desk.post(PATHS.signIn, body, { headers }), "request-malformed", 400);
  }
  expect(JSON.stringify(ledger.rows())).not.toContain("mallory");
  const form = new URLSearchParams({ site: "pk_test", token }).toString();
  expectRefusal(await desk.post(PATHS.signIn, form, { headers: { "content-type": "application/x-www-form-urlencoded" } }), "request-malformed", 400);
});

test("a crafted cart: what it calls itself and costs is a text to look at; nothing of it counts before somebody has said yes", async () => {
  const mallory = stranger();
  const details = { title: "Gratis", price: -100, html: "<script>", __proto__: { admin: true } };
  await desk.push(mallory, [added("SCHOEN-42", 9_999), { ...added("DUUR-1", 3), data: { line: "DUUR-1", n: 3, details } }]);
  const { token } = await offer("take", mallory);
  const before = JSON.stringify(ledger.rows().entries);
  const seen = (await desk.post(PATHS.preview, { v: 1, site: "pk_test", key: token })).body as { cart: { lines: { line: string; quantity: number }[] } };
  expect(seen.cart.lines.map(({ line: id, quantity }) => [id, quantity])).toEqual([["SCHOEN-42", 9_999], ["DUUR-1", 3]]);
  expect(JSON.stringify(ledger.rows().entries)).toBe(before);
  expectRefusal(await desk.post(PATHS.offer, { ...mallory, mode: "take", url: "https://evil.example/pay" }), "handoff-impossible", 409);
});

test("many prompts: each new offer ends the one before, so that nobody is asked about two at a time", async () => {
  const offers = [await offer("join"), await offer("join"), await offer("join")];
  const answers: Answer[] = [];
  for (const { code } of offers) answers.push(await desk.post(PATHS.accept, { ...stranger(), key: code }));
  expect(answers.map(({ status }) => status)).toEqual([410, 410, 200]);
  expect(ledger.rows().handoffs.filter((row) => JSON.stringify(row).includes("to-approve"))).toHaveLength(1);
});
