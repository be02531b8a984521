/** The least that HTTP can do: a request is answered and told on the event streams of its cart; nothing is checked, numbered or kept. */
import { createServer } from "node:http";
import { onEnd, sayListening } from "./hearing.mjs";

const carts = new Map();
const FOR_PAGES = { "access-control-allow-origin": "*" };

const server = createServer((request, response) => {
  const cart = cartOf(request.url);
  if (request.method === "GET") return follow(cart, response);
  let text = "";
  request.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => {
    const change = JSON.parse(text);
    cart.lines.set(change.sku, change);
    for (const stream of cart.streams) stream.write(wordOf(change));
    response.writeHead(200, { "content-type": "application/json", ...FOR_PAGES }).end("{}");
  });
});
server.listen(0, "127.0.0.1", () => sayListening(server.address()));
onEnd(() => server.closeAllConnections());

function cartOf(name) {
  if (!carts.has(name)) carts.set(name, { lines: new Map(), streams: new Set() });
  return carts.get(name);
}

function follow({ lines, streams }, response) {
  response.writeHead(200, { "content-type": "text/event-stream", ...FOR_PAGES }).write(`: \n\n${[...lines.values()].map(wordOf).join("")}`);
  streams.add(response);
  response.on("close", () => streams.delete(response));
}

function wordOf(change) {
  return `data: ${JSON.stringify(change)}\n\n`;
}
