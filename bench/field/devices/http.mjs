/** The client's half of the least that HTTP can do: a request for each change, an event stream for those of others. */

export async function createDevice({ url, cart }) {
  const [lines, listeners, leaving] = [new Map(), new Set(), new AbortController()];
  const address = `${url}/${cart}`;
  const take = (line) => {
    lines.set(line.sku, line);
    for (const listener of listeners) listener();
  };
  const response = await fetch(address, { signal: leaving.signal });
  listen(response.body.pipeThrough(new TextDecoderStream()), take).catch(() => {}); // it ends with the device
  const say = (line) => {
    take(line);
    return fetch(address, { method: "POST", body: JSON.stringify(line) }).then((answer) => answer.json());
  };
  const quantity = (sku) => lines.get(sku)?.quantity ?? 0;
  return {
    fill: (all) => Promise.all(all.map(say)),
    plus: ({ sku, title, price }, n = 1) => say({ sku, title, price, quantity: quantity(sku) + n }),
    quantity,
    count: () => lines.size,
    watch: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    ready: async () => {},
    close: async () => leaving.abort(),
  };
}

async function listen(texts, take) {
  let rest = "";
  for await (const text of texts) {
    const words = (rest + text).split("\n\n");
    rest = words.pop();
    for (const word of words) if (word.startsWith("data: ")) take(JSON.parse(word.slice(6)));
  }
}
