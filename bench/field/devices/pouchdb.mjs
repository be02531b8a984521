/** A device with PouchDB in live replication with its server, a document for each line. */
import PouchDB from "pouchdb";

/** In Node a LevelDB below `shelves`, in a browser its IndexedDB. */
let made = 0;

export async function createDevice({ url, cart, kept, shelf, shelves }) {
  const name = shelf ?? kept ?? `${shelves}/device-${process.pid}-${(made += 1)}`;
  const db = new PouchDB(name);
  const remote = new PouchDB(`${url}/${cart}`);
  const device = await cartIn(db);
  const pulled = PouchDB.replicate(remote, db);
  let sync;
  const ready = pulled.then(() => void (sync = start()));
  ready.catch(() => {}); // told to whoever waits for `ready`
  return {
    ...device,
    ready: () => ready,
    kept: () => name,
    close: async () => {
      device.stop();
      await ended(sync);
      await db.close();
    },
  };

  function start() {
    return db.sync(remote, { live: true, retry: true });
  }
}

function ended(sync) {
  if (sync === undefined) return undefined;
  return new Promise((resolve) => {
    sync.on("complete", resolve);
    sync.cancel();
  });
}

/** The same without a server. */
export function createLocalDevice({ shelves }) {
  return cartIn(new PouchDB(`${shelves}/local-${process.pid}-${(made += 1)}`));
}

/** What is shown follows the database's own changes. */
async function cartIn(db) {
  const [docs, listeners] = [new Map(), new Set()];
  const take = ({ id, doc, deleted }) => (deleted ? docs.delete(id) : docs.set(id, doc));
  const { results, last_seq: since } = await db.changes({ include_docs: true });
  results.forEach(take);
  const feed = db.changes({ since, live: true, include_docs: true }).on("change", (change) => {
    take(change);
    for (const listener of [...listeners]) listener();
  });
  return {
    fill: (lines) => db.bulkDocs(lines.map(({ sku, ...rest }) => ({ _id: sku, ...rest }))),
    plus: ({ sku, title, price }, n = 1) => change(db, sku, (line) => ({ title, price, ...line, quantity: (line?.quantity ?? 0) + n })),
    remove: (sku) => change(db, sku, (line) => ({ ...line, _deleted: true })),
    quantity: (sku) => docs.get(sku)?.quantity ?? 0,
    count: () => docs.size - (docs.has("consent") ? 1 : 0),
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    decide: (isAllowed) => change(db, "consent", (known) => ({ ...known, analytics: isAllowed })),
    allows: () => docs.get("consent")?.analytics === true,
    stop: () => feed.cancel(),
  };
}

/** Read, change, put; again if another writer was faster, as its documentation says. */
async function change(db, id, made) {
  for (;;) {
    const known = await db.get(id).catch((error) => (error.status === 404 ? undefined : Promise.reject(error)));
    try {
      return await db.put({ _id: id, ...made(known) });
    } catch (error) {
      if (error.status !== 409) throw error;
    }
  }
}
