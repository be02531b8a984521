/** What the shop's own systems ask of the server, with the site's secret key: a customer's cart, and to write in their log. */
import * as v from "valibot";
import { Caller } from "./caller.js";
import { Push, type Verdict } from "./push.js";

/** `:customer` is the shop's name for them, the `sub` of its tokens, percent-encoded. */
export const SHOP_PATHS = { cart: "/v1/customers/:customer/cart", events: "/v1/customers/:customer/events" } as const;

/** Events as a device sends them. Their author is a system that has a name, `till-3`, in one of the site's channels. */
export const Append = v.object({
  channel: Caller.entries.channel,
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/)),
  /** The epoch that `base` speaks of, as the cart said it. */
  epoch: Push.entries.epoch,
  /** Judged one by one. */
  events: Push.entries.events,
});
export type Append = v.InferOutput<typeof Append>;

export interface AppendAnswer {
  readonly log: string;
  /** Server time, ms since epoch. */
  readonly now: number;
  readonly answers: readonly (Verdict | readonly [id: string, verdict: "refused", code: "shopper-only"])[];
}

export interface CartAnswer {
  readonly customer: string;
  /** What an event has seen whose author has read this: its `base`, and the epoch of that number. */
  readonly seq: number;
  readonly epoch: string;
  /** As the model shows it. */
  readonly cart: unknown;
}

/** What an entry calls its author that is no device: no device's name has a colon. */
export function systemNamed(name: string): string {
  return `system:${name}`;
}
