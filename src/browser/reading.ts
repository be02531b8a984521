/** What a stream says, taken into the copy: entries that arrive together are folded together. */
import type { Entry } from "../model/event.js";
import type { Progress } from "../wire/handoff.js";
import { type Bye, decodeEntry, type EntryFrame, type Hello, type SnapshotFrame } from "../wire/pull.js";
import type { Clock } from "./clock.js";
import type { Copy } from "./copy.js";
import type { Settings } from "./options.js";
import { RefusalError } from "./refusal.js";
import type { Visitor } from "./visitor.js";

/** Takes in some text; says whether the server has greeted by now, and when the stream is to be taken up anew. */
export type Reading = (text: string) => "waiting" | "standing" | "over";

interface Ears {
  readonly settings: Settings;
  readonly copy: Copy;
  readonly clock: Clock;
  readonly handoff: (progress: Progress) => void;
  readonly visitor: Visitor;
  /** The sign-in that the device was asking under was taken back. */
  readonly released: () => void;
  /** The server has another past than this device; true when it is to be asked what it lacks. */
  readonly restored: () => boolean;
}

export function createReading({ settings, copy, clock, visitor, handoff, restored, released }: Ears): Reading {
  let epoch = "";
  let isOver = false;
  let entries: Entry[] = [];
  let rest = "";
  const openedAt = settings.now();
  const { cursor } = copy;
  const { log } = copy.replica;
  const customer = visitor.session?.customer;
  const { next } = (visitor.session && visitor.fresh(visitor.session)) ?? {}; // the stream is asked for in this very tick

  const take: Record<string, (data: never) => void> = {
    hello(hello: Hello) {
      epoch = hello.epoch;
      clock.measure(hello.now, openedAt);
      copy.greet(hello.log, epoch);
      if (hello.isNextKept) visitor.heard(next);
    },
    snapshot({ included, isVouched, ...frame }: SnapshotFrame) {
      if (cursor !== undefined && !isVouched && frame.log === log && restored()) isOver = true;
      else {
        // Who was a customer's when they asked, and is told of a visitor's log, is that visitor again.
        if (customer && visitor.session?.customer === customer && !frame.state.customer.isKnown) released();
        copy.take({ reset: frame, epoch, included });
      }
    },
    handoff,
    bye({ withinMs }: Bye) {
      if (withinMs) throw new RefusalError("unavailable", undefined, (withinMs * (settings.random(1)[0] ?? 0)) / 256); // not all at once
      isOver = true;
    },
    "": (frame: EntryFrame) => void entries.push(decodeEntry(frame)),
  };

  return (text) => {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      // What our server writes of the event stream format: one optional event line, one data line, comments.
      const [, event = "", data] = /^(?:event: (.*)\n)?data: (.*)$/.exec(block) ?? [];
      if (data !== undefined) take[event]?.(JSON.parse(data) as never);
    }
    const batch = entries;
    entries = [];
    if (batch.length > 0 && !copy.take({ received: batch })) isOver = true; // a hole: ask again from where we stand
    if (isOver) return "over";
    return epoch === "" ? "waiting" : "standing";
  };
}
