/** The client's half of the least that a WebSocket can do: changes go up and come down over one. */

export async function createDevice({ url, cart }) {
  const [lines, listeners, unanswered] = [new Map(), new Set(), []];
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/${cart}`);
  const take = (line) => {
    lines.set(line.sku, line);
    for (const listener of listeners) listener();
  };
  socket.addEventListener("message", ({ data }) => (data === "{}" ? unanswered.shift()() : take(JSON.parse(data))));
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const say = (line) => {
    take(line);
    socket.send(JSON.stringify(line));
    return new Promise((resolve) => unanswered.push(resolve));
  };
  const quantity = (sku) => lines.get(sku)?.quantity ?? 0;
  return {
    fill: (all) => Promise.all(all.map(say)),
    plus: ({ sku, title, price }, n = 1) => say({ sku, title, price, quantity: quantity(sku) + n }),
    quantity,
    count: () => lines.size,
    watch: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    ready: async () => {},
    close: async () => socket.close(),
  };
}
