/** Forgets everything this origin has kept, and tells the stage when that is done. */

/** Another open tab may hold a database; it lets go within this time or keeps it. */
const PATIENCE_MS = 1_500;

localStorage.clear();
sessionStorage.clear();

function remove(name) {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = resolve;
    setTimeout(resolve, PATIENCE_MS);
  });
}

const databases = (await indexedDB.databases?.()) ?? [];
await Promise.all(databases.map(({ name }) => remove(name)));
const { stage } = await (await fetch("/demo/config.json")).json();
window.parent.postMessage({ carryoverDemoClean: true }, stage);
