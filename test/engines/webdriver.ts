/** The dozen words of W3C WebDriver that the tests need, spoken to one browser session. */
import { createServer } from "node:net";
import { type Child, start } from "./child.js";
import { listen } from "./line.js";
import { until } from "./wait.js";

export interface Session {
  /** Sends a command about this session and resolves to its value. */
  ask<T>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<T>;
  close(): Promise<void>;
}

/** The driver said no; the message begins with the standard's own words for why. */
export class DriverError extends Error {
  override readonly name = "DriverError";
}

/** No command of the tests takes longer: a driver that is silent for so long has lost it. */
const ANSWER_MS = 20_000;

/** Starts a driver of its own and one session in it. */
export async function openSession(program: string, capabilities: object, env: NodeJS.ProcessEnv): Promise<Session> {
  const port = await freePort();
  const driver = start(program, [`--port=${port}`], env);
  const url = `http://127.0.0.1:${port}/session`;
  const { sessionId } = await until(() => begin(driver, url, capabilities), "the driver answers", ANSWER_MS);
  return {
    ask: (method, path, body = method === "POST" ? {} : undefined) => command(method, `${url}/${sessionId}${path}`, body),
    async close() {
      await command("DELETE", `${url}/${sessionId}`).catch(() => {}); // a session that has ended by itself
      await driver.end();
    },
  };
}

async function begin(driver: Child, url: string, capabilities: object): Promise<{ sessionId: string } | undefined> {
  if (!driver.isRunning) throw new Error("The driver ended before it answered.");
  return command<{ sessionId: string }>("POST", url, { capabilities: { alwaysMatch: capabilities } }).catch((error: unknown) => {
    if (error instanceof DriverError) throw error;
    return undefined; // it does not listen yet
  });
}

async function command<T>(method: string, url: string, body?: object): Promise<T> {
  const response = await fetch(url, { method, signal: AbortSignal.timeout(ANSWER_MS), ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: T };
  if (response.ok) return value;
  const { error, message } = value as { error: string; message: string };
  throw new DriverError(`${error}: ${message}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
