/** A sign-in is taken back: the visitor's cart goes back to its device, and the customer keeps what is theirs. */
import type { Entry } from "../model/event.js";
import { type Release, releaseData, RETURNED } from "../model/release.js";
import type { Unlink } from "../wire/session.js";
import { allEntries, serverEntry } from "./adopt.js";
import type { Context } from "./context.js";
import { knownDevice, type Presented } from "./device.js";
import type { News } from "./live.js";
import { recall } from "./loan.js";
import type { Draft } from "./log.js";
import { tellEnd } from "./progress.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";
import type { DeviceRow, LogRow, Transaction } from "./store/store.js";

/** Takes back the sign-in of this device, or of another one of the same customer: it is a visitor's again, with the cart it had. */
export async function unlink(context: Context, site: Site, body: Unlink & Presented): Promise<void> {
  const now = context.now();
  const { news, device, loan } = await context.store.transact(async (tx) => {
    const { device: caller, log } = await knownDevice(tx, site, body, now);
    const device = (await tx.devicesOf(log.id)).find((one) => one.device === (body.device ?? caller.device) && !one.isRevoked);
    if (log.customer === undefined || device === undefined) throw impossible("No such device is signed in to this customer's cart.");
    const visitor = device.cameFrom === undefined ? undefined : await tx.log(device.cameFrom);
    if (visitor === undefined) throw impossible("What this device had before the sign-in is not kept any more.");
    return { news: await release(context, tx, site, visitor, log, { by: caller.device, reason: body.reason }, [device], now), device, loan: await recall(tx, device.hash) };
  });
  context.live.announce(news);
  if (loan !== undefined) tellEnd(context, loan);
  context.live.bye(device.hash);
}

/**
 * Undoes `adopt`: `visitor` is open again as it was, with what has reached its new owner under its name since, and `devices` write
 * to it; `from` shows what it would show without. Refused when the two are not linked any more.
 */
export async function release(
  context: Context, tx: Transaction, site: Site, visitor: LogRow, from: LogRow, { by, reason }: Omit<Release, "log">, devices: readonly DeviceRow[], now: number,
): Promise<News[]> {
  if (visitor.mergedInto !== undefined && visitor.mergedInto !== from.id) throw impossible("This cart has moved on since.");
  const entries = await allEntries(tx, from.id);
  const owner = await context.logs.open(tx, from);
  owner.add(serverEntry("visitor-released", releaseData(entries, { log: visitor.id, by, reason }), from.head, now));
  const { mergedInto: _, ...reopened } = visitor;
  const returned = await context.logs.open(tx, reopened);
  for (const draft of lateOf(entries, visitor.id)) returned.add(draft);
  returned.add(serverEntry(RETURNED, { log: from.id, by, reason }, visitor.head, now));
  const news = [{ log: from.id, entries: await owner.flush(now, site.guestCartMs) }, { log: visitor.id, entries: await returned.flush(now, site.guestCartMs) }];
  // What is still on its way in a customer's name is not the visitor's; between guests it goes where its device goes.
  for (const { signedInAt: __, cameFrom: ___, ...device } of devices) await tx.putDevice({ ...device, log: visitor.id, ...(from.customer !== undefined && { cameFrom: from.id }) });
  for (const { id } of [visitor, ...(await tx.logsInto(visitor.id))]) await tx.moveReceipts(from.id, visitor.id, id);
  return news;
}

/** What was written to the visitor's log when it was another's already, as it would have come to stand there. */
function lateOf(entries: readonly Entry[], log: string): Draft[] {
  return entries.flatMap(({ seq: _, from = [], ...entry }) => {
    const last = from.at(-1);
    if (last?.log !== log || last.seq !== undefined) return [];
    return { ...entry, ...(from.length > 1 && { from: from.slice(0, -1) }) };
  });
}

function impossible(sentence: string): Refused {
  return new Refused("unlink-impossible", sentence);
}
