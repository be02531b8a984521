/** The feed of all logs of a site, for the shop's own systems: CloudEvents 1.0, and where to go on. */
import type { Entry } from "../model/event.js";

/** With GET and the secret key. */
export const FEED = "/v1/feed";

/** How a site's webhooks fare, by GET; and, by POST, that one is to go on. */
export const WEBHOOK_PATHS = { list: "/v1/webhooks", resume: "/v1/webhooks/:name/resume" } as const;

export const FEED_LIMIT = { usual: 100, most: 1_000 } as const;

/** Says that a log is gone, and nothing else of it: whoever has kept something of it erases that as well. */
export const ERASED = "log-erased";

/** Structured JSON as CloudEvents 1.0 has it. */
export interface CloudEvent {
  readonly specversion: "1.0";
  /** The same whenever it is told again, and of no other. */
  readonly id: string;
  /** `urn:carryover:` and the site. */
  readonly source: string;
  /** `shop.carryover.`, the type of the event, and the version of this envelope: `shop.carryover.line-added.v1`. */
  readonly type: string;
  /** The log, by a name that only the feed has for it. */
  readonly subject: string;
  /** When it was done, by the clock of the device as far as the server believes it. */
  readonly time: string;
  readonly datacontenttype?: "application/json";
  /** Absent where a log is gone. */
  readonly data?: FeedData;
}

export interface FeedData {
  readonly log: string;
  /** The shop's name for the customer as it is now; absent for a visitor. */
  readonly customer?: string;
  readonly entry: Entry;
}

export interface FeedAnswer {
  readonly events: readonly CloudEvent[];
  /** For `after` in the next question, whether or not there was anything. */
  readonly cursor: string;
}

/** How a webhook fares. Times in ms since epoch. */
export interface WebhookState {
  readonly name: string;
  readonly isOn: boolean;
  /** Tries that failed since the last that did not. */
  readonly failures: number;
  readonly failingSince?: number;
  readonly retryAt?: number;
  readonly offAt?: number;
  /** What was answered last; 0 for no answer. */
  readonly lastStatus?: number;
}

export interface WebhooksAnswer {
  readonly webhooks: readonly WebhookState[];
}
