/** A device with Yjs, its WebSocket provider, and in a browser its IndexedDB. */
import { IndexeddbPersistence } from "y-indexeddb";
import { WebsocketProvider } from "y-websocket";
import { createYjsCart, docWith } from "./yjs-cart.mjs";

/** Without `disableBc` two devices in one process would talk past the server. */
export async function createDevice({ url, cart, kept, shelf }) {
  const doc = docWith(kept);
  const shelved = shelf && new IndexeddbPersistence(shelf, doc);
  await shelved?.whenSynced;
  const provider = new WebsocketProvider(url.replace(/^http/, "ws"), cart, doc, { disableBc: true });
  return {
    ...createYjsCart(doc),
    ready: () => provider.synced || new Promise((resolve) => provider.once("sync", resolve)),
    close: async () => {
      provider.destroy();
      await shelved?.destroy();
      doc.destroy();
    },
  };
}

/** The same without a server: what a tap costs the page. */
export function createLocalDevice() {
  return createYjsCart(docWith());
}
