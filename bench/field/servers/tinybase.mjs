/** TinyBase's server: a store for each path, in memory, or with a folder as the first argument in a file each. */
import { join } from "node:path";
import { createMergeableStore } from "tinybase";
import { createFilePersister } from "tinybase/persisters/persister-file";
import { createWsServer } from "tinybase/synchronizers/synchronizer-ws-server";
import { WebSocketServer } from "ws";
import { onEnd, sayListening } from "./hearing.mjs";

const [folder] = process.argv.slice(2);
const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
sockets.on("listening", () => sayListening(sockets.address()));
const keep = (path) => createFilePersister(createMergeableStore(), join(folder, `${path.replaceAll(/[^a-zA-Z0-9]/g, "-")}.json`));
const server = createWsServer(sockets, folder === undefined ? undefined : keep);
onEnd(() => server.destroy());
