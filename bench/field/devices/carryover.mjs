/** A device with carryover's own public client. */
import { createClient } from "../../../dist/index.js";

export async function createDevice({ url, access, kept, shelf, kiosk }) {
  const storage = shelf !== undefined ? "browser" : (kept ?? createShelf());
  const shop = createClient({ site: "pk_bench", endpoint: url, ...(kiosk ? { kiosk } : { storage }) });
  await shop.ready;
  const signedIn = access === undefined || shop.state.customer.isSignedIn ? undefined : shop.signIn(access);
  signedIn?.catch(() => {}); // told to whoever waits for `ready`
  return {
    ...cartIn(shop),
    shop,
    ready: async () => {
      await signedIn;
      await until(shop, ({ sync }) => sync.state === "live" || sync.state === "local");
    },
    kept: () => storage,
    close: () => shop.close(),
  };
}

/** The same without a server. */
export function createLocalDevice() {
  return cartIn(createClient({ site: "pk_bench", storage: "memory" }));
}

function cartIn(shop) {
  return {
    fill: (lines) => lines.forEach(({ sku, title, price, quantity }) => shop.cart.add(sku, quantity, { details: { title, price } })),
    // As a shop's page has it: "+" beside a line of the cart, and a product's own button where there is none.
    plus: ({ sku, title, price }, n = 1) => (shop.state.cart.lines.some(({ line }) => line === sku) ? shop.cart.increase(sku, n) : shop.cart.add(sku, n, { details: { title, price } })),
    remove: (sku) => shop.cart.remove(sku),
    quantity: (sku) => shop.state.cart.lines.find(({ line }) => line === sku)?.quantity ?? 0,
    count: () => shop.state.cart.lines.length,
    watch: (listener) => shop.subscribe(listener),
    decide: (isAllowed) => shop.consent.decide({ analytics: isAllowed }),
    allows: () => shop.consent.allows("analytics"),
  };
}

function until(shop, isSo) {
  return new Promise((resolve) => {
    const stop = shop.subscribe((state) => {
      if (!isSo(state)) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}

/** What a browser would keep over a reload, kept by the bench. */
function createShelf() {
  const [words, copies] = [new Map(), new Map()];
  return {
    isShared: false,
    read: (name) => words.get(name),
    write: (name, value) => (value === undefined ? words.delete(name) : words.set(name, value), true),
    names: (prefix) => [...words.keys()].filter((name) => name.startsWith(prefix)),
    load: async () => [...copies],
    save: async (entries, removed) => {
      for (const [name, value] of entries) copies.set(name, value);
      for (const name of removed) copies.delete(name);
    },
    clear: async () => copies.clear(),
  };
}
