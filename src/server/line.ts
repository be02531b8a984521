/** One open stream: what is said before it stands waits, what it has told already is skipped, a reader that lags is cut off. */
import type { Progress } from "../wire/handoff.js";
import { byeText, clockMs, entryText, type Follower, handoffText } from "./live.js";
import type { Measures } from "./operator/measures.js";
import type { DeviceRow } from "./store/store.js";

/** A reader that lets this much pile up is cut off; it comes back with its cursor. */
const BUFFER_BYTES = 256 * 1024;
/** So long it may still take what was written; then the connection is given up, or somebody who never reads would hold it for ever. */
const TAKING_MS = 10_000;
/** So soon a new stream says one small word: a device that hears it in time knows that nothing on its way gathers them. */
const FIRST_BEAT_MS = 1_200;
/** Whoever was told goodbye and does not take even that: a server that stops waits for nobody who does not listen. */
const LEAVING_MS = 2_000;

/** A comment of the stream, for whoever listens whether there is anybody. */
const BEAT = ":\n\n";

/** Where a stream starts: what to say first, and the seq it has then reached. */
export interface Opening {
  readonly text: string;
  readonly seq: number;
  /** There is more in it than a greeting. */
  readonly isNews: boolean;
  /** It is not known yet whether small words come through. */
  readonly isPadded: boolean;
}

/** Who hears. */
type Heard = Pick<DeviceRow, "hash" | "device">;

export interface Line {
  /** The stream's ear, good from before it starts. */
  follower(device: Heard): Follower;
  /** With `holdMs` it is no stream: it ends with the first news, or after that time. */
  start(opening: Opening, leave: () => void, holdMs?: number): ReadableStream<Uint8Array>;
}

/** Who hears how a stream fares. */
export interface LineOptions {
  readonly measures: Pick<Measures, "deliverySeconds" | "slowReaders">;
  /** Breaks the connection off, where the server holds one. */
  readonly hangUp?: () => void;
}

export function createLine({ measures, hangUp }: LineOptions): Line {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let early: (() => void)[] = [];
  let reached = -1; // before the start
  let leave = (): void => {};
  let holding: NodeJS.Timeout | undefined;
  let first: NodeJS.Timeout | undefined;

  const end = (): void => {
    clearTimeout(holding);
    clearTimeout(first);
    leave();
    controller?.close();
    controller = undefined;
  };

  const write = (text: string): void => {
    if (controller === undefined || text === "") return;
    controller.enqueue(encoder.encode(text));
    if (holding !== undefined) return end();
    if ((controller.desiredSize ?? 0) <= 0) cutOff(controller);
  };

  const cutOff = (slow: ReadableStreamDefaultController<Uint8Array>): void => {
    measures.slowReaders.add();
    end();
    const giveUp = hangUp ?? (() => slow.error(new Error("carryover: the reader was too slow.")));
    setTimeout(giveUp, TAKING_MS).unref();
  };

  const follower = ({ hash, device }: Heard): Follower => ({
    device: hash,
    name: device,
    entries(news, text) {
      if (news.entries[0]?.seq === reached + 1) write(text);
      else write(news.entries.filter((entry) => entry.seq > reached).map(entryText).join(""));
      reached = Math.max(reached, news.entries.at(-1)?.seq ?? 0);
      if (news.committedAt !== undefined) measures.deliverySeconds.observe(Math.max(0, clockMs() - news.committedAt) / 1_000);
    },
    handoff: (progress: Progress) => write(handoffText(progress)),
    bye(withinMs = 0) {
      write(byeText(withinMs > 0 ? { withinMs } : {}));
      end();
      if (hangUp !== undefined) setTimeout(hangUp, LEAVING_MS).unref(); // of no effect on an answer that was taken
    },
    beat: () => holding ?? write(BEAT),
    bufferedBytes: () => (controller === undefined ? 0 : BUFFER_BYTES - (controller.desiredSize ?? 0)),
  });

  /** Until the stream stands, whatever is said to it is kept in order. */
  const patient = (line: Follower): Follower => {
    const say = (word: () => void): void => void (reached < 0 ? early.push(word) : word());
    return {
      ...line,
      entries: (news, text) => say(() => line.entries(news, text)),
      handoff: (progress) => say(() => line.handoff(progress)),
      bye: (withinMs) => say(() => line.bye(withinMs)),
      beat: () => say(() => line.beat()),
    };
  };

  const start = (opening: Opening, left: () => void, holdMs?: number): ReadableStream<Uint8Array> =>
    new ReadableStream<Uint8Array>({
      start(opened) {
        opened.enqueue(encoder.encode(opening.text));
        [controller, leave, reached] = [opened, left, opening.seq];
        const isAnswered = holdMs !== undefined && opening.isNews;
        if (holdMs !== undefined && !isAnswered) holding = setTimeout(end, holdMs);
        if (opening.isPadded) first = setTimeout(() => write(BEAT), FIRST_BEAT_MS);
        early.forEach((word) => word());
        early = [];
        if (isAnswered) end();
      },
      cancel() {
        clearTimeout(holding);
        clearTimeout(first);
        controller = undefined;
        leave();
      },
    }, new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }));

  return { follower: (device) => patient(follower(device)), start };
}
