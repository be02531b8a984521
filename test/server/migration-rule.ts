/** What a step of the tables may do, so that a server of the version before runs on beside one that has taken it. */

const NEW_TABLE = /^CREATE TABLE (\S+)/;
const INDEX = /^CREATE (UNIQUE )?INDEX \S+ ON (\S+)/;
const COLUMN = /^ALTER TABLE \S+ ADD COLUMN /;
/** A row that an older server writes has none of them. */
const DEMAND = /\bNOT NULL\b(?!.*\bDEFAULT\b)|\b(UNIQUE|CHECK|REFERENCES|PRIMARY KEY|GENERATED)\b/i;

/**
 * The statements that an older server would not survive. It may be given new tables, new columns that may be left out, and
 * indexes that refuse nothing it writes; nothing that it knows may go, change its name or become stricter.
 */
export function complaintsAbout(step: string): string[] {
  const statements = step.split(";").map((statement) => statement.replace(/\s+/g, " ").trim()).filter((statement) => statement !== "");
  const made = new Set(statements.flatMap((statement) => NEW_TABLE.exec(statement)?.[1] ?? []));
  return statements.filter((statement) => !isHarmless(statement, made));
}

function isHarmless(statement: string, made: ReadonlySet<string>): boolean {
  if (NEW_TABLE.test(statement)) return true;
  const [, unique, table = ""] = INDEX.exec(statement) ?? [];
  if (table !== "") return unique === undefined || made.has(table);
  return COLUMN.test(statement) && !DEMAND.test(statement);
}
