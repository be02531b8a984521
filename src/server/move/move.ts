/** Moves a shop from its SQLite file into PostgreSQL while devices are connected: mark, copy, compare, release. */
import { randomBytes } from "node:crypto";
import { kindOf } from "../store/open.js";
import { titleOf } from "../store/title.js";
import { compare, type Comparison } from "./compare.js";
import { openSource, type Source } from "./source.js";
import { type Arrival, openTarget, type Target } from "./target.js";
import { type Row, TABLES } from "./tables.js";

export interface MoveOptions {
  /** A file that may be served meanwhile: it refuses every change from the beginning of the move on. */
  readonly from: string;
  /** The address of a PostgreSQL without tables of carryover. */
  readonly to: string;
  /** Hears how far it is, as often as a page is copied; the next waits for it. */
  readonly progress?: (table: string, rows: number, of: number) => void | Promise<void>;
  /** Breaks it off between two pages. */
  readonly signal?: AbortSignal;
}

export interface Moved {
  /** The copy was made and released before; nothing was done now. */
  readonly wasDone: boolean;
  readonly tables: readonly Comparison[];
  /** Everything is the same. If not, the file is served as before. */
  readonly isSame: boolean;
}

/**
 * Resolves once everything is copied, compared and on the disk. Servers that run on the file refuse changes from its beginning
 * on; when it fails, they take them again. A process that is killed leaves the mark: the same is run again, or `takeBack`.
 */
export async function move(options: MoveOptions): Promise<Moved> {
  const { from, to, progress = () => undefined } = options;
  if (kindOf(to) !== "postgres") throw new TypeError("carryover: migrate --to takes the address of a PostgreSQL, postgres://….");
  const source = await openSource(from);
  try {
    const target = await openTarget(to);
    try {
      return await moveBetween(source, target, { ...options, progress });
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}

/** Serves the file again; true where servers may have been started on the copy, so that the file has a new epoch now. */
export async function takeBack(from: string): Promise<boolean> {
  const source = await openSource(from);
  try {
    const { mark } = source;
    if (mark === undefined) throw new TypeError(`carryover: ${from} is not being moved.`);
    source.takeBack();
    return mark.isDone;
  } finally {
    source.close();
  }
}

interface Work extends MoveOptions {
  readonly progress: NonNullable<MoveOptions["progress"]>;
}

async function moveBetween(source: Source, target: Target, work: Work): Promise<Moved> {
  const [mark, arrival, title] = [source.mark, await target.arrival(), titleOf(work.to)];
  refuseUnfit(source, arrival, work.from, title);
  if (mark?.isDone === true && arrival?.isDone === true) return { wasDone: true, tables: [], isSame: true };
  const token = mark?.isDone === true ? mark.token : randomBytes(12).toString("base64url");
  const own: Arrival = { token, to: title, at: Date.now(), isDone: false, epoch: source.epoch };
  if (mark?.isDone !== true) source.set(markOf(own));
  try {
    await target.claim(own);
    await copy(source, target, work);
    const tables = await compared(source, target, work);
    const isSame = tables.every(({ difference }) => difference === undefined);
    if (isSame) await finish(source, target, own);
    else source.takeBack();
    return { wasDone: false, tables, isSame };
  } catch (error) {
    const isServed = source.mark?.token === own.token && !source.mark.isDone;
    if (isServed) source.takeBack(); // the shop is worth more than the move
    throw told(error, title, isServed);
  }
}

/** What was done elsewhere, or by another attempt that came to its end, is not written over. */
function refuseUnfit({ mark, epoch }: Source, arrival: Arrival | undefined, from: string, title: string): void {
  if (arrival?.isDone === true && arrival.token !== mark?.token) throw new TypeError(`carryover: ${title} holds a shop already.`);
  if (arrival !== undefined && arrival.epoch !== epoch) throw new TypeError(`carryover: ${title} is half filled from another file.`);
  if (mark?.isDone === true && arrival?.token !== mark.token) throw new TypeError(`carryover: ${from} was moved to ${mark.to} already.`);
}

/** A sentence, whoever objected. */
function told(error: unknown, title: string, isServed: boolean): unknown {
  if (!(error instanceof Error) || error.message.startsWith("carryover:")) return error;
  return new Error(`carryover: the move to ${title} failed: ${error.message}.${isServed ? " The file is served as before." : ""}`, { cause: error });
}

function markOf({ epoch: _, ...mark }: Arrival): Omit<Arrival, "epoch"> {
  return mark;
}

async function copy(source: Source, target: Target, { progress, signal }: Work): Promise<void> {
  for (const table of TABLES) {
    const of = source.count(table);
    let rows = 0;
    for (let page = await source.page(table, undefined); page.length > 0; page = await source.page(table, page.at(-1) as Row)) {
      breakOff(signal);
      await target.add(table, page);
      rows += page.length;
      await progress(table.name, rows, of);
    }
  }
}

async function compared(source: Source, target: Target, { progress, signal }: Work): Promise<readonly Comparison[]> {
  const tables: Comparison[] = [];
  for (const table of TABLES) {
    breakOff(signal);
    const found = await compare(table, source, target);
    tables.push(found);
    await progress(`${table.name}, compared`, found.rows[1], found.rows[0]);
  }
  return tables;
}

/** The file first: as long as it does not say that it was moved, no server has been let into the copy, and it may be taken back without a word to anybody. */
async function finish(source: Source, target: Target, own: Arrival): Promise<void> {
  source.finish(own.token);
  await target.release(own);
}

function breakOff(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Error("carryover: broken off; the file is served as before.");
}
