/** How a till or a call centre speaks to the server: with the secret key, and from no page. */
import type { AppendAnswer } from "../../src/wire/shop.js";
import { expect } from "vitest";
import { feedSettled } from "./database.js";
import { type Answer, answerOf, type Desk } from "./desk.js";

export const KEY = { authorization: "Bearer sk_test" };

export interface Office {
  ask(method: string, path: string, more?: { readonly headers?: Record<string, string>; readonly body?: unknown }): Promise<Answer>;
  /** Waits until the feed can tell all that was written. */
  settled(): Promise<void>;
  /** Writes in a customer's cart as the till; fails when the whole is refused. */
  ring(customer: string, events: readonly unknown[], more?: object): Promise<AppendAnswer>;
}

export function openOffice(desk: Desk, key: Record<string, string> = KEY): Office {
  const ask: Office["ask"] = async (method, path, { headers = key, body } = {}) => {
    const message = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    return answerOf(await desk.server.fetch(new Request(`https://sync.example${path}`, { method, headers, ...message })));
  };
  return {
    ask,
    settled: () => feedSettled(desk.database),
    async ring(customer, events, more = {}) {
      const { status, body } = await ask("POST", `/v1/customers/${encodeURIComponent(customer)}/events`, { body: { channel: "store", name: "till-3", events, ...more } });
      expect({ status, body }).toMatchObject({ status: 200 });
      return body as AppendAnswer;
    },
  };
}
