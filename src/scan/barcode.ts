/** Reads a barcode: whatever a scanner or a camera says becomes a product's number with what else was said of it, or a reason why not. */
import { type Product, productOf } from "./element.js";
import { GS, splitBracketed, splitScanned } from "./element-string.js";
import { readLink } from "./digital-link.js";
import { fromEightDigits, isOwnNumber, toGtin14 } from "./gtin.js";
import { type Unreadable, unreadable } from "./unreadable.js";

/** What was read. `gtin` is there in a barcode, and undefined in what is none. */
export interface Barcode extends Product {
  /** How it was said: only the number, GS1 element strings, or a web address. */
  readonly kind: "gtin" | "element-string" | "digital-link";
  /** A number of the shop's own, as on weighed goods: it names nothing outside of this shop. */
  readonly isOwn: boolean;
}

/** As the browser's BarcodeDetector names them; only these two matter, since both have eight digits. */
export type BarcodeFormat = "ean_8" | "upc_e" | (string & {});

/** What is known beside the text. */
export interface ParseOptions {
  readonly format?: BarcodeFormat | undefined;
  /** ms since epoch, to know the century of a date of six digits; now by default. */
  readonly now?: number;
}

const LONGEST = 2_048;

/** AIM identifiers (ISO/IEC 15424) of GS1-128, DataBar, DataMatrix, QR and DotCode that carry element strings. */
const ELEMENTS = /^\](C1|e0|d2|Q3|J1)/;
const AIM = /^\][A-Za-z][0-9A-Za-z]/;

/**
 * Reads EAN-13, EAN-8, UPC-A, UPC-E and GTIN-14 with their check digit, GS1 element strings (with or without the scanner's
 * `]C1`, or in brackets) and uncompressed GS1 Digital Links of any host. Rules: GS1 General Specifications (sections 3, 5 and 7)
 * and GS1 Digital Link URI Syntax 1.2. Total: any text has an answer, a wrong check digit never has a `gtin`, and nothing is thrown.
 *
 * @example
 * parseBarcode("9506000134352"); // { gtin: "09506000134352", kind: "gtin", isOwn: false }
 * parseBarcode("https://id.gs1.org/01/09506000134352/10/ABC"); // … with batch: "ABC"
 * parseBarcode("9506000134353"); // { why: "wrong-check-digit", message: "The last digit …" }
 */
export function parseBarcode(text: string, { format, now = Date.now() }: ParseOptions = {}): Barcode | Unreadable {
  if (typeof text !== "string") return unreadable("not-a-barcode");
  if (text.length > LONGEST) return unreadable("too-long");
  const trimmed = text.trim();
  const aim = AIM.exec(trimmed)?.[0];
  const said = aim === undefined ? trimmed : trimmed.slice(aim.length);
  const asFormat = aim === "]E4" ? "ean_8" : format;
  return (ELEMENTS.test(trimmed) ? undefined : plainNumber(said, asFormat) ?? link(said, now)) ?? elements(said, now, ELEMENTS.test(trimmed));
}

function plainNumber(said: string, format: string | undefined): Barcode | Unreadable | undefined {
  if (!/^(\d{8}|\d{12,14})$/.test(said)) return undefined;
  const gtin = said.length === 8 ? fromEightDigits(said, format) : toGtin14(said);
  return gtin === undefined ? unreadable("wrong-check-digit") : { gtin, kind: "gtin", isOwn: isOwnNumber(gtin) };
}

function link(said: string, now: number): Barcode | Unreadable | undefined {
  const found = readLink(said);
  return Array.isArray(found) ? barcodeOf(productOf(found, now), "digital-link") : found;
}

/** Without the scanner's word for it, only what begins with a GTIN or holds a separator is taken for element strings. */
function elements(said: string, now: number, isSure: boolean): Barcode | Unreadable {
  const isLikely = isSure || said.includes(GS) || /^01\d{14}/.test(said);
  const found = splitBracketed(said) ?? (isLikely ? splitScanned(said) : undefined);
  if (found === undefined) return unreadable(isLikely ? "malformed" : "not-a-barcode");
  return barcodeOf(productOf(found, now), "element-string");
}

function barcodeOf(product: Product | Unreadable, kind: Barcode["kind"]): Barcode | Unreadable {
  return product.gtin === undefined ? product : { ...product, kind, isOwn: isOwnNumber(product.gtin) };
}
