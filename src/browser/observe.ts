/** What the shop observes here under a purpose: taken only while the purpose is granted, sent soon, and never stored. */
import { bytesOf, isJson } from "../model/limits.js";
import { type Observation, OBSERVATION_BYTES, OBSERVATIONS_PER_REQUEST, type Observe, type ObserveAnswer } from "../wire/observe.js";
import { PATHS } from "../wire/version.js";
import type { Device } from "./device.js";
import { base64url } from "./encode.js";
import { callerOf } from "./post.js";
import { RefusalError } from "./refusal.js";
import { isSame, type Session } from "./visitor.js";

/** What is observed within so long goes up together; after each failure twice as long. */
const MOMENT_MS = 1_000;
/** So often it is tried, and so many wait meanwhile; more than that it is not worth. */
const TRIES = 5;
const WAITING = 200;

export interface Observer {
  observe(type: string, data: Readonly<Record<string, unknown>>, purpose?: string): boolean;
  since(purpose: string): number | undefined;
  close(): void;
}

/** What was observed, under which grant, and in whose name: nothing of one shopper is sent for the next. */
type Waiting = readonly [observation: Observation, since: number, session: Session];

/** `purposes` are those granted now, undefined before the choices are read; `on` tells of each change. */
export function createObserver(device: Device, purposes: () => readonly string[] | undefined, on: (listener: () => void) => () => void): Observer {
  const { settings, visitor, clock, pusher } = device;
  const openedAt = settings.now();
  let granted: ReadonlyMap<string, number> | undefined;
  let waiting: Waiting[] = [];
  let tries = 0;
  let heardAt = -Infinity;
  let moment: ReturnType<typeof setTimeout> | undefined;

  /** Keeps what was observed under a grant that still stands, and sees to it that it is sent; the grant itself goes first. */
  const keep = (some: readonly Waiting[]): void => {
    waiting = some.filter(([{ purpose }, since, session]) => granted?.get(purpose) === since && isSame(visitor.session, session));
    if (waiting[0]) moment ??= setTimeout(() => pusher.flush().then(send, () => later([])), MOMENT_MS * 2 ** tries);
  };

  const later = (again: readonly Waiting[]): void => {
    moment = undefined;
    tries = (tries + 1) % TRIES;
    keep(tries ? [...again, ...waiting] : []);
  };

  /** A customer's device that comes back hears first whether something was withdrawn elsewhere. A page that goes has just left its stream. */
  const hasHeard = (): boolean => {
    if (device.sync === "live") heardAt = settings.now();
    return !visitor.session?.customer || settings.now() < heardAt + MOMENT_MS;
  };

  const send = (): void => {
    clearTimeout(moment);
    moment = undefined;
    const batch = !hasHeard() ? [] : waiting.splice(0, OBSERVATIONS_PER_REQUEST);
    if (!batch[0]) return;
    const visitAt = Math.round(openedAt + clock.now() - settings.now()); // of the device's clock it is known by now how wrong it goes
    const body: Observe = { ...callerOf(settings, visitor.fresh(batch[0][2]).credential), visitAt, observations: batch.map(([observation]) => observation) };
    const fly = (keepalive: boolean): Promise<void> => device.post<ObserveAnswer>(PATHS.observe, body, { keepalive }).then(({ answers }) => {
      tries = 0;
      for (const [, , code] of answers) if (code) device.problems.emit(new RefusalError(code));
      keep(waiting);
    }, () => later(batch));
    // The cart's way up shares the room for requests that outlive the page. Where it gives a flight up, the flight's own end counts here.
    pusher.flights.start([], bytesOf(JSON.stringify(body)), !tries, fly).catch(() => {});
  };

  const stops = [pusher.leaving.on(send), on(() => {
    const before = granted;
    const now = purposes() ?? (before && []); // while it is not known any more whose choices count, nothing is granted
    granted = now && new Map(now.map((purpose) => [purpose, before ? before.get(purpose) ?? settings.now() : 0]));
    keep(waiting);
  })];

  return {
    observe(type, data, purpose = type === "campaign-arrived" ? "marketing" : "analytics") {
      const since = granted?.get(purpose);
      if (!settings.endpoint || since === undefined || waiting.length >= WAITING || !isJson(data, OBSERVATION_BYTES)) return false;
      const isFirst = !visitor.session;
      const session = visitor.mint();
      if (isFirst) device.wake();
      keep([...waiting, [{ id: base64url(settings.random(16)), type, purpose, at: Math.round(clock.now()), data }, since, session]]);
      if (globalThis.document?.visibilityState === "hidden") queueMicrotask(send);
      return true;
    },
    since: (purpose) => granted?.get(purpose),
    close() {
      for (const stop of stops) stop();
      clearTimeout(moment);
      granted = undefined;
    },
  };
}
