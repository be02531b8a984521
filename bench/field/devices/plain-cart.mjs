/** A cart that is nothing but the last that was said of each line; `send` says one to the server, and `take` hears of one. */
export function createPlainCart(send) {
  const [lines, listeners] = [new Map(), new Set()];
  const quantity = (sku) => lines.get(sku)?.quantity ?? 0;
  const take = (line) => {
    lines.set(line.sku, line);
    for (const listener of listeners) listener();
  };
  const say = (line) => {
    take(line);
    return send(JSON.stringify(line));
  };
  return {
    take,
    fill: (all) => Promise.all(all.map(say)),
    plus: ({ sku, title, price }, n = 1) => say({ sku, title, price, quantity: quantity(sku) + n }),
    quantity,
    count: () => lines.size,
    watch: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    ready: async () => {},
  };
}
