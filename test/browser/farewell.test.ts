/** A page that is left: what waits goes up in requests that outlive the page, within what browsers allow, and none of it twice. */
import { afterEach, expect, test, vi } from "vitest";
import { createDevice, type Device } from "../../src/browser/device.js";
import { readOptions } from "../../src/browser/options.js";
import type { Push, PushAnswer } from "../../src/wire/push.js";

interface Sent {
  readonly ids: readonly string[];
  readonly bytes: number;
  readonly keepalive: boolean;
  answer(): void;
  fail(): void;
}

const open: Device[] = [];
afterEach(() => open.splice(0).forEach((device) => device.close()));

/** A device whose requests wait until the test answers them; requests that outlive a page get no more than browsers give. */
function deviceWith(): { device: Device; sent: Sent[] } {
  const sent: Sent[] = [];
  let lasting = 0;
  const fetch = ((_: string, { body, keepalive = false }: RequestInit): Promise<Response> => {
    const text = String(body);
    const events = (JSON.parse(text) as Push).events as { id: string }[];
    const bytes = Buffer.byteLength(text);
    if (keepalive && lasting + bytes > 65_536) return Promise.reject(new TypeError("Failed to fetch"));
    lasting += keepalive ? bytes : 0;
    return new Promise((resolve, reject) => {
      const end = (work: () => void) => () => {
        lasting -= keepalive ? bytes : 0;
        work();
      };
      const answer: PushAnswer = { log: "abcdefghijklmnop", now: Date.now(), answers: events.map(({ id }, i) => [id, "applied", i + 1] as const) };
      sent.push({ ids: events.map(({ id }) => id), bytes, keepalive, answer: end(() => resolve(Response.json(answer))), fail: end(() => reject(new TypeError("Failed to fetch"))) });
    });
  }) as typeof globalThis.fetch;
  const device = createDevice(readOptions({ site: "pk", endpoint: "https://sync.shop.example", storage: "memory", fetch }));
  open.push(device);
  return { device, sent };
}

/** So many gestures of about so many bytes each. */
function act({ copy, wake }: Device, times: number, bytes: number): void {
  for (let i = 0; i < times; i += 1) {
    copy.record({ type: "line-added", data: { line: `SKU-${i}`, n: 1, details: { note: "ü".repeat(Math.max(0, bytes - 160) / 2) } } });
    wake();
  }
}

const pendingOf = ({ copy }: Device): string[] => copy.replica.pending.map(({ id }) => id);

test("48 KiB of gestures in the tick in which the page is left are all on their way, each once, in requests that outlive it", () => {
  const { device, sent } = deviceWith();
  act(device, 96, 512);
  device.rest();
  expect(sent.flatMap(({ ids }) => ids).sort()).toEqual(pendingOf(device).sort());
  expect(sent.every(({ keepalive }) => keepalive)).toBe(true);
});

test("beyond what browsers allow the oldest go, no request is refused, and the rest waits for the next visit", () => {
  const { device, sent } = deviceWith();
  act(device, 100, 1_500);
  device.rest();
  const ids = sent.flatMap((request) => request.ids);
  expect(ids).toEqual(pendingOf(device).slice(0, ids.length));
  expect(sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(50_000);
  expect(sent.every(({ keepalive }) => keepalive)).toBe(true);
});

test("hiding the page, and then leaving it, sends nothing again that is on its way", () => {
  const { device, sent } = deviceWith();
  act(device, 3, 200);
  device.pusher.farewell();
  const before = sent.length;
  device.pusher.farewell();
  device.rest();
  expect(sent).toHaveLength(before);
  expect(new Set(sent.flatMap(({ ids }) => ids)).size).toBe(3);
});

test("a page that was only hidden goes by the answers, and sends again what failed", async () => {
  const { device, sent } = deviceWith();
  act(device, 1, 200);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  act(device, 2, 200);
  device.pusher.farewell();
  expect(sent.map(({ ids }) => ids.length)).toEqual([1, 2]);
  sent[0]?.answer();
  sent[1]?.fail();
  await vi.waitFor(() => expect(sent).toHaveLength(3));
  expect(sent[2]?.ids).toEqual(sent[1]?.ids);
});

test("a browser that refuses such requests gets plain ones, until one has succeeded", async () => {
  const { device, sent } = deviceWith();
  act(device, 1, 200);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  sent[0]?.fail();
  await vi.waitFor(() => expect(sent).toHaveLength(2));
  sent[1]?.answer();
  await vi.waitFor(() => expect(device.pusher).toBeDefined());
  act(device, 1, 200);
  await vi.waitFor(() => expect(sent).toHaveLength(3));
  expect(sent.map(({ keepalive }) => keepalive)).toEqual([true, false, true]);
});

test("what was done in a visit that has just ended is not sent in the name of the next visitor", async () => {
  const { device, sent } = deviceWith();
  act(device, 1, 200);
  const [left] = pendingOf(device);
  void device.forget();
  act(device, 1, 200);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.ids).toEqual(pendingOf(device));
  expect(sent[0]?.ids).not.toContain(left);
});

test("fifty things done in one go are one request", async () => {
  const { device, sent } = deviceWith();
  act(device, 50, 200);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.ids).toHaveLength(50);
});

test("what is done while an answer is on its way does not wait for it", async () => {
  const { device, sent } = deviceWith();
  act(device, 1, 200);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  act(device, 1, 200);
  await vi.waitFor(() => expect(sent).toHaveLength(2));
  expect(sent.map(({ ids }) => ids.length)).toEqual([1, 1]);
});
