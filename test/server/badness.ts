/** One good request for every address, and everything that can be wrong with it. */
import { PATHS } from "../../src/wire/version.js";
import { added, event, id, observed, START, type Voice } from "./desk.js";

export interface Good {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** Requests that are in the right form, whoever says them. */
export function goodRequests(who: Voice, token: string): Good[] {
  const { credential: _, ...voice } = who;
  return [
    { path: PATHS.push, body: { ...who, events: [added("SCHOEN-42"), event("field-set", { line: "SCHOEN-42", name: "note", value: "x" })] } },
    { path: PATHS.observe, body: { ...who, visitAt: START, observations: [observed("page-viewed", { page: "https://shop.example/schoenen" })] } },
    { path: PATHS.pull, body: { ...voice, cursor: "abcdefgh.0.0", unsure: [id()] } },
    { path: PATHS.signIn, body: { ...who, token, merge: "union", consent: "newest" } },
    { path: PATHS.signOut, body: { ...who } },
    { path: PATHS.unlink, body: { ...who, device: "abcdefgh", reason: "my sister's laptop" } },
    { path: PATHS.sealed, body: { v: 1, key: "k".repeat(43), box: "b".repeat(100) } },
    { path: PATHS.devices, body: { ...who } },
    { path: PATHS.signOutDevice, body: { ...who, device: "AAAAAAAA" } },
    { path: PATHS.restore, body: { ...voice, secret: "s".repeat(43) } },
    { path: PATHS.offer, body: { ...who, mode: "take", url: "https://shop.example/cart" } },
    { path: PATHS.preview, body: { v: 1, site: who.site, key: "BCDF-GHJK" } },
    { path: PATHS.accept, body: { ...who, key: "BCDF-GHJK" } },
    { path: PATHS.approve, body: { ...who, number: 42 } },
    { path: PATHS.cancel, body: { ...who, key: "BCDF-GHJK" } },
    { path: PATHS.kioskRegister, body: { v: 1, site: who.site, code: "BCDF-GHJK-LMNP", registration: "r".repeat(43) } },
    { path: PATHS.kioskStart, body: { v: 1, site: who.site, registration: "r".repeat(43), start: "s".repeat(22) } },
    { path: PATHS.progress, body: { ...who, key: "BCDF-GHJK" } },
    { path: PATHS.undo, body: { ...who, key: "BCDF-GHJK" } },
  ];
}

/** Bodies that are no message at all. */
export const noMessages: readonly (readonly [what: string, body: string])[] = [
  ["nothing", ""],
  ["text", "hello"],
  ["half a message", '{"v":1,"site":"pk_test"'],
  ["a number", "1"],
  ["null", "null"],
  ["true", "true"],
  ["a list", "[]"],
  ["an empty message", "{}"],
  ["bytes that are no text", "\u0000\u0001\ufffd"],
  ["a list within a list, 100 000 deep", "[".repeat(100_000)],
  ["an object within an object, 30 000 deep", `${'{"a":'.repeat(30_000)}1${"}".repeat(30_000)}`],
  ["names of the language", '{"__proto__":{"v":1,"site":"pk_test"},"constructor":{"prototype":{}}}'],
];

/** Values that stand where another was expected. */
export const wrongValues: readonly unknown[] = [
  null, true, -1, 0.5, 1e308, "", "x", "\ud800", "\u0000", "x".repeat(10_000), [], [[]], {}, { length: 1 }, { toString: "no function" },
];

/** The same request with each of its parts left out or exchanged; those that are still in form are left out here. */
export function spoiled({ path, body }: Good): { readonly path: string; readonly body: unknown; readonly part: string }[] {
  return Object.keys(body).flatMap((part) => [
    { path, part, body: { ...body, [part]: undefined } },
    ...wrongValues.map((value) => ({ path, part, body: { ...body, [part]: value } })),
  ]);
}
