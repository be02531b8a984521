/** What a process has to say to the others: gathered for a moment, the same thing once; and the reading of what they say. */
import * as v from "valibot";
import type { Notice } from "./bus.js";

const Text = v.pipe(v.string(), v.maxLength(200));
const Message = v.tuple([Text, v.array(v.union([
  v.tuple([v.literal("log"), Text, v.pipe(v.number(), v.safeInteger()), v.optional(v.pipe(v.number(), v.finite()))]),
  v.tuple([v.picklist(["bye", "handoff"]), Text]),
  v.tuple([v.literal("missed")]),
]))]);

/** Beyond so many that wait, the others are told to look by themselves instead. */
const MOST = 5_000;
/** The longest notice has two short names and two numbers. */
const A_MESSAGE = 50;

export interface Talk {
  add(notice: Notice): void;
  /** What waits, as messages of at most 50 notices, which are less than 8 000 bytes. */
  take(): readonly string[];
  /** What somebody else says; nothing when it is our own word, or not of this language. */
  heard(message: string): readonly Notice[];
  readonly isEmpty: boolean;
}

/** `self` is the name under which this process speaks. */
export function createTalk(self: string): Talk {
  const waiting = new Map<string, Notice>();
  const own = `[${JSON.stringify(self)},`;
  return {
    add(notice) {
      const key = notice.slice(0, 2).join(" ");
      const before = waiting.get(key);
      if (waiting.size < MOST || before !== undefined) waiting.set(key, before === undefined ? notice : together(before, notice));
      else waiting.set("missed", ["missed"]);
    },
    take() {
      const notices = [...waiting.values()];
      waiting.clear();
      return Array.from({ length: Math.ceil(notices.length / A_MESSAGE) }, (_, i) => JSON.stringify([self, notices.slice(i * A_MESSAGE, (i + 1) * A_MESSAGE)]));
    },
    heard(message) {
      if (message.startsWith(own)) return []; // what is said to all comes back to whoever says it
      const parsed = v.safeParse(Message, parse(message));
      return parsed.success ? parsed.output[1] : [];
    },
    get isEmpty() {
      return waiting.size === 0;
    },
  };
}

/** What is said twice is said once: how far a log goes by now, and since when the others lack something of it. */
function together(before: Notice, notice: Notice): Notice {
  return before[0] === "log" && notice[0] === "log" ? ["log", notice[1], Math.max(before[2], notice[2]), before[3] ?? notice[3]] : notice;
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined; // somebody else speaks here
  }
}
