/** What each address answers: one origin per device with its shop and its own way to the server, and one for the stage. */
import { Hono } from "hono";
import { SignJWT } from "jose";
import { people, site, tokenSecret } from "./devices.mjs";
import { fileResponse } from "./files.mjs";

const secret = new TextEncoder().encode(tokenSecret);

/**
 * @param {{ device: { name: string, example: string }, addresses: Record<string, string>, weather: any, news: any, sync: { server: any } }} house
 */
export function deviceOrigin({ device, addresses, weather, news, sync }) {
  const app = new Hono();
  const ask = (c) => sync.server.fetch(c.req.raw, c.env);
  app.all("/v1/*", (c) => weather.carry(device.name, c.env.incoming.socket, () => ask(c), (text) => news.overheard(device.name, text)));
  app.get("/demo/config.json", (c) => c.json({ site, device: device.name, stage: addresses.stage, phoneUrl: `${addresses.phone}/?toon=mandje`, desktopUrl: `${addresses.desktop}/` }));
  app.post("/demo/token", async (c) => {
    const { person } = await c.req.json().catch(() => ({}));
    if (!Object.hasOwn(people, person)) return c.text("Nobody here has that name.\n", 404);
    return c.json({ token: await mint(person) }, 200, { "cache-control": "no-store" });
  });
  app.get("/demo/clean", () => fileResponse("devices", "/clean.html"));
  app.get("/demo/clean.js", () => fileResponse("devices", "/clean.js"));
  app.get("*", (c) => fileResponse(device.example, c.req.path));
  return app;
}

/** The shop's signed proof of who this is, as its own sign-in would make it. */
function mint(person) {
  return new SignJWT({ name: people[person] }).setProtectedHeader({ alg: "HS256" })
    .setSubject(person).setIssuedAt().setExpirationTime("1h").sign(secret);
}

/**
 * @param {{ addresses: Record<string, string>, weather: any, news: any, startOver: () => Promise<void>, isFresh: () => boolean }} house
 */
export function stageOrigin({ addresses, weather, news, startOver, isFresh }) {
  const app = new Hono();
  const changed = (c) => {
    news.tell("weather", weather.now());
    return c.body(null, 204);
  };
  // Only the stage itself may turn these knobs, not any page that happens to be open.
  app.use("*", (c, next) => (c.req.method === "GET" || c.req.header("origin") === addresses.stage ? next() : c.text("Only the stage may do this.\n", 403)));
  app.get("/news", () => news.stream({ addresses, weather: weather.now(), isFresh: isFresh() }));
  app.post("/weather/server", async (c) => {
    weather.setServerDown((await c.req.json()).isDown === true);
    return changed(c);
  });
  app.post("/weather/:device", async (c) => {
    weather.set(c.req.param("device"), await c.req.json());
    return changed(c);
  });
  app.post("/start-over", async (c) => {
    await startOver();
    return changed(c);
  });
  app.get("*", (c) => fileResponse("devices", c.req.path));
  return app;
}
