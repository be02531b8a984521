/** Gives Node the WebSocket that browsers have, for the contenders that ask for one. */
import { setMaxListeners } from "node:events";
import { WebSocket } from "ws";

/** In a browser an error that nobody listens for ends nothing. */
globalThis.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    this.on("error", () => undefined);
  }
};
/** Each of y-websocket's providers wants to know when the process ends, and each of Replicache's requests when it is called off. */
setMaxListeners(0);
