/** The tables in PostgreSQL, step by step. Append only: a step that was released is never edited. */

/** The tables have a schema of their own, so that a shop may lend a database that holds other things. */
export const SCHEMA = "carryover";

/** Names are ordered by their bytes, whatever language the database was made for, and whichever C library it runs on next year. */
const NAME = 'TEXT COLLATE "C"';

/** What was said stands in TEXT: JSONB refuses characters that shoppers may send (U+0000), and nothing is asked for by what is in it. */
export const postgresMigrations: readonly string[] = [
  `
  CREATE TABLE ${SCHEMA}.meta (name ${NAME} PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE ${SCHEMA}.logs (
    id ${NAME} PRIMARY KEY,
    site ${NAME} NOT NULL,
    head BIGINT NOT NULL,
    hash BIGINT NOT NULL,
    customer ${NAME},
    merged_into ${NAME},
    expires_at BIGINT
  );
  CREATE UNIQUE INDEX logs_customer ON ${SCHEMA}.logs (site, customer) WHERE customer IS NOT NULL;
  CREATE INDEX logs_expiry ON ${SCHEMA}.logs (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX logs_merged ON ${SCHEMA}.logs (merged_into) WHERE merged_into IS NOT NULL;
  CREATE TABLE ${SCHEMA}.entries (
    log ${NAME} NOT NULL,
    seq BIGINT NOT NULL,
    id ${NAME} NOT NULL,
    hash BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (log, seq)
  );
  CREATE UNIQUE INDEX entries_id ON ${SCHEMA}.entries (log, id);
  CREATE TABLE ${SCHEMA}.snapshots (
    log ${NAME} PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BIGINT NOT NULL,
    fold BIGINT NOT NULL,
    state TEXT NOT NULL
  );
  CREATE TABLE ${SCHEMA}.restores (
    log ${NAME} NOT NULL,
    epoch ${NAME} NOT NULL,
    head BIGINT NOT NULL,
    PRIMARY KEY (log, epoch)
  );
  CREATE TABLE ${SCHEMA}.devices (
    hash ${NAME} PRIMARY KEY,
    device ${NAME} NOT NULL,
    site ${NAME} NOT NULL,
    log ${NAME} NOT NULL,
    channel ${NAME} NOT NULL,
    name TEXT,
    is_revoked BOOLEAN NOT NULL,
    came_from ${NAME},
    seen_at BIGINT,
    signed_in_at BIGINT,
    thumbprint TEXT,
    kiosk ${NAME},
    kiosk_start TEXT,
    store TEXT
  );
  CREATE INDEX devices_log ON ${SCHEMA}.devices (log);
  CREATE INDEX devices_kiosk ON ${SCHEMA}.devices (kiosk) WHERE kiosk IS NOT NULL;
  CREATE TABLE ${SCHEMA}.credentials (
    hash ${NAME} PRIMARY KEY,
    seal ${NAME} NOT NULL,
    device ${NAME} NOT NULL,
    chain ${NAME} NOT NULL,
    used_at BIGINT,
    retires_at BIGINT
  );
  CREATE UNIQUE INDEX credentials_seal ON ${SCHEMA}.credentials (seal);
  CREATE INDEX credentials_device ON ${SCHEMA}.credentials (device);
  CREATE TABLE ${SCHEMA}.handoffs (
    id ${NAME} PRIMARY KEY,
    code_hash ${NAME} NOT NULL,
    token_hash ${NAME} NOT NULL,
    site ${NAME} NOT NULL,
    mode TEXT NOT NULL,
    status TEXT NOT NULL,
    offerer ${NAME} NOT NULL,
    log ${NAME} NOT NULL,
    url TEXT,
    place TEXT,
    looks BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    receiver ${NAME},
    number BIGINT,
    ends_at BIGINT,
    target ${NAME},
    since BIGINT
  );
  CREATE INDEX handoffs_code ON ${SCHEMA}.handoffs (site, code_hash);
  CREATE INDEX handoffs_token ON ${SCHEMA}.handoffs (site, token_hash);
  CREATE INDEX handoffs_offerer ON ${SCHEMA}.handoffs (offerer);
  CREATE INDEX handoffs_log ON ${SCHEMA}.handoffs (log);
  CREATE INDEX handoffs_expiry ON ${SCHEMA}.handoffs (expires_at);
  CREATE INDEX handoffs_lent ON ${SCHEMA}.handoffs (receiver) WHERE status = 'lent';
  CREATE TABLE ${SCHEMA}.receipts (
    site ${NAME} NOT NULL,
    n BIGINT NOT NULL,
    hash TEXT NOT NULL,
    link TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    owner ${NAME},
    subject ${NAME},
    salt TEXT,
    decision TEXT,
    PRIMARY KEY (site, n)
  );
  CREATE INDEX receipts_owner ON ${SCHEMA}.receipts (owner) WHERE owner IS NOT NULL;
  CREATE INDEX receipts_age ON ${SCHEMA}.receipts (site, recorded_at) WHERE owner IS NOT NULL;
  CREATE TABLE ${SCHEMA}.receipt_keys (
    site ${NAME} NOT NULL,
    id ${NAME} NOT NULL,
    x TEXT NOT NULL,
    PRIMARY KEY (site, id)
  );
  CREATE TABLE ${SCHEMA}.observations (
    device ${NAME} NOT NULL,
    id ${NAME} NOT NULL,
    log ${NAME} NOT NULL,
    site ${NAME} NOT NULL,
    purpose ${NAME} NOT NULL,
    type ${NAME} NOT NULL,
    channel ${NAME} NOT NULL,
    is_resumed BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    vital TEXT,
    value DOUBLE PRECISION,
    data TEXT NOT NULL,
    PRIMARY KEY (device, id)
  );
  CREATE INDEX observations_log ON ${SCHEMA}.observations (log);
  CREATE INDEX observations_visit ON ${SCHEMA}.observations (device, at);
  CREATE INDEX observations_site ON ${SCHEMA}.observations (site, type, at, channel, is_resumed);
  CREATE INDEX observations_expiry ON ${SCHEMA}.observations (expires_at);
  CREATE TABLE ${SCHEMA}.kiosks (
    id ${NAME} PRIMARY KEY,
    site ${NAME} NOT NULL,
    store ${NAME} NOT NULL,
    name ${NAME} NOT NULL,
    code_hash ${NAME} NOT NULL,
    code_expires_at BIGINT NOT NULL,
    hash ${NAME},
    started_at BIGINT,
    is_removed BOOLEAN NOT NULL
  );
  CREATE INDEX kiosks_code ON ${SCHEMA}.kiosks (site, code_hash);
  CREATE UNIQUE INDEX kiosks_hash ON ${SCHEMA}.kiosks (site, hash) WHERE hash IS NOT NULL;
  `,
  `
  CREATE TABLE ${SCHEMA}.tokens (
    site ${NAME} NOT NULL,
    id ${NAME} NOT NULL,
    device ${NAME} NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (site, id)
  );
  CREATE INDEX tokens_device ON ${SCHEMA}.tokens (device);
  CREATE INDEX tokens_expiry ON ${SCHEMA}.tokens (expires_at);
  `,
  `
  CREATE TABLE ${SCHEMA}.feed (
    site ${NAME} NOT NULL,
    tx BIGINT NOT NULL,
    n BIGINT GENERATED BY DEFAULT AS IDENTITY,
    log ${NAME},
    subject ${NAME},
    first_seq BIGINT,
    last_seq BIGINT,
    at BIGINT NOT NULL,
    PRIMARY KEY (site, tx, n)
  );
  CREATE INDEX feed_log ON ${SCHEMA}.feed (log, tx) WHERE log IS NOT NULL;
  CREATE TABLE ${SCHEMA}.endpoints (
    site ${NAME} NOT NULL,
    name ${NAME} NOT NULL,
    target TEXT NOT NULL,
    epoch TEXT NOT NULL,
    place TEXT,
    failures BIGINT NOT NULL,
    failing_since BIGINT,
    retry_at BIGINT,
    off_at BIGINT,
    last_status BIGINT,
    holder TEXT,
    held_until BIGINT,
    PRIMARY KEY (site, name)
  );
  `,
  `
  CREATE TABLE ${SCHEMA}.wrong_codes (
    n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    address ${NAME} NOT NULL,
    place ${NAME}
  );
  CREATE INDEX wrong_codes_at ON ${SCHEMA}.wrong_codes (at);
  CREATE INDEX wrong_codes_address ON ${SCHEMA}.wrong_codes (address, at);
  CREATE INDEX wrong_codes_place ON ${SCHEMA}.wrong_codes (place, at) WHERE place IS NOT NULL;
  CREATE TABLE ${SCHEMA}.spent_hope (
    minute BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    hope DOUBLE PRECISION NOT NULL
  );
  CREATE INDEX spent_hope_at ON ${SCHEMA}.spent_hope (at);
  CREATE TABLE ${SCHEMA}.proofs (
    id ${NAME} PRIMARY KEY,
    expires_at BIGINT NOT NULL
  );
  CREATE INDEX proofs_expiry ON ${SCHEMA}.proofs (expires_at);
  `,
];
