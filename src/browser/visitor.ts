/** Who this browser is: nobody, until a cart, a sign-in or a handoff needs somebody. */
import { base64url } from "./encode.js";
import type { ConsentNotice } from "./notice.js";
import type { Settings } from "./options.js";
import { ANSWER_MS } from "./patience.js";
import type { Shelf } from "./shelf.js";

export interface Session {
  /** The device's short public name, which stays, a dot, 256 random bits, which are renewed. */
  readonly credential: string;
  /** When it came into use, ms since epoch by the device's clock; `bornAt` for the first. */
  readonly madeAt?: number;
  /** The one to go on with, and since when the server takes it. */
  readonly next?: string | undefined;
  readonly heardAt?: number | undefined;
  /** The one before: a server that was put back to an older state knows no other. */
  readonly last?: string | undefined;
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
  /** When a stream last let a small word through, ms since epoch. */
  readonly flowedAt?: number | undefined;
  /** What the customer is still to be told about their choices. */
  readonly notice?: ConsentNotice | undefined;
}

export interface Visitor {
  readonly session: Session | undefined;
  /** No other tab has signed in or out meanwhile. */
  readonly isCurrent: boolean;
  /** The session there is, or a new one: the only place where an identity is made. */
  mint(): Session;
  /**
   * The session with what proves it now: another tab may have renewed that, or it is time to. To be asked before each request,
   * since a credential that was replaced is taken for a copy.
   */
  fresh(session: Session): Session;
  /** The server takes `next` from now on. */
  heard(next: string | undefined): void;
  /** The server does not know the credential; true while there is another one to try. */
  goBack(): boolean;
  update(change: Partial<Session>): void;
  /** Becomes somebody who was here before. */
  become(known: Session): void;
  forget(): void;
  /** Reads again what another tab has written. */
  reload(): void;
}

/** The public part of a credential: what entries call this device. */
export function deviceOf({ credential }: Session): string {
  return credential.slice(0, 8);
}

/** The same visitor, though the credential was renewed. */
export function isSame(a: Session | undefined, b: Session | undefined): boolean {
  return (a && deviceOf(a)) === (b && deviceOf(b));
}

/** A credential is renewed after a day, and on the way to the server as anything else: no request is made for it. */
const SERVES_MS = 86_400_000;
/** A new one is used once it has surely reached the disk (Chromium writes words down within seconds), or a power cut would lose it. */
const SETTLED_MS = 60_000;

/** `minted` is called when somebody has come to be, before anything is recorded in their name. */
export function createVisitor({ random, now }: Settings, shelf: Shelf, minted: () => void): Visitor {
  let session = readSession(shelf);
  const put = (next: Session | undefined): boolean => {
    session = next;
    return shelf.write("session", next && JSON.stringify(next));
  };
  const isOurs = (kept: Session | undefined): boolean => isSame(kept, session) && kept?.customer === session?.customer;
  /** Who was signed out in another tab does not come back by a note of this one. */
  const update = (change: Partial<Session>): void => {
    const kept = readSession(shelf);
    if (kept && isOurs(kept)) put({ ...kept, ...change });
  };
  const secret = (): string => base64url(random(32));
  return {
    get session() {
      return session;
    },
    get isCurrent() {
      return isOurs(readSession(shelf));
    },
    mint() {
      session ??= readSession(shelf); // another tab may have been quicker
      if (session === undefined) {
        put({ credential: `${base64url(random(6))}.${secret()}`, isKnown: false, editedAt: now(), bornAt: now() });
        minted();
      }
      return this.fresh(session as Session);
    },
    fresh(former) {
      const kept = readSession(shelf);
      if (!kept || !isSame(kept, former)) return former;
      const { credential, next, heardAt, bornAt = 0, madeAt = bornAt } = kept;
      const isDue = next ? now() - (heardAt ?? Infinity) > SETTLED_MS : kept.isKnown && now() - madeAt > SERVES_MS;
      if (!isDue || !isOurs(kept)) return kept;
      const renewed = next ? { credential: next, last: credential, madeAt: now(), next: undefined, heardAt: undefined } : { next: `${deviceOf(kept)}.${secret()}` };
      return put({ ...kept, ...renewed }) ? (session as Session) : kept; // on a full disk it stays as it is
    },
    heard(next) {
      if (next && next === readSession(shelf)?.next) update({ heardAt: now() });
    },
    goBack() {
      const { last, madeAt = 0 } = session ?? {};
      if (last) update({ credential: last, last: undefined, next: undefined, heardAt: undefined, madeAt: now() });
      return !!last || now() - madeAt < ANSWER_MS; // what was under way has still gone with the other one
    },
    update,
    become: put,
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
