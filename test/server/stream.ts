/** Reads a stream as a device does, and keeps the bytes. */
import { decodeEntry, type EntryFrame, type Hello, type SnapshotFrame } from "../../src/wire/pull.js";
import { atEnd } from "./desk.js";

/** Longer than servers let each other wait, and shorter than a test may take. */
const SILENCE_MS = 20_000;

export interface Frame {
  /** "" for an entry, "comment" for what is only there to keep the line warm. */
  readonly event: string;
  readonly data: unknown;
  readonly bytes: number;
}

export interface Reader {
  readonly frames: readonly Frame[];
  readonly isOver: boolean;
  /** Waits for as many frames of that kind and returns them all. */
  wait(event: string, count?: number): Promise<readonly Frame[]>;
  over(): Promise<void>;
  leave(): Promise<void>;
}

export function readStream(response: Response): Reader {
  const frames: Frame[] = [];
  const blocks = readBlocks(response, (block) => frames.push(frameOf(block)));
  return {
    frames,
    leave: blocks.leave,
    get isOver() {
      return blocks.isOver;
    },
    async wait(event, count = 1) {
      const found = (): Frame[] => frames.filter((frame) => frame.event === event);
      await blocks.until(() => found().length >= count).catch(() => {
        throw new Error(`The stream said ${found().length} times ${JSON.stringify(event)} where ${count} were waited for; in all: ${JSON.stringify(frames.map((frame) => [frame.event, (frame.data as { seq?: number })?.seq ?? (frame.data as unknown[])?.[0]]))}`);
      });
      return found();
    },
    over: () => blocks.until(() => false),
  };
}

/** What stands between two empty lines of a stream, told as it comes. */
export function readBlocks(response: Response, take: (block: string) => void): { readonly isOver: boolean; until(isSo: () => boolean): Promise<void>; leave(): Promise<void> } {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let [wake, isOver] = [(): void => {}, false];
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for (let rest = ""; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      blocks.forEach(take);
      wake();
    }
  };
  void read().catch(() => undefined).then(() => {
    isOver = true;
    wake();
  });
  const leave = async (): Promise<void> => void (await reader.cancel().catch(() => undefined));
  atEnd(leave);
  return {
    leave,
    get isOver() {
      return isOver;
    },
    /** Or until the stream is over; rejects when it has said nothing for so long. */
    async until(isSo) {
      while (!isSo() && !isOver) await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error("The stream has fallen silent.")), SILENCE_MS);
        wake = () => {
          clearTimeout(late);
          resolve();
        };
      });
    },
  };
}

function frameOf(block: string): Frame {
  const [, event, data] = /^(?:event: (.*)\n)?data: (.*)$/.exec(block) ?? [];
  const bytes = Buffer.byteLength(`${block}\n\n`);
  return data === undefined ? { event: "comment", data: block, bytes } : { event: event ?? "", data: JSON.parse(data), bytes };
}

export function helloOf(frame: Frame | undefined): Hello {
  return frame?.data as Hello;
}

export function snapshotOf(frame: Frame | undefined): SnapshotFrame {
  return frame?.data as SnapshotFrame;
}

export function entryOf(frame: Frame | undefined): ReturnType<typeof decodeEntry> {
  return decodeEntry(frame?.data as EntryFrame);
}
