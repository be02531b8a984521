/** What a device makes of an answer that is no: whose word it is, and how long it asks to wait. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { refusalOf } from "../../src/browser/refusal.js";

const NOW = Date.UTC(2026, 10, 1, 12);

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

const answer = (status: number, retryAfter: string | undefined, body = "<html>busy</html>"): Response =>
  new Response(body, { status, headers: retryAfter === undefined ? {} : { "retry-after": retryAfter } });

test.each<[string, string | undefined, number | undefined]>([
  ["seconds", "120", 120_000],
  ["a date", "Sun, 01 Nov 2026 12:05:00 GMT", 300_000],
  ["no seconds at all", "0", undefined],
  ["a date that is over", "Sun, 01 Nov 2026 11:00:00 GMT", undefined],
  ["nothing", undefined, undefined],
  ["a word", "soon", undefined],
  ["less than nothing", "-5", undefined],
  ["half a second", "0.5", undefined],
  ["a week, by a clock that is wrong", "Sun, 08 Nov 2026 12:00:00 GMT", 3_600_000],
  ["longer than a timer can count", "99999999999", 3_600_000],
])("a server that asks for %s is given it, within an hour", async (_, retryAfter, wait) => {
  for (const status of [429, 503]) {
    const refusal = await refusalOf(answer(status, retryAfter));
    expect([refusal.retryAfterMs, refusal.retryable]).toEqual([wait, true]);
  }
});

test("the server's own word is told as it stands, a proxy's is weather", async () => {
  const own = JSON.stringify({ code: "too-many-tries", detail: "Too many wrong codes; wait a minute." });
  expect(await refusalOf(answer(429, "60", own))).toMatchObject({ code: "too-many-tries", message: "Too many wrong codes; wait a minute.", retryAfterMs: 60_000 });
  expect(await refusalOf(answer(503, "60"))).toMatchObject({ code: "unreachable", retryAfterMs: 60_000, retryable: true });
});
