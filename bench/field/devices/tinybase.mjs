/** A device with a TinyBase MergeableStore, its WebSocket synchronizer, and in a browser its IndexedDB persister. */
import { createMergeableStore } from "tinybase";
import { createIndexedDbPersister } from "tinybase/persisters/persister-indexed-db";
import { createWsSynchronizer } from "tinybase/synchronizers/synchronizer-ws-client";

export async function createDevice({ url, cart, kept, shelf }) {
  const store = createMergeableStore();
  if (kept !== undefined) store.setMergeableContent(kept);
  const persister = shelf && createIndexedDbPersister(store, shelf);
  await persister?.startAutoPersisting();
  let synchronizer;
  const connect = async () => {
    synchronizer = await createWsSynchronizer(store, new WebSocket(`${url.replace(/^http/, "ws")}/${cart}`));
    await synchronizer.startSync();
  };
  const connected = connect();
  connected.catch(() => {}); // told to whoever waits for `ready`
  return {
    ...cartIn(store),
    ready: () => connected,
    /** The synchronizer ends with its socket; the application makes a new one. */
    online: async () => {
      await synchronizer.destroy();
      await connect();
    },
    close: async () => {
      await synchronizer.destroy();
      await persister?.destroy();
    },
  };
}

/** The same without a server. */
export function createLocalDevice() {
  return cartIn(createMergeableStore());
}

function cartIn(store) {
  return {
    fill: (lines) => store.transaction(() => lines.forEach(({ sku, ...rest }) => store.setRow("cart", sku, rest))),
    plus: ({ sku, title, price }, n = 1) => {
      if (store.hasRow("cart", sku)) store.setCell("cart", sku, "quantity", (quantity) => quantity + n);
      else store.setRow("cart", sku, { title, price, quantity: n });
    },
    remove: (sku) => store.delRow("cart", sku),
    quantity: (sku) => store.getCell("cart", sku, "quantity") ?? 0,
    count: () => store.getRowCount("cart"),
    watch(listener) {
      const ids = [store.addTableListener("cart", listener), store.addValueListener("analytics", listener)];
      return () => ids.forEach((id) => store.delListener(id));
    },
    decide: (isAllowed) => store.setValue("analytics", isAllowed),
    allows: () => store.getValue("analytics") === true,
    kept: () => store.getMergeableContent(),
  };
}
