/** The least that HTTP can do: a request is answered and told on the event streams of its cart; nothing is checked or numbered. */
import { createServer } from "node:http";
import { createCarts } from "./flushing.mjs";
import { onEnd, sayListening } from "./hearing.mjs";

const carts = createCarts(process.argv[2]);
const FOR_PAGES = { "access-control-allow-origin": "*" };

const server = createServer((request, response) => {
  if (request.method === "GET") return follow(carts.cartOf(request.url), response);
  let text = "";
  request.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => {
    for (const stream of carts.take(request.url, text).hearers) stream.write(wordOf(text));
    response.writeHead(200, { "content-type": "application/json", ...FOR_PAGES }).end("{}");
  });
});
server.listen(0, "127.0.0.1", () => sayListening(server.address()));
onEnd(() => server.closeAllConnections());

function follow({ lines, hearers }, response) {
  response.writeHead(200, { "content-type": "text/event-stream", ...FOR_PAGES }).write(`: \n\n${[...lines.values()].map(wordOf).join("")}`);
  hearers.add(response);
  response.on("close", () => hearers.delete(response));
}

function wordOf(text) {
  return `data: ${text}\n\n`;
}
