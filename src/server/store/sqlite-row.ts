/** Rows as SQLite's driver finds them, and as this house knows them: without empty columns. */
import type Database from "libsql";

type Db = InstanceType<typeof Database>;

/** Finds one row. What is asked with every push is taken as a list: to name its columns takes the driver as long as to find it. */
export function rowBy<Row extends object>(db: Db, columns: string, where: string): (...values: readonly string[]) => Row | undefined {
  const statement = db.prepare(`SELECT ${columns} FROM ${where}`).raw();
  const names = columns.split(", ").map((column) => column.split(" AS ").at(-1) as string);
  return (...values) => {
    const found = statement.get(...values) as readonly unknown[] | undefined;
    if (found === undefined) return undefined;
    const row: Record<string, unknown> = {};
    for (const [i, name] of names.entries()) if (found[i] !== null) row[name] = found[i];
    return row as Row;
  };
}

/** A row without its empty columns (absent is undefined everywhere in this house) and without what the driver adds of its own. */
export function present<T>(row: unknown): T | undefined {
  if (row === undefined || row === null) return undefined;
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== null && name !== "_metadata")) as T;
}
