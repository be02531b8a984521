/** A device with Replicache, poked over a WebSocket; in a browser it keeps what it has in IndexedDB. */
import { Replicache } from "replicache";
import { mutators } from "./replicache-mutators.mjs";

/** Each device is a profile of its own: two of one name in one process would share what they keep. */
let made = 0;

export async function createDevice({ url, cart, kept, shelf }) {
  const name = shelf ?? kept ?? `device-${(made += 1)}`;
  const rep = new Replicache({ name, mutators, kvStore: shelf ? "idb" : "mem", pushURL: `${url}/${cart}/push`, pullURL: `${url}/${cart}/pull`, logLevel: "error" });
  let socket;
  const connect = () => {
    socket = new WebSocket(`${url.replace(/^http/, "ws")}/${cart}`);
    return poked(rep, socket);
  };
  const pulled = connect().then(() => rep.pull({ now: true }));
  pulled.catch(() => {}); // told to whoever waits for `ready`
  return {
    ...(await cartIn(rep)),
    ready: () => pulled,
    kept: () => name,
    online: async () => {
      await connect();
      await rep.push({ now: true });
      await rep.pull({ now: true });
    },
    close: async () => {
      socket.close();
      await rep.close();
    },
  };
}

/** Resolves once the socket is open; each word on it means that there is something to pull. */
function poked(rep, socket) {
  const unlessClosed = (error) => {
    if (!rep.closed) throw error;
  };
  socket.addEventListener("message", () => void rep.pull().catch(unlessClosed));
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("The socket was not opened.")));
  });
}

/** The same without a server. */
export function createLocalDevice() {
  return cartIn(new Replicache({ name: `local-${(made += 1)}`, mutators, kvStore: "mem", logLevel: "error" }));
}

/** What is shown is a subscription, as its documentation has it. */
async function cartIn(rep) {
  const [lines, listeners] = [new Map(), new Set()];
  let isAllowed = false;
  await new Promise((resolve) => rep.experimentalWatch((changes) => {
    for (const { op, key, newValue } of changes) {
      if (key === "consent/analytics") isAllowed = newValue === true;
      else if (op === "del") lines.delete(key.slice(5));
      else lines.set(key.slice(5), newValue);
    }
    resolve();
    for (const listener of [...listeners]) listener();
  }, { initialValuesInFirstDiff: true }));
  return {
    fill: (all) => rep.mutate.fill(all),
    plus: ({ sku, title, price }, n = 1) => rep.mutate.plus({ sku, title, price, n }),
    remove: (sku) => rep.mutate.remove({ sku }),
    quantity: (sku) => lines.get(sku)?.quantity ?? 0,
    count: () => lines.size,
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    decide: (value) => rep.mutate.decide({ isAllowed: value }),
    allows: () => isAllowed,
  };
}
