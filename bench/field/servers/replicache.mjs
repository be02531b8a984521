/** What Replicache leaves to the application: push, pull and poke by its documentation's per-space version, over SQLite with every commit flushed. */
import { createServer } from "node:http";
import Database from "libsql";
import { WebSocketServer } from "ws";
import { mutators } from "../devices/replicache-mutators.mjs";
import { onEnd, sayListening } from "./hearing.mjs";

const [file] = process.argv.slice(2);
const db = new Database(file);
db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
db.exec(`CREATE TABLE spaces (name TEXT PRIMARY KEY, version INTEGER NOT NULL);
  CREATE TABLE entries (space TEXT, key TEXT, value TEXT, version INTEGER, PRIMARY KEY (space, key));
  CREATE TABLE clients (id TEXT PRIMARY KEY, client_group TEXT, last INTEGER, version INTEGER)`);
const ask = Object.fromEntries(Object.entries({
  version: "SELECT version FROM spaces WHERE name = ?",
  bump: "INSERT INTO spaces VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version",
  get: "SELECT value FROM entries WHERE space = ? AND key = ?",
  put: "INSERT INTO entries VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, version = excluded.version",
  since: "SELECT key, value FROM entries WHERE space = ? AND version > ?",
  last: "SELECT last FROM clients WHERE id = ?",
  seen: "INSERT INTO clients VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET last = excluded.last, version = excluded.version",
  lasts: "SELECT id, last FROM clients WHERE client_group = ? AND version > ?",
}).map(([name, sql]) => [name, db.prepare(sql)]));

const versionOf = (space) => ask.version.get(space)?.version ?? 0;

/** A mutation counts once: its number is the next of its client, or it was here before. */
const push = db.transaction((space, { clientGroupID, mutations }) => {
  const version = versionOf(space) + 1;
  for (const { clientID, id, name, args } of mutations) {
    if (id !== (ask.last.get(clientID)?.last ?? 0) + 1) continue;
    applyNow(mutators[name], storeOf(space, version), args);
    ask.seen.run(clientID, clientGroupID, id, version);
  }
  ask.bump.run(space, version);
});

/** A mutator waits for each read, as on the device; this database answers at once, so its steps are run without waiting. */
function applyNow(mutator, store, args) {
  const steps = mutator.steps(args);
  let step = steps.next();
  while (!step.done) step = steps.next(store[step.value[0]](...step.value.slice(1)));
}

function storeOf(space, version) {
  return {
    get: (key) => JSON.parse(ask.get.get(space, key)?.value ?? "null") ?? undefined,
    set: (key, value) => ask.put.run(space, key, JSON.stringify(value), version),
    del: (key) => ask.put.run(space, key, null, version),
  };
}

function pull(space, { clientGroupID, cookie }) {
  const since = cookie ?? 0;
  const patch = ask.since.all(space, since).map(({ key, value }) => (value === null ? { op: "del", key } : { op: "put", key, value: JSON.parse(value) }));
  const lasts = ask.lasts.all(clientGroupID, since).map(({ id, last }) => [id, last]);
  return { cookie: versionOf(space), lastMutationIDChanges: Object.fromEntries(lasts), patch };
}

/** Who is poked: the sockets of each space. */
const rooms = new Map();
const server = createServer((request, response) => {
  const [, space, door] = request.url.split("/");
  response.setHeader("access-control-allow-origin", "*").setHeader("access-control-allow-headers", "*").setHeader("access-control-max-age", "600");
  let text = "";
  request.on("data", (chunk) => (text += chunk)).on("end", () => {
    if (request.method === "OPTIONS") return response.end();
    const asked = JSON.parse(text);
    if (door === "pull") return response.setHeader("content-type", "application/json").end(JSON.stringify(pull(space, asked)));
    push(space, asked);
    response.end("{}");
    for (const socket of rooms.get(space) ?? []) socket.send("poke");
  });
});

new WebSocketServer({ server }).on("connection", (socket, { url }) => {
  const space = url.slice(1);
  const room = rooms.get(space) ?? new Set();
  rooms.set(space, room.add(socket));
  socket.on("close", () => {
    room.delete(socket);
    if (room.size === 0) rooms.delete(space);
  });
});
server.listen(0, "127.0.0.1", () => sayListening(server.address()));
onEnd(() => db.close());
