/** The credentials of devices in a SQLite file: their hashes, and nothing that proves anything. */
import type Database from "libsql";
import { sealKey } from "../credential.js";
import { present, rowBy } from "./sqlite-row.js";
import type { CredentialRow, Reading, Transaction } from "./store.js";

type Db = InstanceType<typeof Database>;
type Credentials = Pick<Reading, "credential" | "credentialsOf" | "credentialBySeal"> & Pick<Transaction, "putCredential" | "dropCredential">;
type Tokens = Pick<Reading, "tokenUser"> & Pick<Transaction, "putTokenUser" | "dropTokenUsers">;

/** Each takes the id of a log, before its devices go. */
export const ERASE_TOKENS = "DELETE FROM tokens WHERE device IN (SELECT hash FROM devices WHERE log = ?)";
export const ERASE_CREDENTIALS = "DELETE FROM credentials WHERE device IN (SELECT hash FROM devices WHERE log = ?)";

export function credentialsIn(db: Db): Credentials {
  const columns = "hash, device, chain, used_at AS usedAt, retires_at AS retiresAt";
  const byHash = rowBy<CredentialRow>(db, columns, "credentials WHERE hash = ?");
  const bySeal = rowBy<CredentialRow>(db, columns, "credentials WHERE seal = ?");
  const byDevice = db.prepare(`SELECT ${columns} FROM credentials WHERE device = ? ORDER BY hash`);
  const put = db.prepare("INSERT OR REPLACE INTO credentials (hash, seal, device, chain, used_at, retires_at) VALUES (?, ?, ?, ?, ?, ?)");
  const drop = db.prepare("DELETE FROM credentials WHERE hash = ?");
  return {
    credential: async (hash) => byHash(hash),
    credentialsOf: async (device) => byDevice.all(device).map((found) => present<CredentialRow>(found) as CredentialRow),
    credentialBySeal: async (key) => bySeal(key),
    putCredential: async ({ hash, device, chain, usedAt, retiresAt }) => {
      put.run(hash, sealKey(hash), device, chain, usedAt ?? null, retiresAt ?? null);
    },
    dropCredential: async (hash) => {
      drop.run(hash);
    },
  };
}

/** Which device has used which token of the shop, by the token's own name. */
export function tokensIn(db: Db): Tokens {
  const user = db.prepare("SELECT device FROM tokens WHERE site = ? AND id = ?");
  const put = db.prepare("INSERT INTO tokens (site, id, device, expires_at) VALUES (?, ?, ?, ?)");
  const drop = db.prepare("DELETE FROM tokens WHERE (site, id) IN (SELECT site, id FROM tokens WHERE expires_at <= ? LIMIT ?)");
  return {
    tokenUser: async (site, id) => (user.get(site, id) as { device: string } | undefined)?.device,
    putTokenUser: async (site, id, device, expiresAt) => {
      put.run(site, id, device, expiresAt);
    },
    dropTokenUsers: async (now, limit) => drop.run(now, limit).changes,
  };
}
