/** What a database is called where people read it. */

/** A file as it is; an address without its password, and without what comes after its name. */
export function titleOf(database: string): string {
  if (!/^[a-z]+:\/\//i.test(database)) return database;
  const { host, pathname } = new URL(database);
  return `${host}${pathname}`;
}
