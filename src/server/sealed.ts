/** Takes in what a device could not send before its customer signed out. */
import { createDecipheriv } from "node:crypto";
import * as v from "valibot";
import { Push } from "../wire/push.js";
import type { Sealed } from "../wire/session.js";
import type { Context } from "./context.js";
import { COOKIE } from "./credential.js";
import { isByItsKey, isRetired, type Presented } from "./device.js";
import { giveBack } from "./loan.js";
import { tellEnd } from "./progress.js";
import { Refused } from "./refusal.js";
import { writeEvents } from "./push.js";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Only the events: whoever holds the box proves nothing, the key that opens it does. */
const Inside = v.pick(Push, ["channel", "epoch", "events"]);

/** Opens a box with the hash of the credential it was sealed under, writes its events, and revokes the device. */
export async function takeSealed(context: Context, { key, box, ...brought }: Sealed & Omit<Presented, "credential">): Promise<void> {
  const now = context.now();
  const { news, loan } = await context.store.transact(async (tx) => {
    const sealer = await tx.credentialBySeal(key);
    // Who signed out before the push could be sent has signed out; a credential that was taken from a device writes nothing more.
    const device = sealer && sealer.chain !== COOKIE && !isRetired(sealer, now) ? await tx.device(sealer.device) : undefined;
    const site = device && context.sites.get(device.site);
    const log = device && (await tx.log(device.log));
    if (sealer === undefined || device === undefined || !isByItsKey(device, brought) || site === undefined || log === undefined) throw new Refused("not-found", "Nothing here opens this box.");
    const inside = v.safeParse(Inside, unseal(sealer.hash, box));
    if (!inside.success) throw new Refused("request-malformed", "The box holds no push.");
    // What a borrower had not sent by the end of its visit does not count: whose cart it is has been told that it is over.
    const loan = await giveBack(tx, device.hash);
    if (loan !== undefined) return { news: [], loan };
    const { news } = await writeEvents(context, tx, site, { device, log }, inside.output, now);
    await tx.putDevice({ ...device, isRevoked: true });
    return { news: [news] };
  });
  context.live.announce(news);
  if (loan !== undefined) tellEnd(context, loan);
}

function unseal(hash: string, box: string): unknown {
  const bytes = Buffer.from(box, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", Buffer.from(hash, "base64url"), bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return JSON.parse(text.toString("utf8"));
  } catch {
    throw new Refused("not-found", "Nothing here opens this box."); // one answer for every reason: a stranger learns nothing
  }
}
