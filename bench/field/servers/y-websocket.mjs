/** y-websocket's server as its own program starts it, on any free port; YPERSISTENCE in the environment names its LevelDB. */
import { createServer } from "node:http";
import { setupWSConnection } from "@y/websocket-server/utils";
import { WebSocketServer } from "ws";
import { onEnd, sayListening } from "./hearing.mjs";

const sockets = new WebSocketServer({ noServer: true });
sockets.on("connection", setupWSConnection);

const server = createServer((_, response) => response.end("okay"));
server.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit("connection", opened, request)));
server.listen(0, "127.0.0.1", () => sayListening(server.address()));
onEnd(() => server.close());
