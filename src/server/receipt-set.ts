/** Receipts as they are handed out: a head with the public keys, a line for each, and a seal over all of it. */
import { createHash } from "node:crypto";
import { canonical, type Decision, type Head, type Link, type Receipt, RECEIPT, type ReceiptKey, type Seal, signedSeal } from "../wire/receipt.js";
import type { Known } from "./device.js";
import type { Notary } from "./notary.js";
import type { SigningKey } from "./signing-key.js";
import type { ReceiptRow } from "./store/receipts.js";
import type { Reading, Store } from "./store/store.js";

const PAGE = 500;

/** What a set says of itself, and who seals it. */
export interface Cover extends Pick<Head, "site" | "set" | "subject" | "madeAt" | "keys"> {
  readonly key: SigningKey;
}

/** The lines of a set, each with its end of line. */
export async function* linesOf({ key, ...about }: Cover, pages: AsyncIterable<readonly ReceiptRow[]> | Iterable<readonly ReceiptRow[]>): AsyncGenerator<string> {
  const digest = createHash("sha256");
  let count = 0;
  const line = (content: Head | Receipt): string => {
    const text = `${canonical(content)}\n`;
    digest.update(text);
    return text;
  };
  yield line({ kind: "head", v: RECEIPT, ...about });
  for await (const page of pages) {
    count += page.length;
    for (const row of page) yield line(receiptIn(row));
  }
  const bare = { kind: "seal", v: RECEIPT, site: about.site, count, digest: digest.digest("base64url"), madeAt: about.madeAt, key: key.pub.kid } as const;
  const seal: Seal = { ...bare, sig: key.sign(signedSeal(bare)) };
  yield `${canonical(seal)}\n`;
}

/** A receipt as it is handed out: of an erased one only the link. */
export function receiptIn({ link, salt, decision }: ReceiptRow): Receipt {
  const kept = { kind: "receipt", link: JSON.parse(link) as Link } as const;
  return salt === undefined || decision === undefined ? kept : { ...kept, salt, decision: JSON.parse(decision) as Decision };
}

/** The keys that a site's receipts were signed with, and the one that signs the next. */
export async function keysOf(notary: Notary, tx: Reading, site: string): Promise<ReceiptKey[]> {
  const now = await notary.keys.find(tx);
  const used = await tx.receiptKeys(site);
  return now === undefined || used.some(({ kid }) => kid === now.pub.kid) ? [...used] : [...used, now.pub];
}

/** The key to seal with; made where there is none yet, so that a set without receipts is sealed as well. */
export async function sealingKey(store: Store, notary: Notary): Promise<SigningKey> {
  return (await store.read((tx) => notary.keys.find(tx))) ?? store.transact((tx) => notary.keys.take(tx));
}

/** The receipts that a device may have: a customer's all of theirs, a visitor those they gave on this very device. */
export async function receiptsFor(tx: Reading, { device, log }: Known): Promise<readonly ReceiptRow[]> {
  const rows = await tx.receiptsOf(log.id);
  if (log.customer !== undefined) return rows;
  return rows.filter(({ decision }) => decision !== undefined && (JSON.parse(decision) as Decision).device === device.device);
}

/** The whole chain of a site, up to where it ends when the first page is read. */
export async function* chainPages(store: Store, site: string): AsyncGenerator<readonly ReceiptRow[]> {
  const end = (await store.read((tx) => tx.lastReceipt(site)))?.n ?? 0;
  for (let n = 0; n < end; ) {
    const page = await store.read((tx) => tx.receipts(site, n, Math.min(PAGE, end - n)));
    yield page;
    n = page.at(-1)?.n ?? end;
  }
}
