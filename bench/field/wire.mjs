/** The wire between one device and the server, as a TCP relay: its bytes are counted, and it can be cut or lose answers. */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as rest } from "node:timers/promises";

/** Bytes are those of TCP's payload, both ways: HTTP's heads and WebSocket's frames count, TLS and IP do not. */
export async function layWire(address) {
  const { hostname, port } = new URL(address);
  const state = { count: { up: 0, down: 0, heads: 0, lost: 0 }, movedAt: performance.now(), isCut: false, mayLose: 0, isAnswer: undefined };
  const pairs = new Set();
  const relay = createServer({ noDelay: true }, (device) => {
    if (state.isCut) device.destroy();
    else relayBetween(device, connect({ host: hostname, port: Number(port), noDelay: true }), state, pairs);
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  return {
    count: state.count, url: `http://127.0.0.1:${relay.address().port}`,
    quietMs: () => performance.now() - state.movedAt,
    cut: () => ((state.isCut = true), pairs.forEach((end) => end())),
    mend: () => void (state.isCut = false),
    /** So many answers to what the device sends from now on are lost with their connections. `isAnswer` is given what was said and what is answered. */
    loseAnswers: (mayLose, isAnswer) => void Object.assign(state, { mayLose, isAnswer }),
    close: () => (relay.close(), pairs.forEach((end) => end())),
  };
}

function relayBetween(device, server, state, pairs) {
  const { count } = state;
  let said = "";
  const end = () => {
    device.destroy();
    server.destroy();
    pairs.delete(end);
  };
  pairs.add(end);
  for (const socket of [device, server]) socket.on("close", end).on("error", end);
  device.on("data", (bytes) => {
    [count.up, state.movedAt, said] = [count.up + bytes.length, performance.now(), said + bytes.toString("latin1")];
    server.write(bytes);
  });
  server.on("data", (bytes) => {
    const answered = bytes.toString("latin1");
    [count.down, count.heads, state.movedAt] = [count.down + bytes.length, count.heads + headOf(answered), performance.now()];
    const isLost = state.mayLose > 0 && state.isAnswer(said, answered);
    said = "";
    if (!isLost) return device.write(bytes);
    [state.mayLose, count.lost] = [state.mayLose - 1, count.lost + 1];
    end();
  });
}

/** How much of what begins here is the head of an answer of HTTP's, that to a WebSocket's request included. */
function headOf(text) {
  return text.startsWith("HTTP/1.") ? text.indexOf("\r\n\r\n") + 4 : 0;
}

/** Until nothing has moved on any of the wires for so long. */
export async function quiet(wires, ms = 400, patienceMs = 15_000) {
  const end = performance.now() + patienceMs;
  while (wires.some((wire) => wire.quietMs() < ms)) {
    if (performance.now() > end) throw new Error("The wires did not fall silent.");
    await rest(50);
  }
}
