/** Where a name leads to, as the machine's own resolver says. */
import { resolve4, resolve6, resolveCname } from "node:dns/promises";
import { isIP } from "node:net";
import type { Names } from "./seen.js";

/** Longer chains are nobody's plan. */
const LONGEST_CHAIN = 8;

/** Never rejects: a name that leads nowhere has no addresses. */
export async function resolveNames(host: string): Promise<Names> {
  const bare = host.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0) return { cnames: [], addresses: [bare] };
  const cnames: string[] = [];
  for (let name: string | undefined = bare; name !== undefined && cnames.length < LONGEST_CHAIN; ) {
    const [next]: string[] = await resolveCname(name).catch(() => []);
    if (next !== undefined) cnames.push(next);
    name = next;
  }
  const found = await Promise.all([resolve4(bare), resolve6(bare)].map((asked) => asked.catch((): string[] => [])));
  return { cnames, addresses: found.flat() };
}
