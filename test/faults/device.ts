/** A device in a storm: two tabs that send the same pending events until they are answered, and a stream that it follows. */
import { chain } from "../../src/model/event.js";
import { apply, emptyState } from "../../src/model/state.js";
import type { Problem } from "../../src/wire/problem.js";
import { encodeCursor } from "../../src/wire/pull.js";
import type { PushAnswer } from "../../src/wire/push.js";
import { PATHS } from "../../src/wire/version.js";
import { added, stranger } from "../server/desk.js";
import { entryOf, helloOf, readStream, type Reader, snapshotOf } from "../server/stream.js";
import type { Found, Step } from "./account.js";
import type { Dice } from "./dice.js";

/** The weather and the books that all devices share. */
export interface Storm {
  readonly url: string;
  note(step: Step): void;
  /** A push was refused because the disk is full: weather, where the test makes it. */
  turnAway?(problem: Problem): undefined;
  /** Resolves once the server may answer again. */
  up(): Promise<void>;
}

/** Of the answers, one in so many is lost on the way back. */
const ANSWERS_LOST_ONE_IN = 20;
/** One push in so many is never asked about again, as if its tab had been lost with all it knew. */
const FORGOTTEN_ONE_IN = 40;
const PRODUCTS = 30;
/** HTTP's word for a disk that takes no more. */
const FULL = 507;

export interface StormDevice {
  /** Sends so many events; resolves once each has been answered or forgotten, and what was answered shown. */
  live(): Promise<void>;
  /** Everything that its log holds, read from the beginning; nothing before it was told a log. */
  read(): Promise<readonly Found[]>;
}

export function createStormDevice(storm: Storm, dice: Dice, events: number): StormDevice {
  const { credential, ...voice } = stranger({ site: "pk_demo" });
  const name = credential.slice(0, 8);
  const noteSent = (id: string): void => storm.note({ step: "sent", log: name, id });
  const noteTold = (step: "acknowledged" | "shown", id: string, seq: number): void => storm.note({ step, log: name, id, seq });
  const pending = new Map(Array.from({ length: events }, () => added(`P-${dice.throw(PRODUCTS)}`)).map((event) => [event.id as string, event]));
  const acknowledged = new Set<string>();
  const shown = new Set<string>();
  let log: string | undefined;
  let stream: Reader | undefined;
  const isOver = (): boolean => pending.size === 0 && [...acknowledged].every((id) => shown.has(id));

  const post = async (path: string, body: object, headers: Record<string, string> = {}): Promise<Response | undefined> => {
    const response = await fetch(storm.url + path, { method: "POST", body: JSON.stringify({ ...voice, ...body }), headers }).catch(() => undefined);
    if (response?.status === FULL && path === PATHS.push) return storm.turnAway?.((await response.json()) as Problem);
    if (response !== undefined && response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };

  /** One push of the oldest pending events; whether it was answered. */
  const push = async (): Promise<boolean> => {
    const batch = [...pending.values()].slice(0, 1 + dice.throw(6));
    for (const { id } of batch) noteSent(id as string);
    const response = await post(PATHS.push, { credential, log, events: batch });
    const answer = (await response?.json().catch(() => undefined)) as PushAnswer | undefined;
    if (dice.once(FORGOTTEN_ONE_IN) && batch.length < pending.size) for (const { id } of batch) pending.delete(id as string);
    else if (answer !== undefined && !dice.once(ANSWERS_LOST_ONE_IN)) return hear(answer);
    return false;
  };

  const hear = (answer: PushAnswer): true => {
    if (answer.log !== (log ?? answer.log)) throw new Error(`The device ${name} was told another log than before.`);
    log = answer.log;
    for (const [id, verdict, seq] of answer.answers) {
      if (verdict !== "applied" && verdict !== "duplicate") throw new Error(`${id} was answered with ${verdict}.`);
      noteTold("acknowledged", id, seq);
      acknowledged.add(id);
      pending.delete(id);
    }
    if (isOver()) void stream?.leave();
    return true;
  };

  const tab = async (): Promise<void> => {
    while (pending.size > 0) if (!(await push())) await storm.up();
  };

  /** Opens the stream from a place in the log; undefined when nobody answers. */
  const open = async (cursor?: string): Promise<Reader | undefined> => {
    const response = await post(PATHS.pull, { ...(cursor !== undefined && { cursor }) }, { authorization: `Bearer ${credential}` });
    return response && readStream(response);
  };

  /** Follows until all is over; what a stream has shown once it may not take back. */
  const follow = async (): Promise<void> => {
    for (let place = { epoch: "", seq: 0, hash: 0 }; !isOver(); await storm.up()) {
      stream = await open(encodeCursor(place.epoch, place.seq, place.hash));
      const [hello] = (await stream?.wait("hello")) ?? [];
      if (stream === undefined || hello === undefined) continue;
      const { epoch } = helloOf(hello);
      place = epoch === place.epoch ? await take(stream, place) : { epoch, seq: 0, hash: 0 };
      await stream.leave();
    }
  };

  /** Reads a stream until it breaks or all is over; returns the place it has then reached. */
  const take = async <P extends { seq: number; hash: number }>(from: Reader, place: P): Promise<P> => {
    let { seq, hash } = place;
    for (let i = 0; !isOver() && (await from.wait("", i + 1)).length > i; i++) {
      const entry = entryOf(from.frames.filter((frame) => frame.event === "")[i]);
      noteTold("shown", entry.id, entry.seq);
      shown.add(entry.id);
      [seq, hash] = [entry.seq, chain(hash, entry.id)];
    }
    return { ...place, seq, hash };
  };

  return {
    async live() {
      while (log === undefined) if (!(await push())) await storm.up();
      await Promise.all([tab(), tab(), follow()]);
    },
    async read() {
      if (log === undefined) return []; // nobody has told it that it is taken in
      const first = await open();
      const [snapshot] = (await first?.wait("snapshot")) ?? [];
      const again = await open(encodeCursor(helloOf(first?.frames.find(({ event }) => event === "hello")).epoch, 0, 0));
      const { seq, state } = snapshotOf(snapshot);
      const entries = ((await again?.wait("", seq)) ?? []).map(entryOf);
      await Promise.all([first?.leave(), again?.leave()]);
      const folded = entries.slice(0, seq).reduce(apply, emptyState);
      if (JSON.stringify(folded) !== JSON.stringify(state)) throw new Error(`The server says of ${name} what its entries do not say.`);
      return entries.map(({ id, seq }) => ({ log: name, id, seq }));
    },
  };
}
