/** The tables, step by step. Append only: a step that was released is never edited. */

export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE logs (
    id TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    head INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    customer TEXT,
    merged_into TEXT,
    expires_at INTEGER
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX logs_customer ON logs (site, customer) WHERE customer IS NOT NULL;
  CREATE INDEX logs_expiry ON logs (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE entries (
    log TEXT NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    hash INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (log, seq)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX entries_id ON entries (log, id);
  CREATE TABLE snapshots (
    log TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    fold INTEGER NOT NULL,
    state TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE devices (
    hash TEXT PRIMARY KEY,
    seal TEXT NOT NULL,
    device TEXT NOT NULL,
    site TEXT NOT NULL,
    log TEXT NOT NULL,
    channel TEXT NOT NULL,
    name TEXT,
    is_revoked INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX devices_log ON devices (log);
  CREATE UNIQUE INDEX devices_seal ON devices (seal);
  CREATE TABLE handoffs (
    id TEXT PRIMARY KEY,
    code_hash TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    site TEXT NOT NULL,
    mode TEXT NOT NULL,
    status TEXT NOT NULL,
    offerer TEXT NOT NULL,
    log TEXT NOT NULL,
    url TEXT,
    expires_at INTEGER NOT NULL,
    receiver TEXT,
    number INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX handoffs_code ON handoffs (site, code_hash);
  CREATE INDEX handoffs_token ON handoffs (site, token_hash);
  CREATE INDEX handoffs_offerer ON handoffs (offerer);
  CREATE INDEX handoffs_expiry ON handoffs (expires_at);
  `,
  `
  CREATE TABLE restores (
    log TEXT NOT NULL,
    epoch TEXT NOT NULL,
    head INTEGER NOT NULL,
    PRIMARY KEY (log, epoch)
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE receipts (
    site TEXT NOT NULL,
    n INTEGER NOT NULL,
    hash TEXT NOT NULL,
    link TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    owner TEXT,
    salt TEXT,
    decision TEXT,
    PRIMARY KEY (site, n)
  ) WITHOUT ROWID;
  CREATE INDEX receipts_owner ON receipts (owner) WHERE owner IS NOT NULL;
  CREATE INDEX receipts_age ON receipts (site, recorded_at) WHERE owner IS NOT NULL;
  CREATE TABLE receipt_keys (
    site TEXT NOT NULL,
    id TEXT NOT NULL,
    x TEXT NOT NULL,
    PRIMARY KEY (site, id)
  ) WITHOUT ROWID;
  CREATE INDEX logs_merged ON logs (merged_into) WHERE merged_into IS NOT NULL;
  `,
  `
  CREATE TABLE observations (
    device TEXT NOT NULL,
    id TEXT NOT NULL,
    log TEXT NOT NULL,
    site TEXT NOT NULL,
    purpose TEXT NOT NULL,
    type TEXT NOT NULL,
    channel TEXT NOT NULL,
    is_resumed INTEGER NOT NULL,
    at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (device, id)
  ) WITHOUT ROWID;
  CREATE INDEX observations_log ON observations (log);
  CREATE INDEX observations_visit ON observations (device, at);
  CREATE INDEX observations_site ON observations (site, type, at, channel, is_resumed);
  CREATE INDEX observations_expiry ON observations (expires_at);
  `,
  `
  ALTER TABLE devices ADD COLUMN came_from TEXT;
  `,
  `
  CREATE TABLE credentials (
    hash TEXT PRIMARY KEY,
    seal TEXT NOT NULL,
    device TEXT NOT NULL,
    chain TEXT NOT NULL,
    used_at INTEGER,
    retires_at INTEGER
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX credentials_seal ON credentials (seal);
  CREATE INDEX credentials_device ON credentials (device);
  INSERT INTO credentials SELECT hash, seal, hash, hash, 0, NULL FROM devices;
  DROP INDEX devices_seal;
  ALTER TABLE devices DROP COLUMN seal;
  ALTER TABLE devices ADD COLUMN seen_at INTEGER;
  ALTER TABLE devices ADD COLUMN signed_in_at INTEGER;
  ALTER TABLE devices ADD COLUMN thumbprint TEXT;
  `,
  `
  ALTER TABLE handoffs ADD COLUMN place TEXT;
  ALTER TABLE handoffs ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE handoffs ADD COLUMN ends_at INTEGER;
  ALTER TABLE handoffs ADD COLUMN target TEXT;
  ALTER TABLE handoffs ADD COLUMN since INTEGER;
  CREATE INDEX handoffs_lent ON handoffs (receiver) WHERE status = 'lent';
  `,
  `
  CREATE TABLE kiosks (
    id TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    store TEXT NOT NULL,
    name TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    code_expires_at INTEGER NOT NULL,
    hash TEXT,
    started_at INTEGER,
    is_removed INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX kiosks_code ON kiosks (site, code_hash);
  CREATE UNIQUE INDEX kiosks_hash ON kiosks (site, hash) WHERE hash IS NOT NULL;
  ALTER TABLE devices ADD COLUMN kiosk TEXT;
  ALTER TABLE devices ADD COLUMN kiosk_start TEXT;
  ALTER TABLE devices ADD COLUMN store TEXT;
  CREATE INDEX devices_kiosk ON devices (kiosk) WHERE kiosk IS NOT NULL;
  `,
  `
  CREATE TABLE tokens (
    site TEXT NOT NULL,
    id TEXT NOT NULL,
    device TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (site, id)
  ) WITHOUT ROWID;
  CREATE INDEX tokens_device ON tokens (device);
  CREATE INDEX tokens_expiry ON tokens (expires_at);
  `,
  `
  CREATE TABLE feed (
    site TEXT NOT NULL,
    n INTEGER NOT NULL,
    log TEXT,
    subject TEXT,
    first_seq INTEGER,
    last_seq INTEGER,
    at INTEGER NOT NULL,
    PRIMARY KEY (site, n)
  ) WITHOUT ROWID;
  CREATE INDEX feed_log ON feed (log) WHERE log IS NOT NULL;
  CREATE TABLE endpoints (
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    target TEXT NOT NULL,
    epoch TEXT NOT NULL,
    place TEXT,
    failures INTEGER NOT NULL,
    failing_since INTEGER,
    retry_at INTEGER,
    off_at INTEGER,
    last_status INTEGER,
    holder TEXT,
    held_until INTEGER,
    PRIMARY KEY (site, name)
  ) WITHOUT ROWID;
  `,
];
