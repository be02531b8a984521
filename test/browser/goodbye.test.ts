/** A server that ends a stream says when to come back; the device does as it is told. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClient } from "../../src/index.js";
import { PATHS } from "../../src/wire/version.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A client whose every stream ends with these words; the times at which it asked for one. */
async function asked(bye: object): Promise<{ readonly at: readonly number[]; stop(): void }> {
  const at: number[] = [];
  const hello = { epoch: "abcdefgh", log: "l".repeat(16), now: Date.now() };
  const shop = createClient({
    site: "pk_test", endpoint: "https://sync.example", storage: "memory",
    random: (length) => new Uint8Array(length).fill(64), // a quarter of every wait
    async fetch(input, init) {
      const { events = [] } = JSON.parse(String(init?.body)) as { events?: { id: string }[] };
      if (!String(input).endsWith(PATHS.pull)) return Response.json({ log: hello.log, now: hello.now, answers: events.map(({ id }, i) => [id, "applied", i + 1]) });
      at.push(Date.now());
      const text = at.length > 1 ? "" : `event: hello\ndata: ${JSON.stringify(hello)}\n\nevent: bye\ndata: ${JSON.stringify(bye)}\n\n`;
      return new Response(new ReadableStream({ start: (out) => out.enqueue(new TextEncoder().encode(text)) }), { headers: { "content-type": "text/event-stream" } });
    },
  });
  await shop.ready;
  shop.cart.add("SCHOEN-42");
  await vi.advanceTimersByTimeAsync(0);
  return { at, stop: () => shop.close() };
}

test("a device that is told to come back within ten seconds takes a moment of its own", async () => {
  const { at, stop } = await asked({ withinMs: 10_000 });
  await vi.advanceTimersByTimeAsync(2_400);
  expect(at).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(400); // 2.5 s, and the quarter of a first pause
  expect(at).toHaveLength(2);
  stop();
});

test("a device that is told nothing more than goodbye asks again at once: it follows another log now", async () => {
  const { at, stop } = await asked({});
  expect(at).toHaveLength(2);
  stop();
});
