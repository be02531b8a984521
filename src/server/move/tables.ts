/** Every table of a shop as it goes from SQLite to PostgreSQL: by which key it is read, and what a column is there. */
import { MOVED } from "../store/moved.js";

export type Kind = "text" | "bigint" | "boolean" | "double precision";
export type Value = string | number | boolean | null;
/** By the names that columns have in PostgreSQL. */
export type Row = Readonly<Record<string, Value>>;

export interface MovedTable {
  readonly name: string;
  /** In SQLite the same, but for those that are made. */
  readonly keys: readonly string[];
  readonly columns: Readonly<Record<string, Kind>>;
  /** Columns that only PostgreSQL has. */
  readonly made?: Readonly<Record<string, Made>>;
  /** A row of one is as large as a cart can be; of most, as large as an event. */
  readonly rowsAPage: number;
  /** Rows that are a database's own. */
  readonly except?: string;
}

interface Made {
  readonly kind: Kind;
  readonly of: (row: Row) => Value;
}

const MANY = 1_000;
const FEW = 25;

export const TABLES: readonly MovedTable[] = [
  { name: "meta", keys: ["name"], rowsAPage: MANY, except: `name = '${MOVED}'`, columns: { name: "text", value: "text" } },
  { name: "logs", keys: ["id"], rowsAPage: MANY, columns: { id: "text", site: "text", head: "bigint", hash: "bigint", customer: "text", merged_into: "text", expires_at: "bigint" } },
  { name: "entries", keys: ["log", "seq"], rowsAPage: MANY, columns: { log: "text", seq: "bigint", id: "text", hash: "bigint", body: "text" } },
  { name: "snapshots", keys: ["log"], rowsAPage: FEW, columns: { log: "text", seq: "bigint", hash: "bigint", fold: "bigint", state: "text" } },
  { name: "restores", keys: ["log", "epoch"], rowsAPage: MANY, columns: { log: "text", epoch: "text", head: "bigint" } },
  {
    name: "devices", keys: ["hash"], rowsAPage: MANY,
    columns: {
      hash: "text", device: "text", site: "text", log: "text", channel: "text", name: "text", is_revoked: "boolean", came_from: "text",
      seen_at: "bigint", signed_in_at: "bigint", thumbprint: "text", kiosk: "text", kiosk_start: "text", store: "text",
    },
  },
  { name: "credentials", keys: ["hash"], rowsAPage: MANY, columns: { hash: "text", seal: "text", device: "text", chain: "text", used_at: "bigint", retires_at: "bigint" } },
  {
    name: "handoffs", keys: ["id"], rowsAPage: MANY,
    columns: {
      id: "text", code_hash: "text", token_hash: "text", site: "text", mode: "text", status: "text", offerer: "text", log: "text", url: "text", place: "text",
      looks: "bigint", expires_at: "bigint", receiver: "text", number: "bigint", ends_at: "bigint", target: "text", since: "bigint",
    },
  },
  {
    name: "receipts", keys: ["site", "n"], rowsAPage: MANY,
    columns: { site: "text", n: "bigint", hash: "text", link: "text", recorded_at: "bigint", owner: "text", salt: "text", decision: "text" },
    made: { subject: { kind: "text", of: ({ decision }) => partOf(decision, "subject") } },
  },
  { name: "receipt_keys", keys: ["site", "id"], rowsAPage: MANY, columns: { site: "text", id: "text", x: "text" } },
  {
    name: "observations", keys: ["device", "id"], rowsAPage: MANY,
    columns: {
      device: "text", id: "text", log: "text", site: "text", purpose: "text", type: "text", channel: "text", is_resumed: "boolean",
      at: "bigint", expires_at: "bigint", data: "text",
    },
    made: { vital: { kind: "text", of: (row) => vitalOf(row).vital }, value: { kind: "double precision", of: (row) => vitalOf(row).value } },
  },
  {
    name: "kiosks", keys: ["id"], rowsAPage: MANY,
    columns: {
      id: "text", site: "text", store: "text", name: "text", code_hash: "text", code_expires_at: "bigint", hash: "text", started_at: "bigint", is_removed: "boolean",
    },
  },
  { name: "tokens", keys: ["site", "id"], rowsAPage: MANY, columns: { site: "text", id: "text", device: "text", expires_at: "bigint" } },
  {
    name: "feed", keys: ["site", "tx", "n"], rowsAPage: MANY,
    columns: { site: "text", n: "bigint", log: "text", subject: "text", first_seq: "bigint", last_seq: "bigint", at: "bigint" },
    // Before every transaction of PostgreSQL: cursors that were given over SQLite say 0 there.
    made: { tx: { kind: "bigint", of: () => 0 } },
  },
  {
    name: "endpoints", keys: ["site", "name"], rowsAPage: MANY,
    columns: {
      site: "text", name: "text", target: "text", epoch: "text", place: "text", failures: "bigint", failing_since: "bigint", retry_at: "bigint",
      off_at: "bigint", last_status: "bigint", holder: "text", held_until: "bigint",
    },
  },
];

/** Of all columns in PostgreSQL, in one order. */
export function kindsOf({ columns, made = {} }: MovedTable): Readonly<Record<string, Kind>> {
  return { ...columns, ...Object.fromEntries(Object.entries(made).map(([name, { kind }]) => [name, kind])) };
}

/** A row of SQLite, which knows neither booleans nor what is made, as PostgreSQL is to have it. */
export function rowOf({ columns, made = {} }: MovedTable, found: Row): Row {
  const row = Object.fromEntries(Object.entries(columns).map(([name, kind]) => [name, kind === "boolean" ? Boolean(found[name]) : found[name] ?? null]));
  return { ...row, ...Object.fromEntries(Object.entries(made).map(([name, { of }]) => [name, of(row)])) };
}

/** How a database is asked. */
interface Asking {
  readonly columns: readonly string[];
  readonly keys: readonly string[];
  /** Where the n-th value goes, from 1 on. */
  place(n: number): string;
  readonly schema?: string;
}

/** The rows that follow another in the order of the keys; its keys are the values of the query. */
export function pageQuery({ name, except, rowsAPage }: MovedTable, after: Row | undefined, { columns, keys, place, schema }: Asking): string {
  const conditions = [after && `(${keys.join(", ")}) > (${keys.map((_, i) => place(i + 1)).join(", ")})`, except && `NOT (${except})`].filter((one) => one !== undefined);
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  return `SELECT ${columns.join(", ")} FROM ${schema === undefined ? "" : `${schema}.`}${name} ${where} ORDER BY ${keys.join(", ")} LIMIT ${rowsAPage}`;
}

function partOf(text: Value | undefined, name: string): Value {
  const part = typeof text === "string" ? (JSON.parse(text) as Record<string, unknown>)[name] : undefined;
  return typeof part === "string" ? part : null;
}

/** As `store/postgres-observations` keeps them beside the text. */
function vitalOf({ type, data }: Row): { readonly vital: string | null; readonly value: number | null } {
  const { name, value } = type === "vital-measured" ? (JSON.parse(data as string) as Record<string, unknown>) : {};
  return typeof name === "string" && typeof value === "number" ? { vital: name, value } : { vital: null, value: null };
}
