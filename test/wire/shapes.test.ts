/** Nobody changes the protocol unknowingly: a device that was built a year ago still speaks it. */
import { expect, test } from "vitest";
import { WIRE } from "../../src/wire/version.js";
import { carriedHashes, wireHashes } from "./shapes.js";

/**
 * A hash that differs means that a message has changed. If the other end could misread it, raise WIRE and keep serving
 * the old one for a year; if it only has something more that may be left out, write the new hash here.
 */
test("every message between shop and server has the shape it had when this version of the wire was settled", () => {
  expect(WIRE).toBe(1);
  expect(wireHashes()).toMatchInlineSnapshot(`
    {
      "caller": "97e0bf653206",
      "handoff": "2310cc9ec90f",
      "kiosk": "d6c3be63ee1b",
      "observe": "f5c178239b28",
      "problem": "950c087580e3",
      "pull": "8edee21e61a4",
      "push": "230ab1a82b97",
      "receipt": "419ab555a2bc",
      "session": "45addde954d1",
      "version": "b767c7b55289",
    }
  `);
});

test("what the messages carry, and logs hold for years, has the shape it had", () => {
  expect(carriedHashes()).toMatchInlineSnapshot(`
    {
      "admission": "6201c7b26bb9",
      "adoption": "6ae85376053e",
      "cart-events": "04ed5639233d",
      "consent": "f67bb7c61f27",
      "event": "3c3064930f03",
      "replica": "9e8abc1ffbe2",
    }
  `);
});
