/** What the server's answers look like, beside the types that the server is compiled with: a field that is missing here does not compile or is found by the tests. */
import * as v from "valibot";
import type { Part } from "../../src/server/operator/readiness.js";
import type { DevicesAnswer } from "../../src/wire/devices.js";
import type { CloudEvent, FeedAnswer, WebhooksAnswer } from "../../src/wire/feed.js";
import { MODES, type OfferAnswer, type PreviewAnswer, type Progress } from "../../src/wire/handoff.js";
import type { KioskAnswer } from "../../src/wire/kiosk.js";
import type { ObserveAnswer } from "../../src/wire/observe.js";
import type { Problem } from "../../src/wire/problem.js";
import type { PushAnswer } from "../../src/wire/push.js";
import { ReceiptKey } from "../../src/wire/receipt.js";
import type { RestoreAnswer } from "../../src/wire/restore.js";
import type { SignInAnswer } from "../../src/wire/session.js";
import type { AppendAnswer, CartAnswer } from "../../src/wire/shop.js";
import type { Erased } from "../../src/server/customer.js";
import type { Insights } from "../../src/server/insights.js";

const text = v.string();
/** ms since epoch. */
const at = v.number();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const may = v.exactOptional;
/** Every field that the type has: what it has not is no field of the answer. */
const whole = <Answer>() => <E extends Record<keyof Answer, v.GenericSchema>>(entries: E) => v.strictObject(entries);

const Word = v.picklist(["applied", "duplicate"]);
const Verdict = v.union([v.tuple([text, Word, count]), v.tuple([text, v.literal("refused"), text]), v.tuple([text, v.literal("later")])]);
const Screen = whole<NonNullable<Progress["other"]>>()({ channel: text, name: may(text), store: may(text) });

export const Entry = v.strictObject({
  id: text, seq: count, type: text, data: may(v.unknown()), at, base: count, device: text, channel: text,
  pend: may(v.array(text)), from: may(v.array(v.strictObject({ log: text, seq: may(count) }))),
});

const Event = whole<CloudEvent>()({
  specversion: v.literal("1.0"), id: text, source: text, type: text, subject: text, time: v.pipe(text, v.isoTimestamp()),
  datacontenttype: may(v.literal("application/json")), data: may(whole<NonNullable<CloudEvent["data"]>>()({ log: text, customer: may(text), entry: Entry })),
});

const Crowd = { channel: text, isResumed: v.boolean(), count };

/** By the name that the description has for it. */
export const answers = {
  Problem: whole<Problem>()({ type: text, title: text, status: count, detail: text, code: text, retryable: v.boolean(), now: may(at) }),
  PushAnswer: whole<PushAnswer>()({ log: text, now: at, answers: v.array(Verdict), isNextKept: may(v.boolean()) }),
  ObserveAnswer: whole<ObserveAnswer>()({ answers: v.array(v.union([v.tuple([text, v.literal("kept")]), v.tuple([text, v.literal("refused"), text])])) }),
  SignInAnswer: whole<SignInAnswer>()({ log: text, now: at, customer: text, met: v.picklist(["same", "new", "merged", "ask"]), visitor: may(v.unknown()), account: may(v.unknown()) }),
  DevicesAnswer: whole<DevicesAnswer>()({ devices: v.array(whole<DevicesAnswer["devices"][number]>()({ device: text, channel: text, name: may(text), isThis: v.boolean(), seenAt: may(at), signedInAt: may(at) })) }),
  RestoreAnswer: whole<RestoreAnswer>()({ device: text, customer: may(text) }),
  OfferAnswer: whole<OfferAnswer>()({ code: text, token: text, expiresAt: at }),
  PreviewAnswer: whole<PreviewAnswer>()({ mode: v.picklist(MODES), from: Screen, cart: v.unknown(), page: may(text), expiresAt: at }),
  Progress: whole<Progress>()({
    mode: v.picklist(MODES), status: v.picklist(["offered", "opened", "to-approve", "lent", "done", "undone", "declined", "expired"]), expiresAt: at,
    number: may(count), choices: may(v.array(count)), other: may(Screen), page: may(text), endsAt: may(at),
  }),
  KioskAnswer: whole<KioskAnswer>()({ store: text, name: text }),
  CartAnswer: whole<CartAnswer>()({ customer: text, seq: count, epoch: text, cart: v.unknown() }),
  AppendAnswer: whole<AppendAnswer>()({ log: text, now: at, answers: v.array(Verdict) }),
  FeedAnswer: whole<FeedAnswer>()({ events: v.array(Event), cursor: text }),
  WebhooksAnswer: whole<WebhooksAnswer>()({
    webhooks: v.array(whole<WebhooksAnswer["webhooks"][number]>()({ name: text, isOn: v.boolean(), failures: count, failingSince: may(at), retryAt: may(at), offAt: may(at), lastStatus: may(count) })),
  }),
  CustomerExport: v.strictObject({
    site: text, customer: text, exportedAt: at,
    logs: v.array(v.object({ id: text, head: count, entries: v.array(Entry), devices: v.array(v.object({ device: text, channel: text })), handoffs: v.array(v.unknown()), observations: v.array(v.unknown()), receipts: v.array(v.unknown()) })),
  }),
  Erased: v.strictObject({ erased: whole<Erased>()({ logs: count, entries: count, devices: count, handoffs: count, observations: count, receipts: count }) }),
  Insights: whole<Insights>()({
    from: at, to: at,
    vitals: v.array(whole<Insights["vitals"][number]>()({ ...Crowd, name: text, p50: v.number(), p75: v.number(), p95: v.number() })),
    counts: v.array(whole<Insights["counts"][number]>()({ ...Crowd, type: text })),
  }),
  Readiness: v.strictObject({ isReady: v.boolean(), parts: v.array(whole<Part>()({ name: text, isWell: v.boolean(), since: at })) }),
  ReceiptKeys: v.strictObject({ keys: v.array(v.strictObject({ ...ReceiptKey.entries, use: v.literal("sig"), alg: v.literal("EdDSA") })) }),
} as const;

export type AnswerName = keyof typeof answers;
