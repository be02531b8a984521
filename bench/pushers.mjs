/** Devices that push as fast as they are answered, made as cheap as can be: what is measured is the server, on the same two cores. */
import { once } from "node:events";
import { connect } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { newCredential, text } from "./stage.mjs";

/** Carts stay as they are in shops: a dozen lines, whose number is chosen as often as something is added. */
const LINES = 12;

/**
 * Lets `devices` push, each on a connection of its own; resolves to the milliseconds each push took after `warmMs`, within
 * `measuredMs`. With `perSecond` events of all together each push has its time, and a late one is counted from when it was due.
 */
export async function pushFrom({ port, hostname }, { devices, eventsAPush, warmMs, measuredMs, perSecond }) {
  const everyMs = perSecond === undefined ? 0 : (devices * eventsAPush * 1_000) / perSecond;
  const start = performance.now() + warmMs;
  const end = start + measuredMs;
  const times = [];
  await Promise.all(Array.from({ length: devices }, async (_, i) => {
    const device = await openDevice({ port, hostname });
    let due = performance.now() + (everyMs * i) / devices;
    for (;;) {
      if (everyMs > 0) await pause(due - performance.now());
      const began = everyMs > 0 ? due : performance.now();
      if (began >= end) break;
      await device.push(eventsAPush);
      const ended = performance.now();
      if (began >= start && ended <= end) times.push(ended - began);
      due += everyMs;
    }
    device.leave();
  }));
  return times;
}

/** One device: a visitor with a cart and a connection that is kept. */
async function openDevice({ port, hostname }) {
  const socket = connect({ port, host: hostname, noDelay: true });
  await once(socket, "connect");
  const who = JSON.stringify({ v: 1, site: "pk_demo", channel: "web", credential: newCredential() }).slice(0, -1);
  const answers = answersOn(socket);
  let [made, seen] = [0, 0];
  return {
    async push(events) {
      const pending = new Map();
      const body = `${who},"events":[${Array.from({ length: events }, () => event(made++, seen, pending)).join(",")}]}`;
      socket.write(`POST /v1/push HTTP/1.1\r\nhost: bench\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      const answer = await answers.next();
      if (!answer.startsWith("HTTP/1.1 200") || answer.split('"applied"').length - 1 !== events) throw new Error(`The server answered ${answer}`);
      seen = Number(/"applied",(\d+)\](?!.*applied)/.exec(answer)[1]);
    },
    leave: () => socket.destroy(),
  };
}

/** An addition, then a number for the same line, and so on through the cart; each says what its shopper had seen. */
function event(n, base, pending) {
  const line = `SKU-${Math.floor(n / 2) % LINES}`;
  const [type, data] = n % 2 === 0 ? ["line-added", { line, n: 1 }] : ["line-set", { line, n: 1 + (n % 9) }];
  const [id, before = []] = [text(16), pending.get(line)];
  pending.set(line, [...before, id]);
  return JSON.stringify({ id, type, data, at: Date.now(), base, ...(before.length > 0 && { pend: before }) });
}

/** Gives each answer once it is whole. */
function answersOn(socket) {
  let [said, hear, fail] = ["", undefined, undefined];
  socket.setEncoding("latin1");
  socket.on("data", (chunk) => {
    said += chunk;
    const head = said.indexOf("\r\n\r\n");
    const length = head < 0 ? NaN : Number(/content-length: (\d+)/i.exec(said)?.[1]);
    if (!(said.length >= head + 4 + length)) return;
    const answer = said.slice(0, head + 4 + length);
    said = said.slice(answer.length);
    hear(answer);
  });
  socket.on("error", (error) => fail?.(error));
  socket.on("close", () => fail?.(new Error("The server hung up.")));
  return { next: () => new Promise((resolve, reject) => [hear, fail] = [resolve, reject]) };
}
