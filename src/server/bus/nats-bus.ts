/** The bus over NATS, for fleets that say so much that NOTIFY, which goes through one lock, would hold them up. */
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Bus, Ears, Health } from "./bus.js";
import { createTalk } from "./talk.js";

const RETRY_MS = 1_000;
/** A NATS that does not answer by then is tried again. */
const CONNECT_MS = 5_000;
/** So long NATS may be silent: twice this is a connection that has died. */
const PING_MS = 5_000;

/** Loaded only here. Servers of one database have one subject, and so hear nothing of others on the same NATS. */
export async function openNatsBus(address: string, subject: string, ears: Ears, now: () => number): Promise<Bus> {
  const { connect } = await import("@nats-io/transport-node").catch((error: unknown) => {
    throw new TypeError("carryover: bus names a NATS, for which @nats-io/transport-node has to be installed beside carryover.", { cause: error });
  });
  const talk = createTalk(randomBytes(6).toString("base64url"));
  let health: Health = { name: "bus", isWell: false, since: now() };
  let isClosed = false;
  const turn = (isWell: boolean): void => void (isWell !== health.isWell && (health = { name: "bus", isWell, since: now() }));

  const speak = (connection: NatsConnection): void => {
    if (health.isWell && !isClosed) for (const message of talk.take()) connection.publish(subject, message);
  };
  const stand = (connection: NatsConnection): void => {
    turn(true);
    talk.add(["missed"]); // what was to be said meanwhile may be lost, and so may be what others said
    ears.missed();
    speak(connection);
  };
  const watch = async (connection: NatsConnection): Promise<void> => {
    for await (const { type } of connection.status()) {
      if (type === "disconnect" || type === "staleConnection") turn(false);
      if (type === "reconnect") stand(connection);
    }
  };

  const options = { servers: address.replace(/^(nats|tls):\/\//, ""), name: "carryover", timeout: CONNECT_MS, maxReconnectAttempts: -1, reconnectTimeWait: RETRY_MS, pingInterval: PING_MS, ...(address.startsWith("tls:") && { tls: {} }) };
  let connection: NatsConnection | undefined;
  const stopping = new AbortController();
  const enter = async (opened: NatsConnection): Promise<void> => {
    if (isClosed) return opened.close();
    connection = opened;
    opened.subscribe(subject, { callback: (error, message) => void (error === null && talk.heard(message.string()).forEach(ears.hear)) });
    stand(opened);
    watch(opened).catch(() => turn(false));
  };
  /** One that is away at the start is waited for as one that goes away later, but by us: the client would not be told to give up. */
  const open = async (): Promise<void> => {
    while (!isClosed) {
      const opened = await connect(options).catch(() => undefined);
      if (opened !== undefined) return enter(opened);
      await pause(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined); // cut short when it is closed
    }
  };
  const opening = open();
  return {
    say(notice) {
      if (talk.isEmpty) setImmediate(() => connection !== undefined && speak(connection));
      talk.add(notice);
    },
    get health() {
      return health;
    },
    async close() {
      isClosed = true;
      stopping.abort();
      await opening;
      await connection?.close();
    },
  };
}
