/** Sealed boxes on their way to the server, in this visit or a later one. */
import { base64url } from "./encode.js";
import { PATHS } from "../wire/version.js";
import type { Sealed } from "../wire/session.js";
import type { Settings } from "./options.js";
import type { Post } from "./post.js";
import { RefusalError } from "./refusal.js";
import { createRetry } from "./retry.js";
import type { Shelf } from "./shelf.js";

export interface Outbox {
  put(sealed: Sealed): void;
  /** Sends what lies here, until it is delivered or nothing will ever open it. */
  send(): void;
  close(): void;
}

export function createOutbox({ random }: Settings, shelf: Shelf, post: Post): Outbox {
  const retry = createRetry(random);
  let isLooping = false;
  let isClosed = false;

  const loop = async (): Promise<void> => {
    if (isLooping) return;
    isLooping = true;
    for (let name = shelf.names("box:")[0]; name !== undefined && !isClosed; name = shelf.names("box:")[0]) {
      try {
        await post(PATHS.sealed, JSON.parse(shelf.read(name) ?? "{}") as Sealed);
        shelf.write(name, undefined);
      } catch (error) {
        if (error instanceof RefusalError && error.retryable) await retry.wait(error.retryAfterMs);
        else shelf.write(name, undefined);
      }
    }
    isLooping = false;
  };

  return {
    put: (sealed) => void shelf.write(`box:${base64url(random(6))}`, JSON.stringify(sealed)),
    send: () => void loop(),
    close() {
      isClosed = true;
      retry.now();
    },
  };
}
