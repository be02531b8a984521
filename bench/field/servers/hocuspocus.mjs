/** Hocuspocus with its SQLite extension, both as their documentation starts them; the file is the first argument. */
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";
import { onEnd, sayListening } from "./hearing.mjs";

const [database] = process.argv.slice(2);
const server = new Server({ port: 0, address: "127.0.0.1", quiet: true, extensions: [new SQLite({ database })] });
await server.listen();
sayListening(server.address);
onEnd(() => server.destroy());
