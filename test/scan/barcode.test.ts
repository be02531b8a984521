/** Barcodes as the standards print them, and what is done to them: read right, or refused with a reason, and never anything else. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseBarcode } from "../../src/scan/barcode.js";
import { seedOf, times } from "../long.js";
import { record } from "../record.js";

const NOW = Date.UTC(2026, 10, 1);
const read = (text: string, format?: string) => parseBarcode(text, { now: NOW, format });

/** GS1 General Specifications 7.9.1 (6291041500213), 5.2.2.4.2; Digital Link URI Syntax 1.2, section 5; GS1's own demonstration products. */
test.each<[string, string, string]>([
  ["an EAN-13", "6291041500213", "06291041500213"], ["a risotto of GS1's", "9506000134352", "09506000134352"],
  ["an EAN-8", "96385074", "00000096385074"], ["a UPC-A", "036000291452", "00036000291452"], ["a case (GTIN-14)", "10614141000415", "10614141000415"],
  ["a UPC-E that ends with 5", "01234565", "00012345000065"], ["one that ends with 0", "04252614", "00042100005264"],
  ["an EAN-13 as a scanner announces it", "]E09506000134352", "09506000134352"], ["an EAN-8 so announced", "]E496385074", "00000096385074"],
  ["with blanks around it", " 9506000134352\r\n", "09506000134352"],
])("%s is read", (_, text, gtin) => {
  expect(read(text)).toEqual({ gtin, kind: "gtin", isOwn: false });
});

test.each([
  ["124560", "01200000456"], ["275831", "02710000583"], ["412022", "04120000202"],
  ["876543", "08760000054"], ["753774", "07537000007"], ["213756", "02137500006"], ["517019", "05170100009"],
])("the UPC-E 0%s stands for the twelve digits that begin with %s", (short, long) => {
  expect(read(checked(`0${short}`, long), "upc_e")).toMatchObject({ gtin: `00${checked(long)}` });
});

test("eight digits are what the scanner says they are, and where it says nothing a UPC-E before a shop's own number", () => {
  expect(read("01234565")).toMatchObject({ gtin: "00012345000065", isOwn: false });
  expect(read("01234565", "ean_8")).toMatchObject({ gtin: "00000001234565", isOwn: true });
  expect(read("96385074", "upc_e")).toMatchObject({ why: "wrong-check-digit" });
  expect(read("]E400000017")).toMatchObject({ gtin: "00000000000017", isOwn: true });
});

test.each([["2012345678900", true], ["0212345678909", true], ["212345678909", true], ["9506000134352", false], ["20000004", true]])("the number %s is a number of the shop's own: %s", (digits, isOwn) => {
  expect(read(checked(digits.slice(0, -1)))).toMatchObject({ isOwn });
});

test.each<[string, string, object]>([
  ["a Digital Link", "https://id.gs1.org/01/09520123456788", {}],
  ["of the shop's own host and path", "https://brand.example.com/some-extra/pathinfo/01/09520123456788", {}],
  ["with a variant", "https://id.gs1.org/01/09520123456788/22/2A", { variant: "2A" }],
  ["with a batch", "https://id.gs1.org/01/09520123456788/10/ABC123", { batch: "ABC123" }],
  ["with everything", "https://id.gs1.org/01/09520123456788/22/2A/10/ABC1/21/12345?17=280426&3103=000195&37=12", { variant: "2A", batch: "ABC1", serial: "12345", expiresOn: "2028-04-26", weightKg: 0.195, count: 12 }],
  ["with what is none of ours", "HTTPS://example.com/01/09520123456788?17=290331&arv=true&x=%zz#top", { expiresOn: "2029-03-31" }],
  ["with signs in percent", "https://example.com/01/09520123456788/10/AB%2FC?linkType=all", { batch: "AB/C" }],
  ["of the first release", "http://example.com/gtin/9520123456788/lot/ABC1/ser/12345?exp=280426", { batch: "ABC1", serial: "12345", expiresOn: "2028-04-26" }],
  ["as a scanner announces a QR code", "]Q1https://id.gs1.org/01/09520123456788", {}],
])("%s is read", (_, text, more) => {
  expect(read(text)).toEqual({ gtin: "09520123456788", kind: "digital-link", isOwn: false, ...more });
});

test.each<[string, string, object]>([
  ["GS1-128", "]C10109506000134352101ABC\u001d17261231", { batch: "1ABC", expiresOn: "2026-12-31" }],
  ["DataMatrix", "]d2010950600013435221S-1\u001d10B-1", { serial: "S-1", batch: "B-1" }],
  ["GS1 QR without its announcement", "0109506000134352310300150017260200", { weightKg: 1.5, expiresOn: "2026-02-28" }],
  ["with a separator in front and where none is needed", "\u001d0109506000134352\u001d17261231\u001d3024", { expiresOn: "2026-12-31", count: 24 }],
  ["with what is no matter of a cart's", "]C1010950600013435224012345\u001d4100000000000000\u001d10A", { batch: "A" }],
  ["in brackets", "(01)09506000134352(10)ABC(XY)(15)270101", { batch: "ABC(XY)", bestBefore: "2027-01-01" }],
  ["said twice and the same", "(01)09506000134352(10)A(10)A", { batch: "A" }],
])("element strings, %s, are read", (_, text, more) => {
  expect(read(text)).toEqual({ gtin: "09506000134352", kind: "element-string", isOwn: false, ...more });
});

test.each<[string, string, string]>([
  ["a digit misread", "9506000134353", "wrong-check-digit"], ["in a link", "https://id.gs1.org/01/09520123456789", "wrong-check-digit"],
  ["in an element string", "(01)09506000134353", "wrong-check-digit"], ["nothing but zeros", "0000000000000", "wrong-check-digit"],
  ["nothing", "", "not-a-barcode"], ["seven digits", "1234567", "not-a-barcode"], ["a word", "SCHOEN-42", "not-a-barcode"],
  ["digits of another script", "٩٥٠٦٠٠٠١٣٤٣٥٢", "not-a-barcode"], ["a novel", "9".repeat(2_049), "too-long"],
  ["an address of anything", "https://shop.example/schoen-42", "no-gtin"], ["a pallet", "(00)195201234567891232", "no-gtin"],
  ["a script", "javascript:alert(1)//01/09520123456788", "not-a-barcode"],
  ["a compressed link", "https://id.gs1.org/ARHKVAdpQg", "compressed"], ["a half compressed one", "https://example.com/01/09520123456788/EQ4Uu1YHJg", "compressed"],
  ["a serial number before the batch", "https://id.gs1.org/01/09520123456788/21/1/10/A", "malformed"], ["a batch without a name", "https://id.gs1.org/01/09520123456788/10/", "malformed"],
  ["percent signs for nothing", "https://id.gs1.org/01/09520123456788/10/%E0%A4", "malformed"], ["a letter outside of the 82", "(01)09506000134352(10)é", "malformed"],
  ["a batch of 21 letters", `(01)09506000134352(10)${"A".repeat(21)}`, "malformed"], ["a thirteenth month", "(01)09506000134352(17)261301", "malformed"],
  ["the 31st of April", "(01)09506000134352(17)260431", "malformed"], ["month nought", "(01)09506000134352(17)260000", "malformed"],
  ["two batches", "(01)09506000134352(10)A(10)B", "malformed"], ["two products", "(01)09506000134352(01)09520123456788", "malformed"],
  ["an element that ends too early", "]C10109506000134352172612", "malformed"], ["none of something", "(01)09506000134352(30)0", "malformed"],
  ["a GTIN of thirteen in an element string", "(01)9506000134352", "malformed"],
])("%s is refused, and why is said", (_, text, why) => {
  const answer = read(text);
  expect(answer).toMatchObject({ why });
  expect(answer.gtin).toBeUndefined();
  expect((answer as { message: string }).message).toMatch(/^\p{Lu}.*\.$/u);
});

test("the century of a date is the one nearest to now", () => {
  const expiry = (digits: string, now: number) => parseBarcode(`(01)09506000134352(17)${digits}`, { now });
  expect(expiry("760101", NOW)).toMatchObject({ expiresOn: "2076-01-01" }); // 50 ahead
  expect(expiry("770101", NOW)).toMatchObject({ expiresOn: "1977-01-01" });
  expect(expiry("010101", Date.UTC(2095, 0, 1))).toMatchObject({ expiresOn: "2101-01-01" });
  expect(expiry("280200", NOW)).toMatchObject({ expiresOn: "2028-02-29" });
});

const digits = (length: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(""));
const number = fc.constantFrom(8, 12, 13, 14).chain(digits);
const piece = fc.oneof(
  fc.constantFrom("01", "10", "17", "21", "3103", "(01)", "(10)", "(", ")", "/", "?", "&", "=", "%", "%2F", "\u001d", "]C1", "]d2", "https://a.b", "/01/", "/22/", "gtin", "é", "\u0000", "💶", "-"),
  number, digits(6), fc.string({ maxLength: 12 }),
);
/** Whole barcodes with something done to them, and heaps of their parts. */
const text = fc.oneof(
  number, fc.array(piece, { maxLength: 12 }).map((all) => all.join("")),
  fc.tuple(digits(14), fc.string({ maxLength: 20 })).map(([gtin, batch]) => `(01)${gtin}(10)${batch}`),
  fc.tuple(digits(14), fc.string({ maxLength: 20 })).map(([gtin, batch]) => `https://a.example/01/${gtin}/10/${batch}`),
  fc.tuple(digits(14), digits(6)).map(([gtin, date]) => `]C101${gtin}17${date}`),
  fc.string({ maxLength: 3_000 }), fc.string({ unit: "binary", maxLength: 60 }),
);

test("whatever is scanned has an answer, in no time, and a number only with its right check digit", () => {
  const [seed, count] = [seedOf(), times(10_000, 1_000_000)];
  const from = performance.now();
  let [accepted, wrong, slowestMs] = [0, 0, 0];
  fc.assert(fc.property(text, (scanned) => {
    const begunAt = performance.now();
    const answer = read(scanned);
    slowestMs = Math.max(slowestMs, performance.now() - begunAt);
    if (answer.gtin === undefined) return void expect(answer.message).toMatch(/\.$/);
    accepted += 1;
    wrong += Number(!/^\d{14}$/.test(answer.gtin) || !weighed(answer.gtin));
    expect(wrong, `${JSON.stringify(scanned)} was taken for ${answer.gtin}`).toBe(0);
    // The number stands in what was scanned: as it is, or shortened as a UPC-E is.
    const bare = answer.gtin.replace(/^0+/, "");
    expect(scanned.includes(bare) || /^\s*(]E\d)?0\d{7}\s*$/.test(scanned)).toBe(true);
  }), { numRuns: count, seed });
  expect(accepted).toBeGreaterThan(count / 500);
  expect(slowestMs).toBeLessThan(250); // a pause of the collector is in it
  record("barcodes", { seed, inputs: count, accepted, acceptedWithWrongCheckDigit: wrong, slowestMs: Math.round(slowestMs), seconds: Math.round((performance.now() - from) / 1_000) });
}, times(30_000, 1_800_000));

test("one digit misread is always noticed", () => {
  fc.assert(fc.property(digits(12), fc.nat(12), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
    const whole = checked(body);
    const misread = [...whole].map((digit, i) => (i === at ? String((Number(digit) + by) % 10) : digit)).join("");
    expect(read(misread).gtin).toBeUndefined();
  }), { numRuns: 1_000, seed: seedOf() });
});

/** The check digit once more, the other way round, so that the test does not believe the code it tests. */
function weighed(gtin: string): boolean {
  let sum = 0;
  for (let i = 0; i < 13; i++) sum += Number(gtin[i]) * (i % 2 === 0 ? 3 : 1);
  return (10 - (sum % 10)) % 10 === Number(gtin[13]);
}

/** With the check digit that belongs to it, or to another number that it stands for. */
function checked(digits: string, whole = digits): string {
  return digits + [..."0123456789"].find((digit) => weighed((whole + digit).padStart(14, "0")));
}
