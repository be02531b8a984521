/** What a customer did on this device when the server has forgotten the device: kept until they sign in again. */
import type { Event } from "../model/event.js";
import type { Device } from "./device.js";

interface Held {
  readonly customer: string;
  readonly events: readonly Event[];
}

/** Takes the customer's latest events out of the copy; the returned function puts them on the shelf. */
export function hold({ shelf, copy }: Device, customer: string): () => void {
  const events = copy.own.map((event) => ({ epoch: copy.epoch || undefined, ...event }));
  const held: Held = { customer, events };
  return () => void (events.length > 0 && shelf.write("held", JSON.stringify(held)));
}

/** The same customer is back: the account is asked what it lacks of them. */
export function takeUp({ shelf, copy }: Device, customer: string): void {
  const held = parse(shelf.read("held"));
  shelf.write("held", undefined);
  if (held?.customer === customer) copy.doubt(held.events);
}

function parse(text = "null"): Held | undefined {
  try {
    const held = JSON.parse(text) as Held | null;
    return Array.isArray(held?.events) ? (held ?? undefined) : undefined;
  } catch {
    return undefined; // cut off by a full disk
  }
}
