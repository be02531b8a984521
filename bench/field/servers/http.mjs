/**
 * The least that HTTP can do: a request is answered and told on the event streams of its cart; nothing is checked or numbered.
 * With the name of a file each change is flushed to a SQLite before it is told; otherwise nothing is kept.
 */
import { createServer } from "node:http";
import Database from "libsql";
import { onEnd, sayListening } from "./hearing.mjs";

const [file] = process.argv.slice(2);
const carts = new Map();
const keep = file === undefined ? () => {} : keeperIn(file);
const FOR_PAGES = { "access-control-allow-origin": "*" };

const server = createServer((request, response) => {
  const cart = cartOf(request.url);
  if (request.method === "GET") return follow(cart, response);
  let text = "";
  request.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => {
    const change = JSON.parse(text);
    keep(request.url, change.sku, text);
    cart.lines.set(change.sku, change);
    for (const stream of cart.streams) stream.write(wordOf(change));
    response.writeHead(200, { "content-type": "application/json", ...FOR_PAGES }).end("{}");
  });
});
server.listen(0, "127.0.0.1", () => sayListening(server.address()));
onEnd(() => server.closeAllConnections());

function keeperIn(name) {
  const db = new Database(name);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE changes (cart TEXT, sku TEXT, body TEXT)");
  const insert = db.prepare("INSERT INTO changes VALUES (?, ?, ?)");
  return (...change) => insert.run(...change);
}

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
