/** The least that a WebSocket can do: a change is told to the other sockets of its cart, and then answered; nothing is checked or numbered. */
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { createCarts } from "./flushing.mjs";
import { onEnd, sayListening } from "./hearing.mjs";

const carts = createCarts(process.argv[2]);
const server = createServer();

new WebSocketServer({ server }).on("connection", (socket, { url }) => {
  const { lines, hearers } = carts.cartOf(url);
  for (const text of lines.values()) socket.send(text);
  hearers.add(socket);
  socket.on("message", (data) => {
    const text = String(data);
    carts.take(url, text);
    for (const other of hearers) if (other !== socket) other.send(text);
    socket.send("{}");
  });
  socket.on("close", () => hearers.delete(socket));
});
server.listen(0, "127.0.0.1", () => sayListening(server.address()));
onEnd(() => server.closeAllConnections());
