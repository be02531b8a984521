/** What the doctor makes of what it has seen: a fixture for each illness, and the same shop in good health. */
import { expect, test } from "vitest";
import { findingsIn, halfOf } from "../../src/doctor/findings.js";
import { mayConnect, mayMakePolicy } from "../../src/doctor/policy.js";
import type { Seen } from "../../src/doctor/seen.js";

const tag = { src: "https://sync.shop.example/tag.js", site: "pk_shop", endpoint: "https://sync.shop.example/" };
const POLICY = "default-src 'none'; script-src 'nonce-x'; connect-src https://sync.shop.example; require-trusted-types-for 'script'; trusted-types carryover";

const healthy: Seen = {
  page: "https://www.shop.example/", tags: [tag], isRunning: true, policies: [POLICY], answer: "taken", clockMs: 400, streamMs: 30,
  pageNames: { cnames: [], addresses: ["203.0.113.7", "2001:db8:1:2::7"] }, endpointNames: { cnames: ["lb.shop.example"], addresses: ["203.0.200.9", "2001:db8:1:2:ffff::1"] },
};
const withTag = (endpoint: string | undefined): Partial<Seen> => ({ tags: [{ ...tag, endpoint }] });

test("a shop in good health has no finding, and neither has one that sends nothing", () => {
  expect(findingsIn(healthy)).toEqual([]);
  expect(findingsIn({ ...healthy, policies: [] })).toEqual([]);
  expect(findingsIn({ ...healthy, ...withTag(undefined), answer: "unreachable" })).toEqual([]);
  expect(findingsIn({ ...healthy, page: "http://127.0.0.1:8080/", ...withTag("http://127.0.0.1:8787/"), policies: [], endpointNames: { cnames: [], addresses: ["127.0.0.1"] } })).toEqual([]);
});

test.each<[string, Partial<Seen>, RegExp]>([
  ["https", { page: "http://www.shop.example/", policies: [] }, /www\.shop\.example\/ is spoken to without TLS/],
  ["https", { ...withTag("http://sync.shop.example/"), policies: [] }, /sync\.shop\.example\/ is spoken to/],
  ["third-party", { ...withTag("https://carts.elsewhere.example/"), policies: [], endpointNames: { cnames: [], addresses: ["198.51.100.9"] } }, /another site than www\.shop\.example.*7 days/],
  ["cname", { endpointNames: { cnames: ["shop.carts-as-a-service.example"], addresses: ["203.0.113.9"] } }, /another name \(CNAME\) of shop\.carts-as-a-service\.example/],
  ["address", { endpointNames: { cnames: [], addresses: ["198.51.100.9"] } }, /198\.51\.100\.9.*203\.0\.113\.7.*halves differ/],
  ["address", { endpointNames: { cnames: [], addresses: ["2001:db8:1:3::7"] } }, /halves differ/],
  ["connect-src", { policies: [POLICY, "connect-src 'self'"] }, /reach no https:\/\/sync\.shop\.example/],
  ["trusted-types", { policies: [POLICY.replace("trusted-types carryover", "trusted-types other")] }, /no policy named carryover/],
  ["twice", { tags: [tag, { ...tag, src: "https://cdn.example/tag.js" }] }, /2 times \(.*cdn\.example/],
  ["not-running", { isRunning: false }, /does not run; the page has a content security policy/],
  ["refused", { answer: "origin-refused" }, /does not take this page's origin \(https:\/\/www\.shop\.example, pk_shop/],
  ["refused", { answer: "site-unknown" }, /no site with this key/],
  ["refused", { answer: "unreadable" }, /CORS/],
  ["refused", { answer: "kiosk-unknown" }, /kiosk-unknown/],
  ["clock", { clockMs: -3_600_000 }, /3600 seconds behind/],
  ["stream", { streamMs: 9_000 }, /took 9000 ms/],
  ["stream", { streamMs: Infinity }, /did not come/],
])("%s is found, alone, and what to do about it is said", (rule, ill, says) => {
  const findings = findingsIn({ ...healthy, ...ill });
  expect(findings.map((finding) => finding.rule)).toEqual([rule]);
  expect(findings[0]?.says).toMatch(says);
  expect(findings[0]?.says).toMatch(/^\S.*\.$/);
  expect(findings[0]?.advice).toMatch(/^\p{Lu}.*\.$/u);
});

test("addresses of one kind are compared only with their own kind", () => {
  expect(findingsIn({ ...healthy, endpointNames: { cnames: [], addresses: ["198.51.100.9"] }, pageNames: { cnames: [], addresses: ["2001:db8:1:2::7"] } })).toEqual([]);
  expect(["203.0.113.7", "2001:db8::1", "2001:0db8:0001:0002::", "::1", "2001:db8:1:2:3:4:5:6", "2001:db8:0:0:1::1"].map(halfOf))
    .toEqual(["203.0", "2001:db8:0:0", "2001:db8:1:2", "0:0:0:0", "2001:db8:1:2", "2001:db8:0:0"]);
});

test.each<[string, string, boolean]>([
  ["connect-src *", "https://a.example", true], ["default-src 'self'", "https://a.example", false], ["connect-src https:", "https://a.example", true],
  ["connect-src *.a.example", "https://sync.a.example", true], ["connect-src *.a.example", "https://a.example", false], ["connect-src a.example:8443", "https://a.example", false],
  ["connect-src http://a.example", "https://a.example", true], ["connect-src https://a.example/v1/", "https://a.example", true], ["script-src 'none'", "https://a.example", true],
  ["connect-src 'none'; connect-src *", "https://a.example", false], ["connect-src 'self'", "https://shop.example/v1", true], ["", "https://a.example", true],
])("under %s the page may reach %s: %s", (policy, to, may) => {
  expect(mayConnect(policy, "https://shop.example/", to)).toBe(may);
});

test("trusted types that nobody asks for forbid nothing", () => {
  expect(["trusted-types other", "require-trusted-types-for 'script'", "require-trusted-types-for 'script'; trusted-types *", "require-trusted-types-for 'script'; trusted-types 'none'"].map((policy) => mayMakePolicy(policy, "carryover"))).toEqual([true, true, true, false]);
});
