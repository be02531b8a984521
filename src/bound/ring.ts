/** The keys of this browser: one for each device that it is or was, made once however many tabs ask at the same moment. */
import { createStore, del, entries, type UseStore, update } from "idb-keyval";
import { hashOf } from "./proof.js";

/** A key with what it signs for. */
export interface Held {
  readonly device: string;
  readonly pair: CryptoKeyPair;
  /** The public half, as the proof names it. */
  readonly jwk: JsonWebKey;
  /** What the proof says of the credential: its hash; of a sealed box its name. */
  readonly ath: string;
}

export interface Ring {
  /** The key of the device that has this credential. */
  of(credential: string): Promise<Held>;
  /** The key of a device that has left, and whose sealed box is to be delivered. */
  sealed(key: string): Promise<Held | undefined>;
  drop(device: string): Promise<void>;
}

interface Kept {
  readonly pair: CryptoKeyPair;
  /** The name that a box has which was sealed under the latest credential. */
  readonly seal: string;
  readonly madeAt: number;
}

/** A box may wait so long; after that its key is of no use. */
const KEPT_MS = 90 * 86_400_000;

/** Where there is no database (or it takes no keys, as in some private windows) a key lives as long as the page. */
export function createRing(name: string): Ring {
  const memory = new Map<string, Kept>();
  let store: UseStore | undefined;
  const database = (): UseStore | undefined => (typeof indexedDB === "undefined" ? undefined : (store ??= createStore(name, "keys")));
  const all = async (): Promise<readonly (readonly [string, Kept])[]> => [...memory, ...(database() ? await entries<string, Kept>(database()) : [])];

  /** In one step, so that two tabs have one key. Rejects when the database cannot be read: that is weather, and no lost key. */
  const keep = async (device: string, change: (kept: Kept | undefined) => Kept): Promise<Kept> => {
    const use = database();
    let kept = memory.get(device);
    if (use === undefined || kept !== undefined) memory.set(device, (kept = change(kept)));
    else await update<Kept>(device, (before) => (kept = change(before)), use).catch((error: unknown) => {
      if (!isUnkeepable(error) || kept === undefined) throw error;
      memory.set(device, kept);
    });
    return kept as Kept;
  };

  const drop = async (device: string): Promise<void> => {
    memory.delete(device);
    if (database()) await del(device, database());
  };

  return {
    drop,
    async of(credential) {
      const device = credential.slice(0, 8);
      const ath = await hashOf(credential);
      const seal = await hashOf(ath);
      const known = (await all()).find(([name]) => name === device)?.[1];
      if (known?.seal === seal) return heldAs(device, known, ath);
      const fresh = known?.pair ?? (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]));
      const kept = await keep(device, (before) => ({ pair: fresh, madeAt: Date.now(), ...before, seal }));
      for (const [name, { madeAt }] of await all()) if (madeAt < Date.now() - KEPT_MS && name !== device) await drop(name);
      return heldAs(device, kept, ath);
    },
    async sealed(key) {
      const found = (await all()).find(([, { seal }]) => seal === key);
      return found && heldAs(...found, key);
    },
  };
}

async function heldAs(device: string, { pair }: Kept, ath: string): Promise<Held> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { device, pair, jwk: { kty, crv, x, y } as JsonWebKey, ath };
}

function isUnkeepable(error: unknown): boolean {
  return error instanceof DOMException && ["DataCloneError", "InvalidStateError", "QuotaExceededError", "UnknownError"].includes(error.name);
}
