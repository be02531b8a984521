/** Starts the demo: the sync server with its file, one origin for each device, and the stage they stand on. */
import { spawn } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import { createServer } from "../../dist/server.js";
import { devices, site, tokenSecret } from "./devices.mjs";
import { createNews } from "./news.mjs";
import { deviceOrigin, stageOrigin } from "./origins.mjs";
import { createWeather } from "./weather.mjs";

const folder = fileURLToPath(new URL("../../.data/", import.meta.url));
const database = `${folder}devices.db`;
const wantedPort = Number(process.env.PORT ?? 8080);
const PORTS = devices.length + 1;
const BLOCKS_TRIED = 10;
const { news, weather } = { news: createNews(), weather: createWeather(devices.map(({ name }) => name)) };
let isFresh = process.argv.includes("--fresh");

/** Asks for a whole block of ports, because the origins have to know each other. */
async function listenOnBlock(first) {
  for (let port = first; port < first + BLOCKS_TRIED * PORTS; port += PORTS) {
    const servers = Array.from({ length: PORTS }, () => createHttpServer());
    const results = await Promise.allSettled(servers.map((server, i) => listen(server, port + i)));
    if (results.every(({ status }) => status === "fulfilled")) return { port, servers };
    for (const server of servers) server.close();
    console.log(`One of the ports ${port} to ${port + PORTS - 1} is taken; trying the next ${PORTS}.`);
  }
  throw new Error(`No ${PORTS} free ports from ${first} on. Choose others: PORT=9000 npm start`);
}

function listen(server, port) {
  return new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", () => resolve(undefined)));
}

async function openDatabase(origins) {
  const server = await createServer({ database, sites: [{ key: site, secretKey: "sk_demo", origins, customerTokens: { secret: tokenSecret } }] });
  server.watch(news.written);
  return server;
}

async function removeDatabase() {
  await Promise.all(["", "-wal", "-shm"].map((end) => rm(database + end, { force: true })));
}

/** Shows the stage where there is a screen to show it on. */
function openBrowser(url) {
  const hasScreen = process.platform === "darwin" || process.platform === "win32" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!process.stdout.isTTY || process.env.CI || !hasScreen) return;
  const [command, ...words] = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[process.platform] ?? ["xdg-open"];
  spawn(command, [...words, url], { stdio: "ignore", detached: true }).on("error", () => {}).unref();
}

async function main() {
  await mkdir(folder, { recursive: true });
  if (isFresh) await removeDatabase();
  const { port, servers } = await listenOnBlock(wantedPort);
  const names = ["stage", ...devices.map(({ name }) => name)];
  const addresses = Object.fromEntries(names.map((name, i) => [name, `http://localhost:${port + i}`]));
  const origins = devices.map(({ name }) => addresses[name]);
  const sync = { server: await openDatabase(origins) };
  const startOver = async () => {
    await sync.server.close();
    await removeDatabase();
    sync.server = await openDatabase(origins);
    isFresh = false;
    news.forget();
  };
  const apps = [stageOrigin({ addresses, weather, news, startOver, isFresh: () => isFresh }), ...devices.map((device) => deviceOrigin({ device, addresses, weather, news, sync }))];
  apps.forEach((app, i) => servers[i].on("request", getRequestListener(app.fetch, { overrideGlobalObjects: false })));
  console.log(`\n  One cart on phone, desktop and kiosk:\n\n    ${addresses.stage}\n\n  Stop with Ctrl-C. Carts are kept in .data/devices.db; start with --fresh to begin anew.\n`);
  openBrowser(addresses.stage);
  stopOnSignal(servers, sync);
}

function stopOnSignal(servers, sync) {
  const stop = async () => {
    news.close();
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    await sync.server.close();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
