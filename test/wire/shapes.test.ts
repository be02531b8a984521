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
      "devices": "367d66322dde",
      "feed": "23a175b66c19",
      "handoff": "4a4db5e496fe",
      "kiosk": "d6c3be63ee1b",
      "observe": "f5c178239b28",
      "problem": "4dcdbdeac4d6",
      "pull": "0a353ddf7825",
      "push": "9d0ad0fb280f",
      "receipt": "419ab555a2bc",
      "restore": "8c6d9cce5a17",
      "session": "2cbc16e6759a",
      "shop": "8651e5580e2a",
      "version": "4009241e7c4b",
    }
  `);
});

test("what the messages carry, and logs hold for years, has the shape it had", () => {
  expect(carriedHashes()).toMatchInlineSnapshot(`
    {
      "admission": "6201c7b26bb9",
      "adoption": "6ae85376053e",
      "cart-events": "c120a53d3fa1",
      "consent": "f67bb7c61f27",
      "event": "3c3064930f03",
      "replica": "9e8abc1ffbe2",
    }
  `);
});
