/** How the shop's purposes lie over what a platform asks about. */
import type { Answers } from "./source.js";

/** By purpose of the shop what the platform calls it; where there are several, all must be granted. */
export type Mapping<Name extends string | number = string> = Readonly<Record<string, readonly Name[]>>;

export function answersOf<Name extends string | number>(mapping: Mapping<Name>, isGranted: (name: Name, purpose: string) => boolean): Answers {
  return Object.fromEntries(Object.entries(mapping).map(([purpose, names]) => [purpose, names.every((name) => isGranted(name, purpose))]));
}

/** Throws a TypeError, as a sentence, on a mapping that would grant what nobody was asked. */
export function checkMapping(where: string, mapping: Mapping<string | number>): void {
  const entries: [string, unknown][] = Object.entries(mapping ?? {});
  if (entries.length === 0) throw new TypeError(`carryover: ${where} takes at least one purpose with what it is called on the platform.`);
  for (const [purpose, names] of entries) {
    if (Array.isArray(names) && names.length > 0) continue;
    throw new TypeError(`carryover: ${where} takes a list of one name or more for ${purpose}: an empty one would grant what nobody was asked.`);
  }
}
