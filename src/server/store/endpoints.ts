/** What the server remembers of each webhook: how far it has been told, how it fares, and which process tells it. */
import type { Place } from "./feed.js";

export interface EndpointRow {
  readonly site: string;
  readonly name: string;
  /** SHA-256 of the address: another one begins without the failures of the former. */
  readonly target: string;
  /** Of the database, when `place` was noted. */
  readonly epoch: string;
  /** Up to there everything was delivered; absent before the first. */
  readonly place?: Place;
  /** Tries that failed since the last that did not. */
  readonly failures: number;
  readonly failingSince?: number;
  readonly retryAt?: number;
  /** When it was turned off. */
  readonly offAt?: number;
  /** What was answered last; 0 for no answer. */
  readonly lastStatus?: number;
  /** The process that delivers, and until when it alone may. */
  readonly holder?: string;
  readonly heldUntil?: number;
}

export interface EndpointReading {
  endpoint(site: string, name: string): Promise<EndpointRow | undefined>;
}

export interface EndpointWriting {
  putEndpoint(row: EndpointRow): Promise<void>;
}

/** As it lies in both databases: a place is one text. */
export type KeptEndpoint = Omit<EndpointRow, "place"> & { readonly place?: string };

export function keptOf({ place, ...row }: EndpointRow): KeptEndpoint {
  return place === undefined ? row : { ...row, place: JSON.stringify(place) };
}

export function endpointOf({ place, ...row }: KeptEndpoint): EndpointRow {
  return place === undefined ? row : { ...row, place: JSON.parse(place) as Place };
}
