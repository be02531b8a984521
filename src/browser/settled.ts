/** When everything done here so far is on the server, and what others did has arrived. */
import type { Device } from "./device.js";
import { until } from "./patience.js";

export function settled(device: Device): Promise<void> {
  const { copy, settings, visitor } = device;
  if (settings.endpoint === undefined) return Promise.resolve();
  const waiting = new Set(copy.replica.pending.map((event) => event.id));
  const isSo = (): boolean => {
    if (visitor.session === undefined) return true;
    for (const { id } of copy.replica.pending) if (waiting.has(id)) return false;
    return !visitor.session.isKnown || device.sync === "live";
  };
  return until(isSo, device);
}
