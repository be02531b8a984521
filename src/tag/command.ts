/** Commands that a page may give before the client is there. */
import type { Client } from "../browser/client.js";

/** `["cart.add", "SKU-1", 2]`, or a function that is given the client. */
export type Command = readonly [name: string, ...args: unknown[]] | ((client: Client) => void);

/** Runs one command. Throws a TypeError when the client has no such call. */
export function runCommand(client: Client, command: Command): void {
  if (typeof command === "function") return command(client);
  const [name, ...args] = Array.isArray(command) ? (command as readonly [string, ...unknown[]]) : [String(command)];
  const path = String(name).split(".");
  const call = path.pop() ?? "";
  const owner = path.reduce<unknown>((object, part) => own(object, part), client);
  const found = own(owner, call);
  if (typeof found !== "function") throw new TypeError(`carryover.push takes a call of the client, such as "cart.add"; found ${JSON.stringify(name)}.`);
  const answer: unknown = found.apply(owner, args);
  if (answer instanceof Promise) answer.catch(console.error);
}

function own(object: unknown, name: string): unknown {
  return typeof object === "object" && object !== null && Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
}
