/** The door for observations: what is observed under a purpose comes in only while a grant of it stands on the device. */
import * as v from "valibot";
import { ACCOUNT, hereOf } from "../model/consent.js";
import { isJson } from "../model/limits.js";
import { isResumed } from "../model/resumed.js";
import { answerOn, grantOf, type Terms } from "../model/standing.js";
import type { State } from "../model/state.js";
import { Observation, OBSERVATION_BYTES, type ObservationVerdict, type Observe, type ObserveAnswer } from "../wire/observe.js";
import type { Context } from "./context.js";
import { type Known, knownDevice } from "./device.js";
import { Refused } from "./refusal.js";
import { idOf } from "./request.js";
import { keptMs, type Site } from "./sites.js";
import type { ObservationRow } from "./store/observations.js";
import type { Reading } from "./store/store.js";

const DAY = 86_400_000;
/** A device that has been quiet for so long begins another visit with the next thing it does. */
const VISIT_MS = 30 * 60_000;
/** By so much a grant may look younger than what was observed under it: it is never taken for older than its arrival here. */
const SLACK_MS = 10_000;
/** More than any shopper causes in a day, and little enough that no device becomes a burden. */
const OBSERVATIONS_PER_DAY = 5_000;

/** Keeps what may be kept, and answers for each. Of what is refused nothing stays. */
export async function observe({ store, logs, now: clock }: Context, site: Site, body: Observe): Promise<ObserveAnswer> {
  const now = clock();
  return store.transact(async (tx) => {
    const known = await knownDevice(tx, site, body, now);
    const { device } = known;
    const count = await tx.countObservations(device.hash, now - DAY, OBSERVATIONS_PER_DAY);
    if (count + body.observations.length > OBSERVATIONS_PER_DAY) throw new Refused("too-many-tries", "No shopper does so much in one day.", DAY / 24);
    const state = await logs.stateOf(tx, known.log);
    const place: Place = { site, known, state, channel: body.channel, now, isResumed: await resumes(tx, known, state, Math.min(body.visitAt, now)) };
    const found = body.observations.map((raw) => judge(place, raw));
    await tx.putObservations(found.flatMap(({ row }) => row ?? []));
    return { answers: found.map(({ verdict }) => verdict) };
  });
}

interface Place {
  readonly site: Site;
  readonly known: Known;
  readonly state: State;
  readonly channel: string;
  readonly now: number;
  readonly isResumed: boolean;
}

/**
 * Decided here and not on the device, which sees of a removal elsewhere only that something is gone, and once for a visit:
 * what the shopper adds in the course of it does not make it another.
 */
async function resumes(tx: Reading, { device }: Known, state: State, visitAt: number): Promise<boolean> {
  const before = await tx.lastObservation(device.hash, visitAt - VISIT_MS);
  return before?.isResumed ?? isResumed(state, device.device, visitAt);
}

interface Judged {
  readonly verdict: ObservationVerdict;
  readonly row?: ObservationRow;
}

function judge(place: Place, raw: unknown): Judged {
  const parsed = v.safeParse(Observation, raw);
  if (!parsed.success) return { verdict: [idOf(raw), "refused", "event-malformed"] };
  const { id, at, ...said } = parsed.output;
  if (!isJson(said.data, OBSERVATION_BYTES)) return { verdict: [id, "refused", "event-too-large"] };
  if (!isGranted(place, said.purpose, at)) return { verdict: [id, "refused", "not-granted"] };
  const { site, known: { device, log }, channel, isResumed, now } = place;
  // A vital grows while its page is open: all that is told of it is one observation, of which the last word counts.
  const one = said.type === "vital-measured" ? String(said.data.of) : id;
  const row = { ...said, id: one, device: device.hash, log: log.id, site: site.key, channel, isResumed, at: Math.max(now - DAY, Math.min(at, now)) };
  return { verdict: [id, "kept"], row: { ...row, expiresAt: row.at + keptMs(site, said.purpose) } };
}

/** A grant stands here and now, and stood when this was observed: nothing is kept back and sent once it is allowed. */
function isGranted({ site, known: { device: { device }, log }, state: { consent }, now }: Place, purpose: string, at: number): boolean {
  const terms: Terms = { now, material: site.consent.material };
  const isCustomer = log.customer !== undefined;
  if (answerOn(consent, { device, isCustomer }, purpose, terms) !== true) return false;
  const grants = (isCustomer ? [hereOf(device), ACCOUNT] : [device]).map((scope) => grantOf(consent, scope, purpose, terms)?.at ?? Infinity);
  return at + SLACK_MS >= Math.min(...grants);
}
