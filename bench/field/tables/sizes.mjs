/** Table: what the same minimal use of each weighs on the way to the visitor: open the cart, keep it on the device, connect, change a quantity. */
import { brotliBytes, bundle } from "../bundle.mjs";
import { TAGS, scriptOf } from "../tags.mjs";

const YJS = `import * as Y from "yjs"; import { IndexeddbPersistence } from "y-indexeddb";
  const doc = new Y.Doc(); new IndexeddbPersistence("cart", doc); doc.getMap("cart").set("SKU-1", new Y.Map([["quantity", 1]]));`;

const USES = [
  { id: "carryover", name: "carryover: cart, consent, handoff, sign-in", use: `import { createClient } from "../../dist/index.js";
    createClient({ site: "pk", endpoint: location.origin }).cart.add("SKU-1");` },
  { id: "yjs", name: "Yjs, y-websocket, y-indexeddb", use: `${YJS} import { WebsocketProvider } from "y-websocket"; new WebsocketProvider(location.origin, "cart", doc);` },
  { id: "hocuspocus", name: "Yjs, Hocuspocus' provider, y-indexeddb", use: `${YJS} import { HocuspocusProvider } from "@hocuspocus/provider"; new HocuspocusProvider({ url: location.origin, name: "cart", document: doc });` },
  { id: "tinybase", name: "TinyBase: MergeableStore, WebSocket, IndexedDB", use: `import { createMergeableStore } from "tinybase";
    import { createIndexedDbPersister } from "tinybase/persisters/persister-indexed-db"; import { createWsSynchronizer } from "tinybase/synchronizers/synchronizer-ws-client";
    const store = createMergeableStore(); createIndexedDbPersister(store, "cart").startAutoPersisting();
    createWsSynchronizer(store, new WebSocket(location.origin)).then((one) => one.startSync()); store.setCell("cart", "SKU-1", "quantity", 1);` },
  { id: "replicache", name: "Replicache", use: `import { Replicache } from "replicache";
    new Replicache({ name: "cart", pushURL: "/push", pullURL: "/pull", mutators: { plus: (tx, sku) => tx.set(sku, { quantity: 1 }) } }).mutate.plus("SKU-1");` },
  { id: "pouchdb", name: "PouchDB", use: `import PouchDB from "pouchdb";
    const db = new PouchDB("cart"); db.sync(location.origin, { live: true, retry: true }); db.put({ _id: "SKU-1", quantity: 1 });` },
  { id: "carryover-consent", name: "carryover/consent: the engine and its gates", use: `import { createConsent, openGates } from "../../dist/consent.js";
    openGates(createConsent({ purposes: ["analytics"] }));` },
  { id: "vanilla-cookieconsent", name: "vanilla-cookieconsent, its banner included", packages: ["vanilla-cookieconsent"], use: `import { run } from "vanilla-cookieconsent";
    run({ categories: { necessary: { readOnly: true }, analytics: {} }, language: { default: "en", translations: { en: { consentModal: { title: "Cookies" }, preferencesModal: { sections: [] } } } } });` },
];

export async function sizes() {
  const uses = await Promise.all(USES.map(async ({ use, ...one }) => ({ ...one, brotliBytes: brotliBytes(await bundle(use)) })));
  const tags = await Promise.all(TAGS.filter(({ isFloor }) => !isFloor).map(async (tag) => ({ id: `tag-${tag.id}`, name: `tag: ${tag.name}`, brotliBytes: brotliBytes(await scriptOf(tag, "https://shop.example")) })));
  return [...uses, ...tags];
}
