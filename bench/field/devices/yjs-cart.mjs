/** A cart in a Yjs document: a map of lines, each a map with its quantity, as its documentation builds shared tables. */
import * as Y from "yjs";

/** The cart of one device; `doc` may hold already what the device kept. */
export function createYjsCart(doc) {
  const lines = doc.getMap("cart");
  const consent = doc.getMap("consent");
  return {
    fill: (all) => doc.transact(() => all.forEach((line) => put(line))),
    plus: ({ sku, title, price }, n = 1) => {
      const line = lines.get(sku);
      if (line === undefined) put({ sku, title, price, quantity: n });
      else line.set("quantity", line.get("quantity") + n);
    },
    remove: (sku) => lines.delete(sku),
    quantity: (sku) => lines.get(sku)?.get("quantity") ?? 0,
    count: () => lines.size,
    watch(listener) {
      lines.observeDeep(listener);
      consent.observe(listener);
      return () => {
        lines.unobserveDeep(listener);
        consent.unobserve(listener);
      };
    },
    decide: (isAllowed) => consent.set("analytics", isAllowed),
    allows: () => consent.get("analytics") === true,
    kept: () => Y.encodeStateAsUpdate(doc),
  };

  function put({ sku, ...rest }) {
    lines.set(sku, new Y.Map(Object.entries(rest)));
  }
}

/** A document with what the device had kept, if it had. */
export function docWith(kept) {
  const doc = new Y.Doc();
  if (kept !== undefined) Y.applyUpdate(doc, kept);
  return doc;
}
