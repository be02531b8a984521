/** What a device observes under a purpose, on its way up; and what each known type of it may say. */
import * as v from "valibot";
import { isText, NAME_LENGTH, SKU_LENGTH } from "../model/limits.js";
import { Caller, Id } from "./caller.js";

export const OBSERVATIONS_PER_REQUEST = 50;
export const OBSERVATION_BYTES = 2_048;

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Word = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/), v.maxLength(64));
const Text = (max: number) => v.pipe(v.string(), v.check((text) => isText(text, max)));
/** Without query and fragment, where shops and advertisements put what tells people apart. */
const Page = v.pipe(v.string(), v.maxLength(1_000), v.regex(/^https?:\/\/[^\s?#]+$/));
const Origin = v.pipe(v.string(), v.maxLength(300), v.regex(/^https?:\/\/[^\s?#/]+$/));

/** By what an advertisement knows its click again. */
export const CLICK_IDS = ["gclid", "gbraid", "wbraid", "dclid", "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id", "epik"] as const;
/** What a shop writes into its links to tell its campaigns apart, without the leading `utm_`. */
export const CAMPAIGN = ["source", "medium", "campaign", "term", "content", "id"] as const;
export const CLICK_ID_LENGTH = 500;
export const VITALS = ["LCP", "INP", "CLS", "FCP", "TTFB"] as const;

/** The purpose that each known type serves, and under no other can it be sent; and all that it may say. */
const forms: Readonly<Record<string, readonly [purpose: string, form: v.GenericSchema]>> = {
  "page-viewed": ["analytics", v.strictObject({ page: Page })],
  "product-viewed": ["analytics", v.strictObject({ sku: Text(SKU_LENGTH), page: v.optional(Page) })],
  searched: ["analytics", v.strictObject({ term: Text(NAME_LENGTH), results: v.optional(Count) })],
  // `filled`, `line-added`, `line-removed`, `emptied`, or a step of the checkout that the shop has named.
  "cart-step": ["analytics", v.strictObject({ step: Word, sku: v.optional(Text(SKU_LENGTH)) })],
  // `of` names one measurement on one page: a later value of it takes the place of an earlier one.
  "vital-measured": ["analytics", v.strictObject({ name: v.picklist(VITALS), value: v.pipe(v.number(), v.finite(), v.minValue(0)), of: Text(NAME_LENGTH), page: Page })],
  // Of where the link stood only the origin.
  "campaign-arrived": ["marketing", v.strictObject({
    page: Page,
    clicks: v.optional(v.record(v.picklist(CLICK_IDS), Text(CLICK_ID_LENGTH))),
    campaign: v.optional(v.record(v.picklist(CAMPAIGN), Text(NAME_LENGTH))),
    referrer: v.optional(Origin),
  })],
};

/** The types that the library knows, and a site's own: those name their purpose, and say what they like. */
export const Observation = v.pipe(
  v.object({ id: Id, purpose: Word, type: Word, /** ms since epoch, corrected. */ at: Count, data: v.record(v.string(), v.unknown()) }),
  v.check(({ purpose, type, data }) => {
    const [fixed, form] = Object.hasOwn(forms, type) ? forms[type] ?? [] : [];
    return form === undefined || (fixed === purpose && v.is(form, data));
  }),
);

export type Observation = v.InferOutput<typeof Observation>;

/** A simple request in the sense of CORS, as a push is. */
export const Observe = v.object({
  ...Caller.entries,
  /** When the page was opened on which this was observed, ms since epoch, corrected. */
  visitAt: Count,
  /** Judged one by one. */
  observations: v.pipe(v.array(v.unknown()), v.maxLength(OBSERVATIONS_PER_REQUEST)),
});

export type Observe = v.InferOutput<typeof Observe>;

export type ObservationVerdict =
  | readonly [id: string, verdict: "kept"]
  | readonly [id: string, verdict: "refused", code: "event-malformed" | "event-too-large" | "not-granted"];

export interface ObserveAnswer {
  readonly answers: readonly ObservationVerdict[];
}
