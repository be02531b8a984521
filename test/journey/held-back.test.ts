/** Something on the way holds streams back until they end: changes arrive all the same, and the shop can see why it is slower. */
import { expect, test } from "vitest";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import { countTime, createTown, read, type Town, until } from "./town.js";

interface Proxy {
  readonly fetch: typeof fetch;
  /** What was asked on the way down: a stream, or an answer held for so many ms. */
  readonly asked: (number | "stream")[];
}

/** Passes answers on when they are whole, as proxies do that were made for pages. With `greets` it lets the first bytes through. */
function proxyBefore({ server }: Town, greets = false): Proxy {
  const asked: (number | "stream")[] = [];
  return {
    asked,
    async fetch(input, init) {
      const request = new Request(input, init);
      request.headers.set("origin", "https://shop.example");
      if (String(input).endsWith("/v1/pull")) asked.push((JSON.parse(String(init?.body)) as { holdMs?: number }).holdMs ?? "stream");
      const response = await server.fetch(request);
      if (response.body === null) return response;
      if (!greets || asked.at(-1) !== "stream") return new Response(await response.arrayBuffer(), response);
      const reader = response.body.getReader();
      const { value } = await reader.read();
      const greeting = new ReadableStream({ start: (controller) => controller.enqueue(value) });
      init?.signal?.addEventListener("abort", () => void reader.cancel());
      return new Response(greeting, response);
    },
  };
}

/** A network that holds nothing back; notes how each stream was asked for, and the bytes of its first word. */
function weighing({ server }: Town, opening: number[], asked: boolean[]): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    request.headers.set("origin", "https://shop.example");
    const response = await server.fetch(request);
    if (response.body === null || !String(input).endsWith("/v1/pull")) return response;
    asked.push((JSON.parse(String(init?.body)) as { isBare?: boolean }).isBare ?? false);
    const count = opening.push(0) - 1;
    const scale = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, out) {
        opening[count] ||= chunk.length;
        out.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(scale), response);
  };
}

test("after four seconds without a word the device asks instead, says why, and changes arrive at once", async () => {
  const time = countTime();
  const town = await createTown();
  const proxy = proxyBefore(town);
  const [phone, desktop] = [town.screen({ fetch: proxy.fetch }), town.screen()];
  phone.shop.cart.add("SCHOEN-42");
  const signedIn = phone.shop.signIn(await town.token("anna"));
  await time.pass(12_000);
  await signedIn;
  await desktop.shop.signIn(await town.token("anna"));
  await until(() => phone.shop.state.sync.state === "live", "the phone is live");
  expect(phone.shop.state.sync).toEqual({ state: "live", reason: "stream-held-back" });
  expect(phone.problems).toEqual(["stream-held-back"]);

  desktop.shop.cart.add("BOEK-1", 2);
  await until(() => read(phone)["BOEK-1"] === 2, "the phone shows it");
  phone.shop.cart.increase("SCHOEN-42");
  await phone.shop.sync.settled();
  await until(() => read(desktop)["SCHOEN-42"] === 2, "the desktop shows it");
});

test("while nothing happens it asks once in 25 seconds, and after an hour it tries the stream again", async () => {
  const time = countTime();
  const town = await createTown();
  const proxy = proxyBefore(town);
  const phone = town.screen({ fetch: proxy.fetch });
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(60_000);
  const before = proxy.asked.length;
  await time.pass(600_000);
  expect(proxy.asked.length - before).toBeLessThanOrEqual(24);
  expect(proxy.asked.filter((asked) => asked === "stream")).toHaveLength(1);
  await time.pass(3_000_000);
  expect(proxy.asked.filter((asked) => asked === "stream").length).toBeGreaterThanOrEqual(2);
  expect(phone.shop.state.sync.state).toBe("live");
});

test("the next page of that visit asks from the start", async () => {
  const time = countTime();
  const town = await createTown();
  const proxy = proxyBefore(town);
  const shelf = createMemoryShelf();
  const phone = town.screen({ fetch: proxy.fetch, storage: shelf });
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(10_000);
  phone.shop.close();
  const next = town.screen({ fetch: proxy.fetch, storage: shelf });
  proxy.asked.length = 0;
  await next.shop.ready;
  await time.pass(1_000);
  expect([next.shop.state.sync.state, proxy.asked[0]]).toEqual(["live", 0]);
});

test("a proxy that lets the greeting through and nothing after it is found out at the second silence", async () => {
  const time = countTime();
  const town = await createTown();
  const phone = town.screen({ fetch: proxyBefore(town, true).fetch });
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(2 * 37_500 + 5_000);
  expect(phone.shop.state.sync).toEqual({ state: "live", reason: "stream-held-back" });
});

test("a network that is gone is no proxy: nothing is remembered, and the stream is tried again", async () => {
  const time = countTime();
  const town = await createTown();
  const phone = town.screen();
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(1_000);
  phone.cut();
  await time.pass(120_000);
  expect(phone.shop.state.sync).toEqual({ state: "offline", reason: "unreachable" });
  phone.mend();
  await time.pass(30_000);
  expect(phone.shop.state.sync).toEqual({ state: "live", reason: undefined });
});

test("a network that lets small words through is not sent two kilobytes of nothing on the next page, and one that does not is found out all the same", async () => {
  const time = countTime();
  const town = await createTown();
  const shelf = createMemoryShelf();
  const open = (fetch: typeof globalThis.fetch) => town.screen({ fetch, storage: shelf });
  const opening: number[] = [];
  const asked: boolean[] = [];
  const weighed = weighing(town, opening, asked);
  const phone = open(weighed);
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(2_000);
  phone.shop.close();

  const next = open(weighed);
  await next.shop.ready;
  await until(() => next.shop.state.sync.state === "live", "the next page is live");
  expect(asked).toEqual([false, true]);
  expect(opening[0]).toBeGreaterThan(2_048);
  expect(opening[1]).toBeLessThan(300);
  next.shop.close();

  const proxy = proxyBefore(town);
  const abroad = open(proxy.fetch);
  await abroad.shop.ready;
  await time.pass(12_000);
  expect(proxy.asked.slice(0, 3)).toEqual(["stream", "stream", 0]);
  expect(abroad.shop.state.sync).toEqual({ state: "live", reason: "stream-held-back" });
});
