/** A CouchDB as PouchDB's own server is one: a LevelDB for each cart, in the folder that is the first argument. */
import express from "express";
import makePouchApp from "express-pouchdb";
import PouchDB from "pouchdb";
import { onEnd, sayListening } from "./hearing.mjs";

const [folder] = process.argv.slice(2);
const app = express();
/** A page of another origin asks with its credentials, as PouchDB does. */
app.use((request, response, next) => {
  response.set({ "access-control-allow-origin": request.headers.origin ?? "*", "access-control-allow-credentials": "true", "access-control-allow-headers": "content-type, accept, authorization", "access-control-allow-methods": "GET, HEAD, POST, PUT, DELETE", "access-control-max-age": "600" });
  if (request.method === "OPTIONS") response.end();
  else next();
});
app.use("/", makePouchApp(PouchDB.defaults({ prefix: `${folder}/` }), { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: `${folder}/log.txt` }));
const server = app.listen(0, "127.0.0.1", () => sayListening(server.address()));
onEnd(() => server.close());
