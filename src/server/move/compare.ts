/** Compares the file with what arrived: each log by its entries, everything else row by row, without holding more than a page. */
import { createHash } from "node:crypto";
import { kindsOf, type MovedTable, type Row } from "./tables.js";

/** One end of a move. */
export interface Side {
  page(table: MovedTable, after: Row | undefined): Promise<readonly Row[]>;
}

export interface Comparison {
  readonly table: string;
  readonly rows: readonly [from: number, to: number];
  /** Whatever order the rows stand in, the same rows have the same. */
  readonly digests: readonly [from: string, to: string];
  /** The key of the first that is not the same. */
  readonly difference?: string;
}

/** What is compared as one: a row, or a log with all of its entries. */
interface Part {
  readonly key: string;
  readonly rows: number;
  readonly hash: Buffer;
}

export async function compare(table: MovedTable, from: Side, to: Side): Promise<Comparison> {
  const sides = [from, to].map((side) => ({ parts: partsOf(side, table), sum: createSum() })) as [Half, Half];
  let difference: string | undefined;
  for (;;) {
    const [one, other] = await Promise.all(sides.map(next)) as [Part | undefined, Part | undefined];
    if (one === undefined && other === undefined) break;
    if (one?.key !== other?.key || one?.hash.equals(other?.hash ?? Buffer.of()) !== true) difference ??= one?.key ?? other?.key;
  }
  const [a, b] = sides;
  return { table: table.name, rows: [a.sum.rows, b.sum.rows], digests: [a.sum.digest(), b.sum.digest()], ...(difference !== undefined && { difference }) };
}

interface Half {
  readonly parts: AsyncGenerator<Part>;
  readonly sum: Sum;
}

async function next({ parts, sum }: Half): Promise<Part | undefined> {
  const { value } = (await parts.next()) as { readonly value: Part | undefined };
  if (value !== undefined) sum.add(value);
  return value;
}

interface Sum {
  readonly rows: number;
  add(part: Part): void;
  digest(): string;
}

const BYTES = 16;

/** Of hashes, modulo 2^128: the same in any order, and no two rows cancel each other. */
function createSum(): Sum {
  let [rows, sum] = [0, 0n];
  return {
    get rows() {
      return rows;
    },
    add(part) {
      rows += part.rows;
      sum = BigInt.asUintN(8 * BYTES, sum + BigInt(`0x${part.hash.subarray(0, BYTES).toString("hex")}`));
    },
    digest: () => sum.toString(16).padStart(2 * BYTES, "0"),
  };
}

export async function* rowsOf(side: Side, table: MovedTable): AsyncGenerator<Row> {
  for (let page = await side.page(table, undefined); page.length > 0; page = await side.page(table, page.at(-1))) yield* page;
}

/** A part begins with each new key; of entries, with each new log. */
async function* partsOf(side: Side, table: MovedTable): AsyncGenerator<Part> {
  const columns = Object.keys(kindsOf(table)).sort();
  let open: { readonly key: string; rows: number; readonly hash: ReturnType<typeof createHash> } | undefined;
  for await (const row of rowsOf(side, table)) {
    const key = table.name === "entries" ? String(row.log) : JSON.stringify(table.keys.map((name) => row[name]));
    if (open?.key !== key) {
      if (open !== undefined) yield { ...open, hash: open.hash.digest() };
      open = { key, rows: 0, hash: createHash("sha256") };
    }
    open.rows += 1;
    open.hash.update(`${JSON.stringify(columns.map((name) => row[name]))}\n`);
  }
  if (open !== undefined) yield { ...open, hash: open.hash.digest() };
}
