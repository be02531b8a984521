/** How much a cart may hold. Beyond each number there is a clear refusal; below it nothing is lost. */

export const LINES_PER_CART = 200;
export const UNITS_PER_LINE = 9_999;
export const DETAILS_BYTES = 2_048;
export const EVENT_BYTES = 8_192;
export const SKU_LENGTH = 200;
export const NAME_LENGTH = 100;
/** Ids of 25 bytes each, or of 32 with a number, that still leave room for the rest of an event. */
export const PEND_PER_EVENT = 150;
/** An offline device may come back for this long; what the fold keeps for latecomers goes after it. */
export const LATE_MS = 90 * 86_400_000;

/** Most text is plain, and a slow phone takes milliseconds to make ready what knows more of Unicode. */
const SPECIAL = /[^ -~]/;

/** Bytes of a text of whole letters (as JSON is) in UTF-8, without an encoder, which this pure room has not. */
export function bytesOf(text: string): number {
  return SPECIAL.test(text) ? encodeURIComponent(text).replace(/%../g, "%").length : text.length;
}

/** Can it be written as JSON of so many bytes? Not so a circle, a nesting too deep, a number JSON has no word for. */
export function isJson(value: unknown, bytes: number): boolean {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text !== undefined && bytesOf(text) <= bytes;
  } catch {
    return false;
  }
}

/** A text of 1 to `max` characters without control characters or half surrogates (which no UTF-8 can carry). */
export function isText(value: unknown, max: number): value is string {
  return typeof value === "string" && value !== "" && value.length <= max && !(SPECIAL.test(value) && /[\p{Cc}\p{Cs}]/u.test(value));
}

export function isCount(value: unknown, min = 1): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= UNITS_PER_LINE;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
