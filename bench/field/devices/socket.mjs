/** The client's half of the least that a WebSocket can do: changes go up and come down over one. */
import { createPlainCart } from "./plain-cart.mjs";

export async function createDevice({ url, cart }) {
  const unanswered = [];
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/${cart}`);
  const { take, ...device } = createPlainCart((text) => {
    socket.send(text);
    return new Promise((resolve) => unanswered.push(resolve));
  });
  socket.addEventListener("message", ({ data }) => (data === "{}" ? unanswered.shift()() : take(JSON.parse(data))));
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  return { ...device, close: async () => socket.close() };
}
