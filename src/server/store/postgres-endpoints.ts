/** What is remembered of webhooks, in PostgreSQL. */
import { type EndpointReading, endpointOf, type EndpointWriting, type KeptEndpoint, keptOf } from "./endpoints.js";
import { createTable } from "./postgres-table.js";
import type { Work } from "./postgres-work.js";

const ENDPOINTS = createTable<KeptEndpoint>("endpoints", {
  site: "site", name: "name", target: "target", epoch: "epoch", place: "place", failures: "failures", failingSince: "failing_since", retryAt: "retry_at", offAt: "off_at", lastStatus: "last_status", holder: "holder", heldUntil: "held_until",
}, 2);

export function endpointsIn(work: Work): EndpointReading & EndpointWriting {
  /** Not found by this job: whoever is faster to write it makes the job run again. */
  const missed = new Set<string>();
  const keyOf = (site: string, name: string): string => JSON.stringify([site, name]);
  return {
    async endpoint(site, name) {
      const [found] = await work.ask(`SELECT ${ENDPOINTS.columns} FROM ${ENDPOINTS.name} WHERE site = $1 AND name = $2 ${work.lock}`, [site, name]);
      if (found === undefined) missed.add(keyOf(site, name));
      return found && endpointOf(ENDPOINTS.row(found));
    },
    putEndpoint: async (row) => work.tell(missed.delete(keyOf(row.site, row.name)) ? ENDPOINTS.add : ENDPOINTS.put, ENDPOINTS.values(keptOf(row))),
  };
}
