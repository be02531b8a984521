/** Who belongs to the shop and who is somebody else. */

/**
 * The part of a host name that one owner has: the last two labels, or three where the second last is one of those short
 * names under which countries sell (co.uk). Without the list of all such names this is right for shops, not for every host.
 */
export function ownerOf(host: string): string {
  const name = host.replace(/^\./, "").replace(/:\d+$/, "").toLowerCase();
  if (/^[\d.]+$|:|\[/.test(name)) return name;
  const labels = name.split(".");
  const isShared = labels.length > 2 && /^[a-z]{2}$/.test(labels.at(-1) ?? "") && /^(com?|org|net|ac|gov|edu)$/.test(labels.at(-2) ?? "");
  return labels.slice(isShared ? -3 : -2).join(".");
}

export function isThirdParty(host: string, shop: string): boolean {
  return ownerOf(host) !== ownerOf(shop);
}
