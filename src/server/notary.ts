/** Gives a receipt for each decision about consent, in the transaction that writes it, each chained to the one before. */
import { randomBytes } from "node:crypto";
import { isDecision } from "../model/consent.js";
import type { Entry } from "../model/event.js";
import { canonical, chained, committed, type Decision, type Link, RECEIPT, signedLink } from "../wire/receipt.js";
import { hashOf } from "./credential.js";
import type { Keyring, SigningKey } from "./signing-key.js";
import type { ReceiptRow } from "./store/receipts.js";
import type { LogRow, Transaction } from "./store/store.js";

export interface Notary {
  readonly keys: Keyring;
  /** Writes down each decision among a log's new entries; passes over what is none. */
  attest(tx: Transaction, log: LogRow, entries: readonly Entry[], now: number): Promise<void>;
}

type Chain = Pick<ReceiptRow, "n" | "hash">;

const SALT_BYTES = 16;

/** `epoch` is the database's, as it is now. */
export function createNotary(keys: Keyring, epoch: () => string): Notary {
  return {
    keys,
    async attest(tx, log, entries, now) {
      const decisions = entries.flatMap((entry) => decisionIn(entry, log) ?? []);
      if (decisions.length === 0) return;
      const key = await keys.take(tx);
      await tx.putReceiptKey(log.site, key.pub);
      let last: Chain = (await tx.lastReceipt(log.site)) ?? { n: 0, hash: "" };
      for (const decision of decisions) {
        const row = receiptOf(decision, { site: log.site, epoch: epoch(), recordedAt: now }, last, key);
        await tx.putReceipt({ ...row, owner: log.id });
        last = row;
      }
    },
  };
}

/** What the model would not read as a decision got no effect, and so gets no receipt. */
function decisionIn({ id, type, data, at, device, channel, from }: Entry, log: LogRow): Decision | undefined {
  if (type !== "consent-decided" || !isDecision(data)) return undefined;
  const { scope, asked, policy, purposes, text, lang, layer, isSignalled } = data;
  const origin = from?.[0]?.log;
  return {
    event: id, subject: log.id, ...(origin !== undefined && { from: origin }), device, channel,
    scope, asked, policy, purposes, ...shown({ text, lang, layer, isSignalled }), decidedAt: at,
  };
}

function shown(words: Partial<Record<"text" | "lang" | "layer", string | undefined>> & { isSignalled: boolean | undefined }): Pick<Decision, "text" | "lang" | "layer" | "isSignalled"> {
  return Object.fromEntries(Object.entries(words).filter(([, word]) => word !== undefined));
}

function receiptOf(decision: Decision, where: Pick<Link, "site" | "epoch" | "recordedAt">, last: Chain, key: SigningKey): ReceiptRow {
  const salt = randomBytes(SALT_BYTES).toString("base64url");
  const bare = { ...where, v: RECEIPT, n: last.n + 1, prev: last.hash, commitment: hashOf(committed(salt, decision)), key: key.pub.kid } as const;
  const link: Link = { ...bare, sig: key.sign(signedLink(bare)) };
  return { site: link.site, n: link.n, hash: hashOf(chained(link)), link: canonical(link), recordedAt: link.recordedAt, salt, decision: canonical(decision) };
}
