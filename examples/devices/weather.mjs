/** The network of each device, cut or slowed for real: in flight mode its sockets are destroyed, as in a tunnel. */

/** @param {readonly string[]} names */
export function createWeather(names) {
  const networks = new Map(names.map((name) => [name, { isOffline: false, latencyMs: 0, sockets: new Set() }]));
  let isServerDown = false;
  const isCut = (network) => isServerDown || network.isOffline;

  const cut = (network) => {
    for (const socket of network.sockets) socket.destroy();
    network.sockets.clear();
  };

  return {
    /** How it stands, for the stage to show. */
    now: () => ({ isServerDown, devices: Object.fromEntries([...networks].map(([name, { isOffline, latencyMs }]) => [name, { isOffline, latencyMs }])) }),

    /** Changes one device's network. */
    set(name, { isOffline, latencyMs }) {
      const network = networks.get(name);
      if (network === undefined) return;
      if (typeof isOffline === "boolean") network.isOffline = isOffline;
      if (Number.isInteger(latencyMs) && latencyMs >= 0 && latencyMs <= 5_000) network.latencyMs = latencyMs;
      if (isCut(network)) cut(network);
    },

    setServerDown(isDown) {
      isServerDown = isDown;
      if (isDown) for (const network of networks.values()) cut(network);
    },

    /**
     * Carries one request to the server and its answer back, as the weather allows: half the delay each way.
     * @param {string} name
     * @param {import("node:net").Socket} socket
     * @param {() => Promise<Response>} ask
     * @param {(text: string) => void} overhear Told of every piece that reaches the device.
     */
    async carry(name, socket, ask, overhear) {
      const network = networks.get(name);
      if (isCut(network)) return lost(socket);
      network.sockets.add(socket);
      socket.once("close", () => network.sockets.delete(socket));
      await wait(network.latencyMs / 2);
      if (socket.destroyed) return lost(socket);
      const answer = await ask();
      if (socket.destroyed) return lost(socket);
      return new Response(answer.body && delayed(answer.body, network, overhear), answer);
    },
  };
}

const wait = (ms) => (ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined);

/** Nobody hears this answer: the socket is gone. */
function lost(socket) {
  socket.destroy();
  return new Response(undefined, { status: 503 });
}

/** Every piece arrives later by as much, in the order in which it was sent; a busy line does not get slower and slower. */
function delayed(body, network, overhear) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let last = Promise.resolve();
  const pump = async (controller) => {
    for (;;) {
      const { done, value } = await reader.read();
      const due = wait(network.latencyMs / 2);
      last = last.then(() => due).then(() => deliver(controller, done, value)).catch(() => reader.cancel());
      if (done) return;
    }
  };
  const deliver = (controller, done, value) => {
    if (done) return controller.close();
    controller.enqueue(value);
    overhear(decoder.decode(value, { stream: true }));
  };
  return new ReadableStream({
    start: (controller) => void pump(controller).catch((reason) => controller.error(reason)),
    cancel: (reason) => reader.cancel(reason),
  });
}
