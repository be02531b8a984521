/** The bus over the database itself, LISTEN and NOTIFY: nothing more to install. */
import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import type { Bus, Ears, Health } from "./bus.js";
import { createTalk } from "./talk.js";

/** NOTIFY's channels are a database's own. */
const CHANNEL = "carryover";
/** What is said is a hint: no flush of the disk is waited for. */
const SETTINGS = "SET synchronous_commit = off";
/** A connection that has died without a word is given up when something is to be said on it. */
const ANSWER_MS = 5_000;
/** Tried again after so long, twice as long each time, and a chance of half as much more, so that a fleet does not come back as one. */
const RETRY_MS = { first: 100, longest: 5_000 } as const;

export function openPostgresBus(address: string, ears: Ears, now: () => number): Bus {
  const talk = createTalk(randomBytes(6).toString("base64url"));
  let health: Health = { name: "bus", isWell: false, since: now() };
  let client: Client | undefined;
  let isClosed = false;
  let retrying: NodeJS.Timeout | undefined;
  let waitMs: number = RETRY_MS.first;

  const gone = (lost: Client): void => {
    if (client !== lost) return;
    client = undefined;
    void lost.end().catch(() => undefined);
    if (health.isWell) health = { name: "bus", isWell: false, since: now() };
    if (isClosed) return;
    retrying = setTimeout(open, waitMs * (1 + Math.random() / 2));
    waitMs = Math.min(2 * waitMs, RETRY_MS.longest);
  };

  const open = async (): Promise<void> => {
    const fresh = await connect(address);
    if (isClosed) return; // while the driver was loaded
    client = fresh;
    fresh.on("error", () => gone(fresh));
    fresh.on("end", () => gone(fresh));
    fresh.on("notification", ({ payload = "" }) => talk.heard(payload).forEach(ears.hear));
    try {
      await fresh.connect();
      await fresh.query(`${SETTINGS}; LISTEN ${CHANNEL}`);
    } catch {
      return gone(fresh);
    }
    if (client !== fresh) return;
    health = { name: "bus", isWell: true, since: now() };
    waitMs = RETRY_MS.first;
    talk.add(["missed"]); // what was to be said meanwhile may be lost, and so may be what others said
    ears.missed();
    void speak();
  };

  /** One NOTIFY at a time: what is said meanwhile goes out together with the next. */
  let isSpeaking = false;
  const speak = async (): Promise<void> => {
    if (isSpeaking || talk.isEmpty || client === undefined || !health.isWell) return;
    isSpeaking = true;
    const speaker = client;
    await speaker.query("SELECT pg_notify($1, said) FROM unnest($2::text[]) AS said", [CHANNEL, [...talk.take()]]).catch(() => gone(speaker));
    isSpeaking = false;
    void speak();
  };

  void open();
  return {
    say(notice) {
      if (talk.isEmpty) setImmediate(() => void speak());
      talk.add(notice);
    },
    get health() {
      return health;
    },
    async close() {
      isClosed = true;
      clearTimeout(retrying);
      await client?.end().catch(() => undefined);
    },
  };
}

async function connect(address: string): Promise<Client> {
  const { default: pg } = await import("pg");
  return new pg.Client({ connectionString: address, keepAlive: true, application_name: "carryover bus", connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS });
}
