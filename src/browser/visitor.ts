/** Who this browser is: nobody, until a cart, a sign-in or a handoff needs somebody. */
import { base64url } from "./encode.js";
import type { ConsentNotice } from "./notice.js";
import type { Settings } from "./options.js";
import type { Shelf } from "./shelf.js";

export interface Session {
  /** The device's short public name, a dot, 256 random bits. */
  readonly credential: string;
  /** The server has taken this device in. */
  readonly isKnown: boolean;
  /** The shop's name for who is signed in. */
  readonly customer?: string | undefined;
  /** The last edit, ms since epoch; a guest's cart is kept from there, not from the last visit. */
  readonly editedAt: number;
  /** When this visitor came to be, ms since epoch by the device's clock. */
  readonly bornAt?: number;
  /** Came to be by a permission, and not by a cart. */
  readonly isForConsent?: boolean;
  /** What the customer is still to be told about their choices. */
  readonly notice?: ConsentNotice | undefined;
}

export interface Visitor {
  readonly session: Session | undefined;
  /** No other tab has signed in or out meanwhile. */
  readonly isCurrent: boolean;
  /** The session there is, or a new one: the only place where an identity is made. */
  mint(): Session;
  update(change: Partial<Session>): void;
  forget(): void;
  /** Reads again what another tab has written. */
  reload(): void;
}

/** The public part of a credential: what entries call this device. */
export function deviceOf({ credential }: Session): string {
  return credential.slice(0, 8);
}

/** `minted` is called when somebody has come to be, before anything is recorded in their name. */
export function createVisitor({ random, now }: Settings, shelf: Shelf, minted: () => void): Visitor {
  let session = readSession(shelf);
  const put = (next: Session | undefined): void => {
    session = next;
    shelf.write("session", next && JSON.stringify(next));
  };
  return {
    get session() {
      return session;
    },
    get isCurrent() {
      const kept = readSession(shelf);
      return kept?.credential === session?.credential && kept?.customer === session?.customer;
    },
    mint() {
      session ??= readSession(shelf); // another tab may have been quicker
      if (session === undefined) {
        put({ credential: `${base64url(random(6))}.${base64url(random(32))}`, isKnown: false, editedAt: now(), bornAt: now() });
        minted();
      }
      return session as Session;
    },
    update(change) {
      // Who was signed out in another tab does not come back by a note of this one.
      if (session && readSession(shelf)?.credential === session.credential) put({ ...session, ...change });
    },
    forget: () => put(undefined),
    reload: () => void (session = readSession(shelf)),
  };
}

function readSession(shelf: Shelf): Session | undefined {
  try {
    const session = JSON.parse(shelf.read("session") ?? "null") as Session | null;
    return typeof session?.credential === "string" ? session : undefined;
  } catch {
    return undefined; // somebody else's bytes under our name
  }
}
