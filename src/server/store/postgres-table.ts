/** How a row of ours lies in a table of PostgreSQL. */
import { Refused } from "../refusal.js";
import { SCHEMA } from "./postgres-migrations.js";

export interface Table<Row> {
  /** With its schema. */
  readonly name: string;
  /** For SELECT: those that this version knows, since a newer one beside it may have added some. */
  readonly columns: string;
  /** Writes a row, or replaces the one with the same key. */
  readonly put: string;
  /** Writes a row, and fails where there is one with the same key. */
  readonly add: string;
  /** As `put`, for any number of rows: takes the columns as arrays of these types. */
  putMany(types: readonly string[]): string;
  /** For `put` and `add`. */
  values(row: Row): readonly unknown[];
  /** A row as it was found, without what is empty: absent is undefined everywhere in this house. */
  row(found: object): Row;
}

/** U+0000 is in no text of PostgreSQL, and half a character would be kept as another, and so be taken for somebody else's. */
export function isStorable(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text);
}

function storable(value: unknown): unknown {
  if (typeof value === "string" && !isStorable(value)) throw new Refused("request-malformed", "A name holds half a character, or U+0000.");
  return value ?? null;
}

/** `columns` names for each field the column it lies in; the first `keys` of them are the key. */
export function createTable<Row extends object>(table: string, columns: { readonly [F in keyof Required<Row>]: string }, keys = 1): Table<Row> {
  const fields = Object.entries<string>(columns);
  const names = fields.map(([, column]) => column);
  const name = `${SCHEMA}.${table}`;
  const add = `INSERT INTO ${name} (${names.join(", ")}) VALUES (${names.map((_, i) => `$${i + 1}`).join(", ")})`;
  const rest = names.slice(keys).map((column) => `${column} = excluded.${column}`);
  const replacing = `ON CONFLICT (${names.slice(0, keys).join(", ")}) DO UPDATE SET ${rest.join(", ")}`;
  return {
    name, add,
    columns: names.join(", "),
    put: `${add} ${replacing}`,
    putMany: (types) => `INSERT INTO ${name} (${names.join(", ")}) SELECT * FROM unnest(${types.map((type, i) => `$${i + 1}::${type}[]`).join(", ")}) ${replacing}`,
    values: (row) => fields.map(([field]) => storable((row as Record<string, unknown>)[field])),
    row: (found) => Object.fromEntries(fields.flatMap(([field, column]) => {
      const value = (found as Record<string, unknown>)[column];
      return value === null || value === undefined ? [] : [[field, value]];
    })) as Row,
  };
}
