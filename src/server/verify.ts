/** Verifies a file of receipts without the server that gave them: every byte of it counts. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { canonical, chained, committed, type Head, Line, type Link, type Receipt, type Seal, signedLink, signedSeal, thumbed } from "../wire/receipt.js";
import { hashOf } from "./credential.js";
import { checkOf, readPublicKeys } from "./signing-key.js";

/** What is known beforehand. */
export interface VerifyOptions {
  /**
   * Public keys known to be the shop's, from a source other than the file: PEM, or as `/v1/receipt-keys` answers them.
   * Without them the file's own are believed.
   */
  readonly keys?: string;
  /** A text that was shown: which receipts were given on it? */
  readonly text?: Uint8Array;
}

/** What a file of receipts holds, as far as it is in order. */
export interface Verdict {
  /** The first thing that is wrong, with its line; absent when nothing is. */
  readonly fault?: { readonly line: number; readonly what: string };
  readonly site?: string;
  readonly set?: Head["set"];
  /** Of the receipts, how many were read and how many of them are erased but for their link. */
  readonly count: number;
  readonly erased: number;
  /** The keys that signed. */
  readonly keys: readonly string[];
  /** Numbers of the receipts in front of which a backup was put back. */
  readonly restoredBefore: readonly number[];
  /** Numbers of the receipts that were given on the text asked for. */
  readonly onText: readonly number[];
  /** The hash of each link by its number, to compare two files. */
  readonly hashes: ReadonlyMap<number, string>;
}

/** Thrown within a line, caught where the line's number is known. */
class Fault extends Error {}

interface Reading {
  /** Ids of the keys that were given beforehand. */
  readonly trusted: readonly string[] | undefined;
  /** Hash of the text asked for. */
  readonly text: string | undefined;
  readonly digest: ReturnType<typeof createHash>;
  readonly checks: Map<string, (text: string, sig: string) => boolean>;
  readonly used: Set<string>;
  readonly restoredBefore: number[];
  readonly onText: number[];
  readonly hashes: Map<number, string>;
  head?: Head;
  last?: Link;
  isSealed: boolean;
  erased: number;
}

/**
 * Reads a file of receipts, piece by piece, and says what it holds and the first thing that is wrong with it. A file in
 * which any byte was changed, left out, added or moved is never in order.
 *
 * @example
 * const { fault, count } = await verifyReceipts(createReadStream("receipts.jsonl"));
 */
export async function verifyReceipts(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options: VerifyOptions = {}): Promise<Verdict> {
  const reading = begin(options);
  let line = 1;
  try {
    for await (const bytes of linesIn(pieces)) {
      readLine(reading, bytes);
      line += 1;
    }
    if (!reading.isSealed) throw new Fault("the file ends before its seal: lines are missing");
    return verdictOf(reading);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...verdictOf(reading), fault: { line, what: error.message } };
  }
}

function begin({ keys, text }: VerifyOptions): Reading {
  return {
    trusted: keys === undefined ? undefined : readPublicKeys(keys).map(({ kid }) => kid), text: text && hashOf(text), digest: createHash("sha256"),
    checks: new Map(), used: new Set(), restoredBefore: [], onText: [], hashes: new Map(), isSealed: false, erased: 0,
  };
}

function verdictOf({ head, erased, used, restoredBefore, onText, hashes }: Reading): Verdict {
  return { ...(head && { site: head.site, set: head.set }), count: hashes.size, erased, keys: [...used], restoredBefore, onText, hashes };
}

const NEWLINE = 0x0a;

/** The lines with their ends; the last one must have one, too. */
async function* linesIn(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    rest = Buffer.concat([rest, piece]);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      yield rest.subarray(0, end + 1);
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) throw new Fault("the file does not end with the end of a line");
}

function readLine(reading: Reading, bytes: Buffer): void {
  if (reading.isSealed) throw new Fault("something stands behind the seal");
  const line = parse(bytes);
  if (line.kind === "seal") return readSeal(reading, line);
  reading.digest.update(bytes);
  if (line.kind === "head") readHead(reading, line);
  else readReceipt(reading, line);
}

/** Only the canonical form is taken, so that no byte can be changed without a change of meaning. */
function parse(bytes: Buffer): Line {
  let content: unknown;
  const text = bytes.subarray(0, -1).toString("utf8");
  try {
    content = JSON.parse(text);
  } catch {
    throw new Fault("the line is not JSON");
  }
  if (!v.is(Line, content)) throw new Fault("the line is no head, receipt or seal of this version");
  if (!bytes.equals(Buffer.from(`${canonical(content)}\n`))) throw new Fault("the line is not written in the canonical form, so it was changed");
  return content; // as it was written: a check that copies leaves out what is called __proto__
}

function readHead(reading: Reading, head: Head): void {
  if (reading.head !== undefined) throw new Fault("a second head stands here");
  for (const key of head.keys) {
    if (hashOf(thumbed(key)) !== key.kid) throw new Fault("a public key does not belong to its id");
    reading.checks.set(key.kid, checkOf(key));
  }
  reading.head = head;
}

function readReceipt(reading: Reading, { link, salt, decision }: Receipt): void {
  const { head, last } = reading;
  if (head === undefined) throw new Fault("the file does not begin with a head");
  if (link.site !== head.site) throw new Fault("the receipt is of another site");
  checkPlace(head, link, last, reading.hashes);
  checkSignature(reading, link.key, signedLink(link), link.sig, "the signature does not belong to this receipt");
  if ((salt === undefined) !== (decision === undefined)) throw new Fault("of the decision only a part is there");
  if (salt === undefined || decision === undefined) reading.erased += 1;
  else if (hashOf(committed(salt, decision)) !== link.commitment) throw new Fault("the decision is not the one that was signed");
  if (last !== undefined && last.epoch !== link.epoch) reading.restoredBefore.push(link.n);
  if (decision?.text !== undefined && decision.text === reading.text) reading.onText.push(link.n);
  reading.hashes.set(link.n, hashOf(chained(link)));
  reading.last = link;
}

function checkPlace(head: Head, link: Link, last: Link | undefined, hashes: ReadonlyMap<number, string>): void {
  const before = last?.n ?? 0;
  if (link.n <= before) throw new Fault(`number ${link.n} stands behind number ${before}: a receipt was moved or doubled`);
  if (head.set === "chain" && link.n !== before + 1) throw new Fault(`number ${link.n} follows number ${before}: receipts between them are missing`);
  if (link.n === before + 1 && link.prev !== (hashes.get(before) ?? "")) throw new Fault(`number ${link.n} does not continue number ${before}: one of them is of another chain`);
}

function readSeal(reading: Reading, seal: Seal): void {
  if (reading.head === undefined) throw new Fault("the file does not begin with a head");
  checkSignature(reading, seal.key, signedSeal(seal), seal.sig, "the signature does not belong to this seal");
  if (seal.site !== reading.head.site) throw new Fault("the seal is of another site");
  if (seal.count !== reading.hashes.size) throw new Fault(`${reading.hashes.size} receipts stand above the seal, and ${seal.count} were sealed`);
  if (seal.digest !== reading.digest.digest("base64url")) throw new Fault("what stands above is not what was sealed");
  reading.isSealed = true;
}

/** The last letter of a signature says four bits too many: written in another way it would be another byte for the same signature. */
function checkSignature({ checks, used, trusted }: Reading, kid: string, text: string, sig: string, sentence: string): void {
  const check = checks.get(kid);
  if (check === undefined) throw new Fault("the key that signed is not among those in the head");
  if (trusted?.includes(kid) === false) throw new Fault("the key that signed is none of those that were given");
  if (Buffer.from(sig, "base64url").toString("base64url") !== sig || !check(text, sig)) throw new Fault(sentence);
  used.add(kid);
}
