/** Which addresses a shop's webhooks may be sent to: those of the open internet, and not what stands behind the server's own wall. */
import { lookup as resolve, type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Of IPv4 all that IANA has set apart: one's own machine, private networks, the addresses of clouds' own services, multicast. */
const INSIDE: readonly (readonly [net: string, bits: number])[] = [
  ["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12], ["192.0.0.0", 24], ["192.0.2.0", 24],
  ["192.88.99.0", 24], ["192.168.0.0", 16], ["198.18.0.0", 15], ["198.51.100.0", 24], ["203.0.113.0", 24], ["224.0.0.0", 4], ["240.0.0.0", 4],
];
/** Of IPv6 only what is given out for the open internet; and of that not what leads to an IPv4 address, or is set apart. */
const OUTSIDE_V6 = ["2000::", 3] as const;
const INSIDE_V6: readonly (readonly [net: string, bits: number])[] = [["2001::", 23], ["2001:db8::", 32], ["2002::", 16], ["3fff::", 20]];

const inside = new BlockList();
const outside = new BlockList();
for (const [net, bits] of INSIDE) inside.addSubnet(net, bits, "ipv4");
for (const [net, bits] of INSIDE_V6) inside.addSubnet(net, bits, "ipv6");
outside.addSubnet(...OUTSIDE_V6, "ipv6");

export function isPublic(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !inside.check(address, "ipv4");
  return version === 6 && outside.check(address, "ipv6") && !inside.check(address, "ipv6");
}

/** An address that stands in the place of a name is never looked up. */
export function isPublicHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(bare) === 0 || isPublic(bare);
}

/**
 * Looks a name up for a connection. It is judged what the connection will be made to, and not a name that may lead elsewhere a
 * moment later; a name of which one address is inside is not trusted with the others.
 */
export const lookupPublic: LookupFunction = (hostname, options, answer) => {
  resolve(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const [first] = found ?? [];
    if (error !== null || first === undefined) return answer(error ?? new Error("The name leads nowhere."), "");
    if (!found.every(({ address }) => isPublic(address))) return answer(new Error("The name leads to an address that is not public."), "");
    return options.all === true ? answer(null, found) : answer(null, first.address, first.family);
  });
};
