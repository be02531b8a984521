/** What holds for all platforms: where there is no page nobody answers, and a mapping that would grant too much is refused. */
import { expect, test, vi } from "vitest";
import { cookiebotSource, cookieConsentSource, klaroSource, oneTrustSource, tcfSource } from "../../src/sources/index.js";

const names = { analytics: ["a"] };
const sources = [
  tcfSource({ purposes: { analytics: [1] } }), cookieConsentSource({ categories: names }), klaroSource({ services: names }), cookiebotSource(), oneTrustSource({ groups: names }),
];

test.each(sources.map((source) => [source.name, source] as const))("%s has a name that fits a receipt, and is silent on a server that renders pages", (name, source) => {
  const heard = vi.fn();
  source.follow(heard)();
  expect(heard).not.toHaveBeenCalled();
  expect(name).toMatch(/^[a-z-]{1,35}$/);
});

test.each<[string, () => unknown]>([
  ["no purpose at all", () => klaroSource({ services: {} })],
  ["a purpose that nothing stands for", () => tcfSource({ purposes: { analytics: [] } })],
  ["one name where a list is meant", () => oneTrustSource({ groups: { analytics: "C0002" as never } })],
  ["nothing", () => cookieConsentSource({ categories: undefined as never })],
])("a mapping with %s is refused in a sentence", (_, make) => {
  expect(make).toThrow(/^carryover: \w+Source\(\{ \w+ \}\) takes .*\.$/);
});
