/** What the two screens of a handoff are told of where it stands. */
import { randomInt } from "node:crypto";
import type { Progress, Screen } from "../wire/handoff.js";
import type { Context } from "./context.js";
import { hashOf } from "./credential.js";
import type { DeviceRow, HandoffRow } from "./store/store.js";

/** Numbers of two digits: quick to compare, and one wrong choice ends the handoff. */
const NUMBERS = { min: 10, max: 100, shown: 3 };

export function drawNumber(): number {
  return randomInt(NUMBERS.min, NUMBERS.max);
}

/** Tells the offering screen, wherever its streams are. */
export function tell(context: Context, row: HandoffRow, receiver?: DeviceRow): void {
  context.live.handoff(row.offerer, offeringOf(row, receiver));
}

/** What the offering screen is told, with the other one as far as it is known. */
export function offeringOf(row: HandoffRow, receiver: DeviceRow | undefined): Progress {
  return { ...progressOf(row, "offering"), ...(receiver && { other: screenOf(receiver) }) };
}

/** Tells both screens that it is over. A borrower is told by the end of its stream: when it asks again it is nobody. */
export function tellEnd(context: Context, row: HandoffRow): void {
  tell(context, row);
  if (row.mode === "lend" && row.receiver !== undefined) context.live.bye(row.receiver);
}

export function progressOf({ id, mode, status, expiresAt, number, url, endsAt }: HandoffRow, side: "offering" | "receiving"): Progress {
  const isAsked = status === "to-approve" && number !== undefined;
  return {
    mode, status, expiresAt,
    ...(isAsked && (side === "receiving" ? { number } : { choices: choicesOf(id, number) })),
    ...(side === "receiving" && url !== undefined && { page: url }),
    // A screen that was wiped has nothing to undo: it may be another shopper's by now.
    ...(endsAt !== undefined && (side === "receiving" || mode !== "take") && { endsAt }),
  };
}

/**
 * The number among others, in ascending order, so that the order tells nothing, and the same others whenever
 * the screen is told again, so that what stays does not give it away.
 */
function choicesOf(id: string, number: number): number[] {
  const choices = new Set([number]);
  for (let i = 0; choices.size < NUMBERS.shown; i++) {
    const draw = Buffer.from(hashOf(`choice:${id}:${i}`), "base64url").readUInt32BE();
    choices.add(NUMBERS.min + (draw % (NUMBERS.max - NUMBERS.min)));
  }
  return [...choices].sort((a, b) => a - b);
}

export function screenOf({ channel, name, store }: DeviceRow): Screen {
  return { channel, ...(name !== undefined && { name }), ...(store !== undefined && { store }) };
}
