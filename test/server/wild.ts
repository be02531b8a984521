/** Requests as no device would send them: good ones that were changed in some places, torn, or sent in another way. */
import fc from "fast-check";
import { type Good, wrongValues } from "./badness.js";
import { ORIGIN } from "./desk.js";

export interface Wild {
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly text: string;
}

const value = fc.oneof(fc.constantFrom(...wrongValues), fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: "binary" }), fc.double(), fc.constant("\udfff\ud800"));
const name = fc.oneof(fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "v", "events", "log", "id", "data", "pend", "base", "at"), fc.string());

/** Changes one place somewhere in a message: exchanges it, takes it away, or puts something beside it. */
const change = fc.record({ steps: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), how: fc.constantFrom("exchange", "remove", "add"), value, name });

function changed(node: unknown, [step = 0, ...steps]: readonly number[], how: string, put: unknown, beside: string): unknown {
  if (typeof node !== "object" || node === null) return put;
  const keys = Object.keys(node);
  const key = keys[step % Math.max(1, keys.length)];
  if ((how === "add" && steps.length === 0) || key === undefined) {
    return Array.isArray(node) ? [...node, put] : Object.defineProperty({ ...node }, beside, { value: put, enumerable: true, configurable: true });
  }
  const old = (node as Record<string, unknown>)[key];
  const isLeaf = steps.length === 0 || typeof old !== "object" || old === null;
  if (isLeaf && how === "remove") return Array.isArray(node) ? node.filter((_, i) => i !== Number(key)) : Object.fromEntries(Object.entries(node).filter(([k]) => k !== key));
  const next = isLeaf ? put : changed(old, steps, how, put, beside);
  return Array.isArray(node) ? node.map((one: unknown, i) => (i === Number(key) ? next : one)) : { ...node, [key]: next };
}

const torn = fc.record({ at: fc.nat(), with: fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "]", "}", '"', "\u0000", "[".repeat(5_000))) });

const headers = fc.record({
  authorization: fc.constantFrom("", "Bearer", "Bearer x", `Bearer ${"a".repeat(52)}`, "Basic eDp5", "Bearer \t"),
  origin: fc.constantFrom(ORIGIN, "null", "https://evil.example", "https://shop.example.evil.example", "https://shop.example:8443", "x"),
  "content-type": fc.constantFrom("application/json", "text/plain", "multipart/form-data", ""),
  "content-length": fc.constantFrom("0", "-1", "1e9", "x"),
}, { requiredKeys: [] });

/** Most are sent as they should be, so that what is in them is looked at. */
const method = fc.oneof({ weight: 30, arbitrary: fc.constant("POST") }, { weight: 1, arbitrary: fc.constantFrom("PUT", "GET", "HEAD", "OPTIONS", "DELETE") });
const someHeaders = fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers });

/** Good requests gone wild, half of them pushes that are wild within their events only; most speak with the credential. */
export function wildRequests(good: readonly Good[], credential: string): fc.Arbitrary<Wild> {
  return fc.record({
    which: fc.oneof(fc.constant(0), fc.nat({ max: good.length - 1 })), method, changes: fc.array(change, { maxLength: 3 }), isWithin: fc.boolean(),
    fresh: fc.stringMatching(/^[\w-]{20}$/), tear: fc.option(torn, { freq: 9 }), headers: someHeaders, known: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  }).map(({ which, method, changes, isWithin, fresh, tear, headers, known }): Wild => {
    const { path, body } = good[which] ?? { path: "/", body: {} };
    const spoil = (from: unknown): unknown => changes.reduce((node, { steps, how, value, name }) => changed(node, steps, how, value, name), from);
    const list = ["events", "observations"].find((part) => part in body);
    const spoilt = isWithin && list !== undefined ? { ...body, [list]: spoil(body[list]) } : spoil(body);
    let ids = 10;
    const whole = (JSON.stringify(spoilt) ?? "").replace(/"id":"[\w-]{22}"/g, () => `"id":"${fresh}${ids++}"`); // an event that is known is looked at no further
    const at = (tear?.at ?? 0) % (whole.length + 1);
    const text = tear === null ? whole : whole.slice(0, at) + tear.with + whole.slice(at);
    return { path, method, text, headers: { ...(known && { authorization: `Bearer ${credential}` }), ...headers } };
  });
}
