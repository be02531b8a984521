/** The webhooks of all sites: a courier for each, and how they fare for the shop's people. */
import type { WebhookState } from "../wire/feed.js";
import type { Context } from "./context.js";
import { type Courier, startCourier } from "./courier.js";
import { randomId } from "./credential.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";

/** Delivers until it is stopped; resolves when what was under way has ended. */
export function keepDelivering(context: Context, report: (error: unknown) => void): () => Promise<void> {
  const holder = randomId();
  const couriers: Courier[] = [...context.sites.values()].flatMap((site) => site.webhooks.map((webhook) => startCourier(context, site, webhook, holder, report)));
  return async () => void (await Promise.all(couriers.map((courier) => courier.stop())));
}

export async function webhooksOf({ store }: Context, { key, webhooks }: Site): Promise<readonly WebhookState[]> {
  return store.read(async (tx) => {
    const found: WebhookState[] = [];
    for (const { name } of webhooks) {
      const { failures = 0, failingSince, retryAt, offAt, lastStatus } = (await tx.endpoint(key, name)) ?? {};
      const told = Object.entries({ failingSince, retryAt, offAt, lastStatus }).filter(([, value]) => value !== undefined);
      found.push({ name, isOn: offAt === undefined, failures, ...Object.fromEntries(told) });
    }
    return found;
  });
}

/** Turns a webhook on again, or has one that waits try at once. It goes on where it was, as far as the feed is kept. */
export async function resumeWebhook({ store }: Context, { key, webhooks }: Site, name: string): Promise<void> {
  if (!webhooks.some((webhook) => webhook.name === name)) throw new Refused("not-found", "The site's configuration names no such webhook.");
  await store.transact(async (tx) => {
    const row = await tx.endpoint(key, name);
    if (row === undefined) return;
    const { offAt: _, retryAt: __, failingSince: ___, ...rest } = row;
    await tx.putEndpoint({ ...rest, failures: 0 });
  });
}
