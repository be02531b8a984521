/** What a shop says when it makes a client: a mistake is answered at once, by a sentence. */
import { expect, test } from "vitest";
import { type ClientOptions, readOptions } from "../../src/browser/options.js";

const HOUR = 3_600_000;

test.each<[unknown, string]>([
  [{ site: "" }, 'carryover: createClient({ site }) takes the site key, a text of 1 to 100 characters; found "".'],
  [{}, "carryover: createClient({ site }) takes the site key, a text of 1 to 100 characters; found undefined."],
  [undefined, "carryover: createClient({ site }) takes the site key, a text of 1 to 100 characters; found undefined."],
  [{ site: "x".repeat(101) }, "carryover: createClient({ site }) takes the site key, a text of 1 to 100 characters; found a text of 101 characters."],
  [{ site: "pk", channel: "In Store" }, 'carryover: createClient({ channel }) takes a lower-case word such as "web"; found "In Store".'],
  [{ site: "pk", name: "" }, 'carryover: createClient({ name }) takes a text of 1 to 60 characters; found "".'],
  [{ site: "pk", endpoint: "shop.example" }, 'carryover: createClient({ endpoint }) takes an absolute http(s) URL; found "shop.example".'],
  [{ site: "pk", endpoint: "javascript:alert(1)" }, 'carryover: createClient({ endpoint }) takes an absolute http(s) URL; found "javascript:alert(1)".'],
  [{ site: "pk", kiosk: { idleMs: 10 } }, "carryover: createClient({ kiosk.idleMs }) takes milliseconds, 1 000 or more; found 10."],
  [{ site: "pk", kiosk: { idleMs: Number.NaN } }, "carryover: createClient({ kiosk.idleMs }) takes milliseconds, 1 000 or more; found NaN."],
  [{ site: "pk", guestCartMs: HOUR - 1 }, "carryover: createClient({ guestCartMs }) takes 1 hour to 90 days in milliseconds; found 3599999."],
  [{ site: "pk", guestCartMs: 91 * 24 * HOUR }, "carryover: createClient({ guestCartMs }) takes 1 hour to 90 days in milliseconds; found 7862400000."],
  [{ site: "pk", consent: { purposes: ["necessary"] } }, "carryover: createClient({ consent.purposes }) takes names of purposes; necessary is always there; found an object."],
])("%j is answered by a sentence that says where, what is allowed and what was found", (options, sentence) => {
  expect(() => readOptions(options as ClientOptions)).toThrow(new TypeError(sentence));
});

test("a site key is enough, and then nothing is sent anywhere", () => {
  expect(readOptions({ site: "pk" })).toMatchObject({
    site: "pk", channel: "web", endpoint: undefined, merge: "union", storage: "browser", guestCartMs: 7 * 24 * HOUR, idleMs: undefined,
    consent: { purposes: ["analytics", "personalisation", "marketing"], asked: "device", rule: "newest" },
  });
});

test("a kiosk keeps nothing, warns after its time, stands in its channel and takes the account's choices", () => {
  expect(readOptions({ site: "pk", kiosk: {}, storage: "browser", consent: { rule: "newest" } })).toMatchObject({
    channel: "kiosk", storage: "memory", idleMs: 60_000, consent: { rule: "account" },
  });
});

test("an endpoint may end in a slash or have a path", () => {
  expect(readOptions({ site: "pk", endpoint: "https://shop.example/sync//" }).endpoint).toBe("https://shop.example/sync");
});
