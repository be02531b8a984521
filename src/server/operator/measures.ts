/** What the server counts about itself. No customer, device, cart or address stands in any label, and each label has few values. */
import { isKnownType } from "../../model/admission.js";
import type { Push, Verdict } from "../../wire/push.js";
import { idOf } from "../request.js";
import type { Tries } from "../tries.js";
import { type Counter, createMeter, type Histogram, type Meter } from "./meter.js";

export interface Measures {
  readonly meter: Meter;
  readonly requests: Counter;
  readonly requestSeconds: Histogram;
  readonly refusals: Counter;
  readonly wrongCodes: Counter;
  readonly storeSeconds: Histogram;
  /** From a commit until a follower's stream has it. */
  readonly deliverySeconds: Histogram;
  readonly slowReaders: Counter;
  /** What came of the events of a push. */
  pushed(events: Push["events"], answers: readonly Verdict[]): void;
}

const FAST = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMeasures(): Measures {
  const meter = createMeter();
  const events = meter.counter("carryover_events_total", "Events that were pushed, by type and by what came of them.", ["type", "verdict"]);
  const refusals = meter.counter("carryover_refusals_total", "Refusals by their code: of whole requests and of single events.", ["of", "code"]);
  return {
    meter, refusals,
    requests: meter.counter("carryover_requests_total", "Requests that were answered.", ["route", "status"]),
    requestSeconds: meter.histogram("carryover_request_seconds", "From a request's arrival until its answer; of a stream, until it begins.", FAST, "route"),
    wrongCodes: meter.counter("carryover_wrong_codes_total", "Wrong codes of handoffs and kiosks."),
    storeSeconds: meter.histogram("carryover_store_seconds", "From asking the database until its answer; of a write, until it is durable.", FAST, "job"),
    deliverySeconds: meter.histogram("carryover_delivery_seconds", "From the commit of an event until it is written to the stream of a device that follows.", FAST),
    slowReaders: meter.counter("carryover_slow_readers_total", "Streams that were cut off since their reader let too much pile up."),
    pushed(pushed, answers) {
      const types = new Map(pushed.map((raw) => [idOf(raw), typeOf(raw)]));
      for (const [id, verdict, detail] of answers) {
        events.add([types.get(id) ?? "other", verdict]);
        if (verdict === "refused") refusals.add(["event", detail]);
      }
    },
  };
}

/** Tries whose wrong ones are counted for whoever runs the server. */
export function countedTries(tries: Tries, wrongCodes: Counter): Tries {
  return {
    ...tries,
    wrong(guess) {
      wrongCodes.add();
      return tries.wrong(guess);
    },
  };
}

/** A device may name its types as it likes; those that nobody knows are counted together. */
function typeOf(raw: unknown): string {
  const type = (raw as { readonly type?: unknown } | null)?.type;
  return typeof type === "string" && isKnownType(type) ? type : "other";
}
