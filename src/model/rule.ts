/** What a call or an event may carry: how to tell, and the words for a developer who gave something else. */
import { DETAILS_BYTES, isCount, isJson, isText, NAME_LENGTH, SKU_LENGTH, UNITS_PER_LINE } from "./limits.js";
import { areOptions, isLine, LINE_LENGTH } from "./line.js";
import { misuse } from "./misuse.js";

export type Rule = readonly [holds: (value: unknown) => boolean, allowed: string];

const text = (max: number): Rule => [(value) => isText(value, max), `a text of 1 to ${max} characters`];
const count = (min: number): Rule => [(value) => isCount(value, min), `a whole number from ${min} to ${UNITS_PER_LINE}`];

/** A product may be within its limits and its id too long all the same: each letter that is not ASCII takes 6 or more. */
export const product: Rule = [isLine, `a product whose id has at most ${LINE_LENGTH} characters`];
export const sku = text(SKU_LENGTH);
export const name = text(NAME_LENGTH);
export const units = count(1);
export const quantity = count(0);
export const line: Rule = [isLine, "a line's id as `add` returned it"];
export const options: Rule = [areOptions, "texts by name"];
export const json: Rule = [(value) => isJson(value, DETAILS_BYTES), `JSON of at most ${DETAILS_BYTES} bytes`];

/** Throws a sentence when the value breaks the rule. */
export function check(where: string, value: unknown, [holds, allowed]: Rule): void {
  if (!holds(value)) misuse(where, value, allowed);
}
