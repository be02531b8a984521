/** Puts what is in the feed into the envelope that others' systems know. */
import { type CloudEvent, ERASED } from "../wire/feed.js";
import type { FeedRow } from "./store/feed.js";

export function cloudEventOf(site: string, { subject, at, written }: FeedRow): CloudEvent {
  const source = `urn:carryover:${encodeURIComponent(site)}`;
  if (written === undefined) return { specversion: "1.0", id: `${subject}:${ERASED}`, source, type: typeOf(ERASED), subject, time: timeOf(at) };
  const { id, type, at: doneAt } = written.entry;
  // An entry that another log has taken in is told twice: once of each log.
  return { specversion: "1.0", id: `${subject}:${id}`, source, type: typeOf(type), subject, time: timeOf(doneAt), datacontenttype: "application/json", data: written };
}

/** The full name of a type of event. */
export function typeOf(type: string): string {
  return `shop.carryover.${type}.v1`;
}

/** A clock that was set to nonsense is no reason to hold the feed up. */
function timeOf(at: number): string {
  return new Date(Math.min(at, 8.64e15)).toISOString();
}
