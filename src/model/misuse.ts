/** How a shop's developer is told of a wrong call: where, what was found, what is allowed. */

/** Throws a TypeError that reads as a sentence. */
export function misuse(where: string, found: unknown, allowed: string): never {
  throw new TypeError(`carryover: ${where} takes ${allowed}; found ${show(found)}.`);
}

function show(value: unknown): string {
  if (typeof value === "string") return value.length > 40 ? `a text of ${value.length} characters` : JSON.stringify(value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
