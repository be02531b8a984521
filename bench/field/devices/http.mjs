/** The client's half of the least that HTTP can do: a request for each change, an event stream for those of others. */
import { createPlainCart } from "./plain-cart.mjs";

export async function createDevice({ url, cart }) {
  const leaving = new AbortController();
  const address = `${url}/${cart}`;
  const { take, ...device } = createPlainCart((body) => fetch(address, { method: "POST", body }).then((answer) => answer.json()));
  const response = await fetch(address, { signal: leaving.signal });
  listen(response.body.pipeThrough(new TextDecoderStream()), take).catch(() => {}); // it ends with the device
  return { ...device, close: async () => leaving.abort() };
}

async function listen(texts, take) {
  let rest = "";
  for await (const text of texts) {
    const words = (rest + text).split("\n\n");
    rest = words.pop();
    for (const word of words) if (word.startsWith("data: ")) take(JSON.parse(word.slice(6)));
  }
}
