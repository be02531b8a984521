/** What is remembered of webhooks, in a SQLite file. */
import type Database from "libsql";
import { type EndpointReading, endpointOf, type EndpointWriting, keptOf } from "./endpoints.js";
import { present } from "./sqlite-row.js";

type Db = InstanceType<typeof Database>;

export function endpointsIn(db: Db): EndpointReading & EndpointWriting {
  const columns = "site, name, target, epoch, place, failures, failing_since AS failingSince, retry_at AS retryAt, off_at AS offAt, last_status AS lastStatus, holder, held_until AS heldUntil";
  const byName = db.prepare(`SELECT ${columns} FROM endpoints WHERE site = ? AND name = ?`);
  const put = db.prepare("INSERT OR REPLACE INTO endpoints (site, name, target, epoch, place, failures, failing_since, retry_at, off_at, last_status, holder, held_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  return {
    async endpoint(site, name) {
      const found = present<Parameters<typeof endpointOf>[0]>(byName.get(site, name));
      return found && endpointOf(found);
    },
    async putEndpoint(row) {
      const { site, name, target, epoch, place, failures, failingSince, retryAt, offAt, lastStatus, holder, heldUntil } = keptOf(row);
      put.run(site, name, target, epoch, ...[place, failures, failingSince, retryAt, offAt, lastStatus, holder, heldUntil].map((value) => value ?? null));
    },
  };
}
