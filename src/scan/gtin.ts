/** The number under the bars: its check digit, and the one form of fourteen digits that all of them have. */

/**
 * GS1 General Specifications 7.9.1: from the right, beginning beside the check digit, the digits weigh 3, 1, 3, 1 …
 * and with the check digit they add up to a multiple of ten.
 */
export function hasRightCheckDigit(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

/** GTIN-8, -12, -13 or -14 as fourteen digits; undefined when it has another length or the check digit is wrong. */
export function toGtin14(digits: string): string | undefined {
  const isWhole = /^(\d{8}|\d{12,14})$/.test(digits) && /[1-9]/.test(digits);
  return isWhole && hasRightCheckDigit(digits) ? digits.padStart(14, "0") : undefined;
}

/**
 * The twelve digits behind a UPC-E symbol (General Specifications 5.2.2.4.2: zero suppression). Its last digit but the check
 * digit says where the zeros were. Only numbers that begin with 0 are ever shortened so. The eight digits are given.
 */
export function expandUpcE(digits: string): string | undefined {
  const [, a = "", b = "", c = "", d = "", e = "", last = "", check = ""] = /^0(\d)(\d)(\d)(\d)(\d)(\d)(\d)$/.exec(digits) ?? [];
  if (last === "") return undefined;
  if (last <= "2") return `0${a}${b}${last}0000${c}${d}${e}${check}`;
  if (last === "3") return `0${a}${b}${c}00000${d}${e}${check}`;
  if (last === "4") return `0${a}${b}${c}${d}00000${e}${check}`;
  return `0${a}${b}${c}${d}${e}0000${last}${check}`;
}

/**
 * Eight digits may be a UPC-E or an EAN-8, and both may have a right check digit. Where the scanner does not say which: an
 * EAN-8 that begins with 0 is a number of one shop's own (General Specifications 1.4.3), so that UPC-E comes first.
 */
export function fromEightDigits(digits: string, format: string | undefined): string | undefined {
  const upc = format === "ean_8" ? undefined : expandUpcE(digits);
  const fromUpc = upc && toGtin14(upc);
  return fromUpc ?? (format === "upc_e" ? undefined : toGtin14(digits));
}

/** Whether the number is one of a shop's own (weighed goods, labels made in the store), and names nothing elsewhere. */
export function isOwnNumber(gtin: string): boolean {
  // GS1 prefixes of 13 digits 02, 04, 20 to 29; of GTIN-8 0 and 2 (General Specifications 1.4.2, 1.4.3).
  return gtin.startsWith("000000") ? /^0{6}[02]/.test(gtin) : /^.(02|04|2\d)/.test(gtin);
}
