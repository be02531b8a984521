/** Who is measured: each contender's name, packages, server, device, and what it has on the disk when it answers. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHmac } from "node:crypto";

const SECRET = "a secret of the shop, 32 bytes or more";
export const SECRET_KEY = "sk_bench_a_secret_key_of_the_shop";
const program = (name) => fileURLToPath(new URL(`servers/${name}.mjs`, import.meta.url));
const deviceOf = (name) => ({ device: name, devices: () => import(`./devices/${name}.mjs`) });
const command = fileURLToPath(new URL("../../dist/command.js", import.meta.url));

/** What a server's own customer token says: who signs in. */
export function tokenOf(customer) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = `${part({ alg: "HS256" })}.${part({ sub: customer, exp: Math.floor(Date.now() / 1_000) + 3_600 })}`;
  return `${claims}.${createHmac("sha256", SECRET).update(claims).digest("base64url")}`;
}

function serve({ folder, database = join(folder, "bench.db") }) {
  const config = join(folder, "config.json");
  const site = { key: "pk_bench", secretKey: SECRET_KEY, origins: ["http://127.0.0.1:*"], customerTokens: { secret: SECRET } };
  writeFileSync(config, JSON.stringify({ sites: [site] }));
  return { program: command, args: ["serve", "--port", "0", "--database", database, "--config", config] };
}

const ours = { packages: ["carryover"], licence: "MIT", ...deviceOf("carryover"), access: tokenOf, isOurs: true, isDurable: true, server: serve };
const NOT_YET = "nothing: it is kept some time after it was told";

export const CONTENDERS = [
  { ...ours, id: "carryover", name: "carryover, SQLite", durability: "the change, flushed to the disk (fsync) before anybody is told" },
  { ...ours, id: "carryover-postgres", name: "carryover, PostgreSQL", needs: "postgres", durability: "the change, committed with fsync and synchronous_commit as they are by default" },
  {
    id: "y-websocket", name: "y-websocket", packages: ["yjs", "y-websocket", "@y/websocket-server", "y-indexeddb"], licence: "MIT", ...deviceOf("y-websocket"),
    durability: "nothing: the server keeps carts in memory, and forgets each with its last connection", server: () => ({ program: program("y-websocket") }),
  },
  {
    id: "y-websocket-leveldb", name: "y-websocket, LevelDB", packages: ["yjs", "y-websocket", "@y/websocket-server", "y-leveldb"], licence: "MIT", ...deviceOf("y-websocket"), isKept: true,
    durability: `${NOT_YET}, without a flush`, server: ({ folder }) => ({ program: program("y-websocket"), env: { YPERSISTENCE: join(folder, "level") } }),
  },
  {
    id: "hocuspocus", name: "Hocuspocus, SQLite", packages: ["@hocuspocus/server", "@hocuspocus/provider", "@hocuspocus/extension-sqlite", "yjs"], licence: "MIT", ...deviceOf("hocuspocus"), isKept: true,
    durability: "nothing: the document is written 2 seconds after the last change, 10 at most", server: ({ folder }) => ({ program: program("hocuspocus"), args: [join(folder, "hocuspocus.db")] }),
  },
  {
    id: "tinybase", name: "TinyBase", packages: ["tinybase"], licence: "MIT", ...deviceOf("tinybase"), durability: "nothing: the server keeps no copy, it asks other devices", server: () => ({ program: program("tinybase") }),
  },
  {
    id: "tinybase-file", name: "TinyBase, file", packages: ["tinybase"], licence: "MIT", ...deviceOf("tinybase"), isKept: true,
    durability: `${NOT_YET}, the whole cart anew, without a flush`, server: ({ folder }) => ({ program: program("tinybase"), args: [folder] }),
  },
  {
    id: "replicache", name: "Replicache, SQLite", packages: ["replicache"], licence: "Replicache's own terms, no key", ...deviceOf("replicache"), isDurable: true, isKept: true,
    isAnswerTo: (said) => /^POST \S+\/push /.test(said),
    durability: "the change, flushed: by the bench's own server, since Replicache leaves the server to the application", server: ({ folder }) => ({ program: program("replicache"), args: [join(folder, "replicache.db")] }),
  },
  {
    id: "pouchdb", name: "PouchDB", packages: ["pouchdb", "express-pouchdb"], licence: "Apache-2.0", ...deviceOf("pouchdb"), isKept: true, isSlow: true, isAnswerTo: (said) => said.includes("_bulk_docs"),
    durability: "the change, handed to the operating system without a flush", server: ({ folder }) => ({ program: program("pouchdb"), args: [folder] }),
  },
  {
    id: "vendure", name: "Vendure, SQLite in memory", packages: ["@vendure/core", "sql.js"], licence: "GPL-3.0-or-later", ...deviceOf("vendure"), isAsked: true, isSlow: true, isAnswerTo: (said) => said.includes("addItemToOrder"),
    durability: "nothing: the database is in memory (sql.js), and pushes nothing to other devices", server: () => ({ program: program("vendure") }),
  },
];

/** No contenders, and no carts for a shop: what there is to win for anybody who has each change on the disk before it is told, over HTTP and over a socket. */
export const FLOORS = [floor("http", "HTTP, flushed"), floor("socket", "a socket, flushed")];

function floor(id, name) {
  return { id, name, isFloor: true, ...deviceOf(id), server: ({ folder }) => ({ program: program(id), args: [join(folder, "floor.db")] }) };
}

export function contenderOf(id) {
  const found = [...CONTENDERS, ...FLOORS].find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no contender ${id}: ${CONTENDERS.map((one) => one.id).join(", ")}.`);
  return found;
}

/** A device of this contender with this cart; `more` may hold what it had kept. */
export async function openDevice(contender, { url, cart, shelves, ...more }) {
  const { createDevice } = await contender.devices();
  const device = await createDevice({ url, cart, shelves, access: contender.access?.(cart), ...more });
  await device.ready();
  return device;
}
