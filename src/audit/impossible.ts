/** Why a shop could not be examined at all, and what a command that examines one says in the end. */

/** Its message is a sentence for whoever asked. */
export class Impossible extends Error {
  override readonly name = "Impossible";
}

/** Exit codes. */
export const [NOTHING_FOUND, FOUND, IMPOSSIBLE] = [0, 1, 2];

/** Resolves to the exit code of the examination; where there could be none it says why. */
export async function orImpossible(examine: () => Promise<number>): Promise<number> {
  return examine().catch((error: unknown) => {
    if (!(error instanceof Impossible || error instanceof TypeError)) throw error;
    console.error(error.message);
    return IMPOSSIBLE;
  });
}

/** The one address that a command was given. */
export function addressOf(command: string, usage: string, [url, ...more]: readonly string[]): string {
  if (url === undefined || more.length > 0) throw new Impossible(usage);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Impossible(`carryover ${command} takes an address that begins with http:// or https://; found ${url}.`);
  return url;
}

/** Stands above the findings. */
export function sumOf(findings: readonly unknown[], nothing = "Nothing was found."): string {
  return findings.length === 0 ? nothing : `${findings.length} ${findings.length === 1 ? "finding" : "findings"}:`;
}
