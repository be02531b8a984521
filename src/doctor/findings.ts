/** What shortens the memory of a shop's devices, or keeps the library from its server: one sentence each, and what to do. */
import { isThirdParty } from "../audit/party.js";
import { mayConnect, mayMakePolicy } from "./policy.js";
import type { Finding, Names, Seen, TagSeen } from "./seen.js";

/** More is a wrong clock, less may be the way there and back. */
const CLOCK_MS = 60_000;
/** As the client: then it asks instead of following a stream. */
const STREAM_MS = 4_000;

/** In the order in which they are best mended. */
export function findingsIn(seen: Seen): Finding[] {
  const { page, tags: [tag] } = seen;
  const endpoint = tag?.endpoint;
  const about = endpoint === undefined ? [] : [insecure(page, endpoint), thirdParty(page, endpoint), aliased(endpoint, seen.endpointNames), apart(page, endpoint, seen), blocked(seen, endpoint), refused(seen, tag as TagSeen), late(seen), heldBack(seen)];
  return [twice(seen), mute(seen), untrusted(seen), ...about].filter((finding) => finding !== undefined);
}

function isLoopback(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}

function hostOf(url: string): string {
  return new URL(url).hostname;
}

function insecure(page: string, endpoint: string): Finding | undefined {
  const open = [page, endpoint].filter((url) => url.startsWith("http:") && !isLoopback(url));
  return open.length === 0 ? undefined : {
    rule: "https", says: `${open.join(" and ")} ${open.length === 1 ? "is" : "are"} spoken to without TLS: whoever is on the way reads the credential, and no Secure cookie is kept.`,
    advice: "Serve both over HTTPS.",
  };
}

function thirdParty(page: string, endpoint: string): Finding | undefined {
  return !isThirdParty(hostOf(endpoint), hostOf(page)) ? undefined : {
    rule: "third-party", says: `${hostOf(endpoint)} is another site than ${hostOf(page)}: its cookies are not kept, and Safari forgets what scripts have written after 7 days.`,
    advice: `Give the server a name of the shop's own, such as sync.${hostOf(page).replace(/^www\./, "")}.`,
  };
}

function aliased(endpoint: string, { cnames }: Names): Finding | undefined {
  const foreign = cnames.find((name) => isThirdParty(name, hostOf(endpoint)));
  return foreign === undefined ? undefined : {
    rule: "cname", says: `${hostOf(endpoint)} is another name (CNAME) of ${foreign}: Safari keeps cookies that such a server sets for 7 days only.`,
    advice: "Let the name lead to an address (A, AAAA) in the network of the shop's own pages, or pass /v1 on from the shop's own web server.",
  };
}

/** Safari since 16.4: the first half of an IPv4 address, the first 64 bits of an IPv6 one. */
function apart(page: string, endpoint: string, { pageNames, endpointNames }: Seen): Finding | undefined {
  if (hostOf(page) === hostOf(endpoint) || isThirdParty(hostOf(endpoint), hostOf(page))) return undefined;
  const known = new Set(pageNames.addresses.map(halfOf));
  const far = endpointNames.addresses.filter((address) => pageNames.addresses.some((own) => own.includes(":") === address.includes(":")) && !known.has(halfOf(address)));
  return far.length === 0 ? undefined : {
    rule: "address", says: `${hostOf(endpoint)} is at ${far[0]}, ${hostOf(page)} at ${pageNames.addresses[0]}: their first halves differ, and Safari (16.4 and later) keeps the server's cookies for 7 days only.`,
    advice: "Put both behind the same load balancer or CDN, or pass /v1 on from the shop's own web server.",
  };
}

export function halfOf(address: string): string {
  if (!address.includes(":")) return address.split(".").slice(0, 2).join(".");
  const [front = "", back] = address.toLowerCase().split("::");
  const groups = front === "" ? [] : front.split(":");
  const after = back === undefined || back === "" ? 0 : back.split(":").length;
  const all = back === undefined ? groups : [...groups, ...Array<string>(Math.max(0, 8 - groups.length - after)).fill("0"), ...back.split(":").filter(Boolean)];
  return all.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, "")).join(":");
}

function twice({ tags }: Seen): Finding | undefined {
  return tags.length < 2 ? undefined : {
    rule: "twice", says: `The tag stands in the page ${tags.length} times (${tags.map(({ src }) => src).join(", ")}): only the first counts, and which that is may change from visit to visit.`,
    advice: "Leave one; look for the other in the tag manager.",
  };
}

function mute({ isRunning, policies }: Seen): Finding | undefined {
  return isRunning ? undefined : {
    rule: "not-running", says: `The tag stands in the page and does not run${policies.length > 0 ? "; the page has a content security policy, which may not allow it (script-src)" : ""}.`,
    advice: "Give the tag the page's nonce, or name its host in script-src; see the browser's console.",
  };
}

function blocked({ policies, page }: Seen, endpoint: string): Finding | undefined {
  return policies.every((policy) => mayConnect(policy, page, endpoint)) ? undefined : {
    rule: "connect-src", says: `The page's content security policy lets it reach no ${new URL(endpoint).origin}: carts stay on the device.`,
    advice: `Add ${new URL(endpoint).origin} to connect-src.`,
  };
}

function untrusted({ policies }: Seen): Finding | undefined {
  return policies.every((policy) => mayMakePolicy(policy, "carryover")) ? undefined : {
    rule: "trusted-types", says: "The page asks for trusted types and allows no policy named carryover: scripts that wait for consent will not run.",
    advice: "Add carryover to trusted-types.",
  };
}

const answers: Readonly<Record<string, readonly [says: string, advice: string]>> = {
  "origin-refused": ["The server does not take this page's origin", "Add it to the site's origins in the server's configuration."],
  "site-unknown": ["The server has no site with this key", "Compare data-site with the key in the server's configuration."],
  "channel-unknown": ["The server's configuration does not declare this channel", "Add it to the site's channels."],
  unreadable: ["What answers there is not the server, or something on the way takes away its CORS headers", "Look at what stands in front of it: it must pass /v1 on as it is."],
  unreachable: ["The server does not answer", "Start it, or look at its name and its certificate."],
};

function refused({ answer, page }: Seen, { site, endpoint }: TagSeen): Finding | undefined {
  if (answer === "taken") return undefined;
  const [says, advice] = answers[answer] ?? [`The server refuses this page (${answer})`, "See docs/problems.md."];
  return { rule: "refused", says: `${says} (${new URL(page).origin}, ${site}, ${endpoint}).`, advice };
}

function late({ clockMs }: Seen): Finding | undefined {
  return clockMs === undefined || Math.abs(clockMs) <= CLOCK_MS ? undefined : {
    rule: "clock", says: `The server's clock is ${Math.round(Math.abs(clockMs) / 1_000)} seconds ${clockMs > 0 ? "ahead of" : "behind"} this machine's: tokens are refused too early or too late, and cookies end at the wrong time.`,
    advice: "Let the server (or this machine) keep its time by NTP.",
  };
}

function heldBack({ streamMs }: Seen): Finding | undefined {
  return streamMs === undefined || streamMs <= STREAM_MS ? undefined : {
    rule: "stream", says: `The first bytes of a stream ${streamMs === Infinity ? "did not come" : `took ${Math.round(streamMs)} ms`}: something on the way holds streams back, and devices ask every 25 seconds instead.`,
    advice: "Switch buffering and compression off for /v1/pull (nginx: proxy_buffering off; it should honour X-Accel-Buffering: no).",
  };
}
