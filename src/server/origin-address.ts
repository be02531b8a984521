/** Where a request comes from, as far as tries are counted: one household, however many addresses it has. */
import type { Context as Call } from "hono";

/**
 * The network address at the other end, as the Node listener knows it; behind `proxies` proxies of one's own, what the
 * outermost of them has written into `X-Forwarded-For`. What stands left of that anybody can write.
 */
export function originOf(call: Call, proxies: number): string {
  const env = call.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  const near = env?.incoming?.socket?.remoteAddress ?? "unknown";
  if (proxies === 0) return householdOf(near);
  const passed = call.req.header("x-forwarded-for")?.split(",").map((address) => address.trim()) ?? [];
  return householdOf(passed.at(-proxies) || near);
}

/** An IPv6 address without what its household chooses itself: the first 64 of its 128 bits. */
export function householdOf(address: string): string {
  const bare = address.replace(/^\[|\](:\d+)?$/g, "").replace(/%.*$/, "").toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined || !bare.includes(":")) return mapped ?? bare.replace(/:\d+$/, "");
  const [head = "", tail] = bare.split("::");
  const [first, last] = [head, tail ?? ""].map((half) => half.split(":").filter((group) => group !== ""));
  const groups = tail === undefined ? (first ?? []) : [...(first ?? []), ...Array<string>(Math.max(0, 8 - (first?.length ?? 0) - (last?.length ?? 0))).fill("0"), ...(last ?? [])];
  return `${groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}

/** Throws a TypeError when that is no number of proxies. */
export function readProxies(trustProxy: unknown = 0): number {
  if (Number.isInteger(trustProxy) && (trustProxy as number) >= 0) return trustProxy as number;
  throw new TypeError(`carryover: trustProxy is the number of your own proxies in front, 0 or more; found ${JSON.stringify(trustProxy)}.`);
}
