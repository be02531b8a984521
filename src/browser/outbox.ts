/** Sealed boxes on their way to the server, in this visit or a later one. */
import { base64url } from "./encode.js";
import { PATHS } from "../wire/version.js";
import type { Sealed } from "../wire/session.js";
import type { Settings } from "./options.js";
import type { Post } from "./post.js";
import type { RefusalError } from "./refusal.js";
import { createRetry } from "./retry.js";
import type { Shelf } from "./shelf.js";

export interface Outbox {
  put(sealed: Sealed): void;
  /** Sends what lies here, until it is delivered or nothing will ever open it. */
  send(): void;
  close(): void;
}

export function createOutbox({ random }: Settings, shelf: Shelf, post: Post): Outbox {
  let isClosed = false;
  const first = (): string | undefined => shelf.names("box:")[0];

  const retry = createRetry(random, {
    isDue: () => !isClosed && first() !== undefined,
    async once() {
      const name = first() ?? "";
      try {
        await post(PATHS.sealed, JSON.parse(shelf.read(name) ?? "{}") as Sealed);
      } catch (error) {
        if ((error as RefusalError).retryable) throw error;
      }
      shelf.write(name, undefined);
    },
  });

  return {
    put: (sealed) => void shelf.write(`box:${base64url(random(6))}`, JSON.stringify(sealed)),
    send: retry.start,
    close() {
      isClosed = true;
      retry.now();
    },
  };
}
