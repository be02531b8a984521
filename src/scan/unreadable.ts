/** Why something that was scanned says nothing about a product, in a word for the shop's code and a sentence for people. */

/** A closed list. `wrong-check-digit`: misread or mistyped, so scan it again. `compressed`: a Digital Link that needs a resolver. */
export type WhyNot = "too-long" | "not-a-barcode" | "wrong-check-digit" | "no-gtin" | "compressed" | "malformed";

/** What cannot be read. */
export interface Unreadable {
  readonly gtin?: undefined;
  readonly why: WhyNot;
  readonly message: string;
}

const sentences: Readonly<Record<WhyNot, string>> = {
  "too-long": "A barcode of a product has at most 2 048 characters.",
  "not-a-barcode": "This is neither a GTIN of 8, 12, 13 or 14 digits, nor GS1 element strings, nor a GS1 Digital Link.",
  "wrong-check-digit": "The last digit of the GTIN does not fit the others: it was misread.",
  "no-gtin": "There is no GTIN (AI 01) in it, so it names no product.",
  compressed: "A compressed GS1 Digital Link is read by its resolver only.",
  malformed: "A part of it does not have the form that its application identifier asks for.",
};

export function unreadable(why: WhyNot): Unreadable {
  return { why, message: sentences[why] };
}
