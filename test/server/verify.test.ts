/** Whatever is done to a file of receipts is found: in any byte, anywhere, by whoever has not the key. */
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { createServer, openArchive } from "../../src/server/index.js";
import { type Cover, linesOf } from "../../src/server/receipt-set.js";
import { createKeyring, type SigningKey } from "../../src/server/signing-key.js";
import { openStore } from "../../src/server/store/open.js";
import type { ReceiptRow } from "../../src/server/store/receipts.js";
import { canonical, chained, committed, type Decision, type Receipt, type Seal, signedSeal } from "../../src/wire/receipt.js";
import { createDice } from "../faults/dice.js";
import { isLong, seedOf, times } from "../long.js";
import { record } from "../record.js";
import { decided, fileOf, linesOf as linesIn, receiptsIn, receiptsOf, signIn, verify, WORDS } from "./consent.js";
import { createDesk, emptyDatabase, sha256, site, stranger, tempFile } from "./desk.js";

const TRIALS = times(600, 10_000);

/** A site's whole chain, one customer's receipts, and one device's. */
interface Files {
  readonly chain: string;
  readonly customer: string;
  readonly device: string;
  /** Of another shop, in order by itself. */
  readonly other: string;
}

let files: Files;

async function makeFiles(): Promise<Files> {
  const database = emptyDatabase();
  const desk = await createDesk({ database, sites: [site, { ...site, key: "pk_other" }] });
  const [anna, guest, elsewhere] = [stranger(), stranger(), stranger({ site: "pk_other" })];
  await signIn(desk, anna, "anna");
  for (let i = 0; i < 4; i++) {
    await desk.push(anna, [decided({ analytics: i % 2 === 0, marketing: false }, { text: sha256(`${WORDS} ${i}`) })]);
    await desk.push(guest, [decided({ analytics: true, "größer": false })]);
    await desk.push(elsewhere, [decided()]);
  }
  const archive = await openArchive({ database, sites: [site, { ...site, key: "pk_other" }] });
  const made = { chain: await fileOf(archive, "pk_test"), customer: await fileOf(archive, "pk_test", "anna"), device: await receiptsOf(desk, guest), other: await fileOf(archive, "pk_other") };
  await archive.close();
  return made;
}

beforeAll(async () => {
  files = await makeFiles();
});

test("a file that nobody touched is in order, whatever pieces it is read in", async () => {
  for (const [set, text] of Object.entries(files)) expect([set, (await verify(text)).fault]).toEqual([set, undefined]);
  const { verifyReceipts } = await import("../../src/server/index.js");
  const bytes = Buffer.from(files.chain);
  for (const size of [1, 7, 1_000]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    expect(await verifyReceipts(pieces)).toMatchObject({ count: 8, site: "pk_test" });
    expect((await verifyReceipts(pieces)).fault).toBeUndefined();
  }
});

type Chance = (sides: number) => number;
/** What somebody might do to a file; undefined where it would leave it as it is. */
type Harm = (bytes: Buffer, chance: Chance) => Buffer | undefined;

const lines = (bytes: Buffer): string[] => bytes.toString().split(/(?<=\n)/);
const joined = (parts: readonly string[]): Buffer => Buffer.from(parts.join(""));

/** The same number in another way of writing, or the same text: a change that a reader of JSON would not notice. */
const unnoticed = [[",", ", "], [":", ": "], ['"v":1', '"v":1.0'], ['"v":1', '"v":1e0'], ['"kind"', '"\\u006bind"'], ["{", "{ "], ["\n", "\r\n"], ["}\n", '}\n\n'], ['{"', '{"v":1,"']] as const;

const harms: Record<string, Harm> = {
  "a changed byte": (bytes, chance) => {
    const at = chance(bytes.length);
    return Buffer.from(bytes.map((byte, i) => (i === at ? (byte + 1 + chance(255)) % 256 : byte)));
  },
  "a changed bit": (bytes, chance) => {
    const at = chance(bytes.length);
    const bit = chance(8);
    return Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte)));
  },
  "a missing byte": (bytes, chance) => {
    const at = chance(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
  },
  "an added byte": (bytes, chance) => {
    const at = chance(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([chance(256)]), bytes.subarray(at)]);
  },
  "a missing end": (bytes, chance) => bytes.subarray(0, chance(bytes.length)),
  "a missing line": (bytes, chance) => joined(lines(bytes).toSpliced(chance(lines(bytes).length), 1)),
  "a doubled line": (bytes, chance) => {
    const all = lines(bytes);
    const line = all[chance(all.length)] as string;
    return joined(all.toSpliced(chance(all.length + 1), 0, line));
  },
  "two exchanged lines": (bytes, chance) => {
    const all = lines(bytes);
    const [a, b] = [chance(all.length), chance(all.length)];
    return a === b ? undefined : joined(all.map((line, i) => (i === a ? all[b] : i === b ? all[a] : line) as string));
  },
  "another way of writing the same": (bytes, chance) => {
    const [from, to] = unnoticed[chance(unnoticed.length)] as readonly [string, string];
    const all = lines(bytes);
    const at = chance(all.length);
    return joined(all.map((line, i) => (i === at ? line.replace(from, to) : line)));
  },
  "a line of another file": (bytes, chance) => {
    const strange = lines(Buffer.from([files.other, files.customer, files.chain][chance(3)] as string));
    const line = strange[chance(strange.length)] as string;
    return joined(lines(bytes).toSpliced(chance(lines(bytes).length), chance(2), line));
  },
  "a decision that is said to be erased": (bytes, chance) => withReceipt(bytes, chance, ({ kind, link }) => ({ kind, link })),
  "a decision made anew, with its hash": (bytes, chance) => withReceipt(bytes, chance, (receipt) => {
    const decision = { ...receipt.decision, purposes: { analytics: true, marketing: true } } as Decision;
    return { ...receipt, decision, link: { ...receipt.link, commitment: sha256(committed(receipt.salt as string, decision)) } };
  }),
  "a link made anew, and the one behind it": (bytes, chance) => {
    const all = lines(bytes);
    const at = 1 + chance(Math.max(1, all.length - 3));
    const [one, next] = [JSON.parse(all[at] as string) as Receipt, JSON.parse(all[at + 1] as string) as Receipt];
    if (one.kind !== "receipt" || next.kind !== "receipt") return undefined;
    const changed = { ...one, link: { ...one.link, recordedAt: one.link.recordedAt - 86_400_000 } };
    const following = { ...next, link: { ...next.link, prev: sha256(chained(changed.link)) } };
    return joined(all.with(at, `${canonical(changed)}\n`).with(at + 1, `${canonical(following)}\n`));
  },
};

function withReceipt(bytes: Buffer, chance: Chance, change: (receipt: Receipt) => Receipt): Buffer {
  const all = lines(bytes);
  const at = 1 + chance(all.length - 2);
  return joined(all.with(at, `${canonical(change(JSON.parse(all[at] as string) as Receipt))}\n`));
}

test(`${TRIALS} times something is done to a file, and 100 % of it is found`, async () => {
  const startedAt = Date.now();
  const seed = seedOf();
  const { throw: chance } = createDice(seed);
  const tried: Record<string, number> = {};
  const sets = [files.chain, files.customer, files.device].map((text) => Buffer.from(text));
  for (let trials = 0; trials < TRIALS; ) {
    const [what, harm] = Object.entries(harms)[chance(Object.keys(harms).length)] as [string, Harm];
    const whole = sets[chance(sets.length)] as Buffer;
    const harmed = harm(whole, chance);
    if (harmed === undefined || harmed.equals(whole)) continue;
    const { fault } = await verify(harmed);
    if (fault === undefined) throw new Error(`seed ${seed}: ${what} was not found:\n${harmed.toString()}`);
    tried[what] = (tried[what] ?? 0) + 1;
    trials += 1;
  }
  expect(Object.keys(tried).sort()).toEqual(Object.keys(harms).sort());
  record("receipts-harmed", { seed, trials: TRIALS, notFound: 0, tried, seconds: Math.round((Date.now() - startedAt) / 1_000) });
}, isLong ? 600_000 : 30_000);

test("every single byte of a file, changed in turn, is found", async () => {
  const bytes = Buffer.from(files.device);
  const step = isLong ? 1 : 17;
  for (let at = bytes.length - 400; at < bytes.length; at += 1) await expectFound(bytes, at); // the seal, on which all rests
  for (let at = 0; at < bytes.length - 400; at += step) await expectFound(bytes, at);
});

async function expectFound(bytes: Buffer, at: number): Promise<void> {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] as number) ^ 1;
  expect((await verify(changed)).fault, `byte ${at}`).toBeDefined();
}

test("not even a bit that means nothing may change: the last of a signature, the end of the last line, something behind it", async () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const same = files.device.replace(/(.)("[^"]*"site":"pk_test","v":1\}\n)$/, (_, last: string, rest: string) => `${alphabet[alphabet.indexOf(last) + 1]}${rest}`);
  const [was, is] = [files.device, same].map((text) => Buffer.from((JSON.parse(text.trimEnd().split("\n").at(-1) as string) as { sig: string }).sig, "base64url"));
  expect([same === files.device, was?.equals(is as Buffer)]).toEqual([false, true]); // other letters, the same signature
  for (const changed of [same, files.device.trimEnd(), `${files.device}x`, `${files.device}\n`, `\ufeff${files.device}`]) expect((await verify(changed)).fault).toBeDefined();
});

test("what the holder of the key has put together wrongly is found as well", async () => {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const receiptKey = tempFile("receipts.pem");
  writeFileSync(receiptKey, pem);
  const rowsOf = async (key = "pk_test"): Promise<readonly ReceiptRow[]> => {
    const database = emptyDatabase();
    const server = await createServer({ database, sites: [{ ...site, key }], receiptKey });
    for (let i = 0; i < 3; i++) await server.fetch(new Request("https://sync.example/v1/push", { method: "POST", body: JSON.stringify({ ...stranger({ site: key }), events: [decided()] }) }));
    await server.close();
    const store = await openStore(database);
    const rows = await store.read((tx) => tx.receipts(key, 0, 9));
    await store.close();
    return rows;
  };
  const [one, two, strange] = [await rowsOf(), await rowsOf(), await rowsOf("pk_other")] as [ReceiptRow[], ReceiptRow[], ReceiptRow[]];
  const key = (await createKeyring(pem).find(undefined as never)) as SigningKey;
  const said = async (rows: readonly (ReceiptRow | undefined)[], more: Partial<Cover> = {}): Promise<string | undefined> => {
    let text = "";
    for await (const line of linesOf({ site: "pk_test", set: "chain", madeAt: 1, keys: [key.pub], key, ...more }, [rows as ReceiptRow[]])) text += line;
    return (await verify(text)).fault?.what;
  };
  expect(await said(one)).toBeUndefined();
  expect(await said([one[0], one[2]], { set: "customer" })).toBeUndefined(); // others stand between
  expect(await said([one[0], two[1], two[2]])).toBe("number 2 does not continue number 1: one of them is of another chain");
  expect(await said([one[0], two[1]], { set: "customer" })).toBe("number 2 does not continue number 1: one of them is of another chain");
  expect(await said([one[1], one[2]])).toBe("number 2 follows number 0: receipts between them are missing");
  expect(await said([one[0], strange[1]])).toBe("the receipt is of another site");
  expect(await said(one, { keys: [{ ...key.pub, kid: sha256("x") }] })).toBe("a public key does not belong to its id");
  expect(await said(one, { keys: [] })).toBe("the key that signed is not among those in the head");
  const sealOf = async (change: Partial<Seal>): Promise<string | undefined> => {
    let text = "";
    for await (const line of linesOf({ site: "pk_test", set: "chain", madeAt: 1, keys: [key.pub], key }, [one])) text += line;
    const { sig: _, ...seal } = { ...(linesIn(text).at(-1) as Seal), ...change };
    const last = canonical({ ...seal, sig: key.sign(signedSeal(seal)) });
    return (await verify(`${text.trimEnd().split("\n").slice(0, -1).join("\n")}\n${last}\n`)).fault?.what;
  };
  expect(await sealOf({})).toBeUndefined();
  expect(await sealOf({ count: 2 })).toBe("3 receipts stand above the seal, and 2 were sealed");
  expect(await sealOf({ site: "pk_other" })).toBe("the seal is of another site");
});

test("what is wrong is said with the line it is in", async () => {
  const all = lines(Buffer.from(files.chain));
  const said = async (parts: readonly string[]): Promise<unknown> => {
    const { fault } = await verify(joined(parts));
    return [fault?.line, fault?.what];
  };
  expect(await said(all.toSpliced(3, 1))).toEqual([4, "number 4 follows number 2: receipts between them are missing"]);
  expect(await said(all.with(3, all[4] as string).with(4, all[3] as string))).toEqual([4, "number 4 follows number 2: receipts between them are missing"]);
  expect(await said(all.toSpliced(3, 0, all[2] as string))).toEqual([4, "number 2 stands behind number 2: a receipt was moved or doubled"]);
  expect(await said(all.slice(0, -1))).toEqual([10, "the file ends before its seal: lines are missing"]);
  expect(await said(all.map((line) => line.replace('"marketing":false', '"marketing":true')))).toEqual([2, "the decision is not the one that was signed"]);
  expect(await said([...all, all[1] as string])).toEqual([11, "something stands behind the seal"]);
  expect(await said([])).toEqual([1, "the file ends before its seal: lines are missing"]);
  expect(await said(["hello\n"])).toEqual([1, "the line is not JSON"]);
  expect(await said(["[".repeat(50_000) + "]".repeat(50_000) + "\n"])).toEqual([1, "the line is no head, receipt or seal of this version"]);
});

test("a file that somebody has made with a key of their own is whole, and found out by whoever has the shop's key", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [decided()]);
  const forged = await receiptsOf(desk, who); // another database, another key, the same site
  const keys = JSON.stringify({ keys: (JSON.parse(files.chain.split("\n")[0] as string) as { keys: unknown }).keys });
  expect((await verify(forged)).fault).toBeUndefined();
  expect((await verify(forged, { keys })).fault).toEqual({ line: 2, what: "the key that signed is none of those that were given" });
  expect((await verify(files.chain, { keys })).fault).toBeUndefined();
  await expect(verify(forged, { keys: "hush" })).rejects.toThrow(/no Ed25519 public keys/);
});

test("which receipts were given on a text is told by the text alone", async () => {
  expect((await verify(files.chain, { text: Buffer.from(`${WORDS} 2`) })).onText).toEqual([5]);
  expect((await verify(files.chain, { text: Buffer.from(WORDS) })).onText).toEqual([2, 4, 6, 8]);
  expect((await verify(files.chain, { text: Buffer.from(`${WORDS}\n`) })).onText).toEqual([]);
});

test("a purpose may be called anything that a purpose may be called", async () => {
  const desk = await createDesk();
  const who = stranger();
  const purposes = JSON.parse('{"__proto__":true,"constructor":false,"größer":true,"a\\"b":false,"1":true}') as Record<string, boolean>;
  await desk.push(who, [JSON.parse(JSON.stringify(decided()).replace(/"purposes":\{[^}]*\}/, () => `"purposes":${JSON.stringify(purposes)}`)) as never]);
  const text = await receiptsOf(desk, who);
  expect((await verify(text)).fault).toBeUndefined();
  expect(Object.entries(receiptsIn(text)[0]?.decision?.purposes ?? {}).sort()).toEqual(Object.entries(purposes).sort());
});
