/** Addresses that are passed on, without what advertisements have hung on them. */

/** What advertisements hang on an address to know a person again: never part of what we pass on. */
const TRACES = /^(utm_\w+|\w*clk?id|gclsrc|gbraid|wbraid|mc_[ce]id|igshid|li_fat_id)$/;

/** The address of a page without the traces and without its fragment. */
export function withoutTraces(href: string): string {
  const url = new URL(href);
  for (const name of [...url.searchParams.keys()]) if (TRACES.test(name)) url.searchParams.delete(name);
  url.hash = "";
  return url.href;
}
