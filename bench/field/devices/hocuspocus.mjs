/** A device with Yjs, Hocuspocus' provider, and in a browser Yjs' IndexedDB. */
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import { IndexeddbPersistence } from "y-indexeddb";
import { createYjsCart, docWith } from "./yjs-cart.mjs";

export async function createDevice({ url, cart, kept, shelf }) {
  const document = docWith(kept);
  const shelved = shelf && new IndexeddbPersistence(shelf, document);
  await shelved?.whenSynced;
  const websocketProvider = new HocuspocusProviderWebsocket({ url: url.replace(/^http/, "ws") });
  const provider = new HocuspocusProvider({ websocketProvider, name: cart, document });
  provider.attach();
  return {
    ...createYjsCart(document),
    ready: () => provider.isSynced || new Promise((resolve) => provider.on("synced", resolve)),
    close: async () => {
      provider.destroy();
      websocketProvider.destroy();
      await shelved?.destroy();
      document.destroy();
    },
  };
}

export { createLocalDevice } from "./y-websocket.mjs";
