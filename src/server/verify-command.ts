/** The command that verifies a file of receipts, without a network, a server or a database. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Verdict, verifyReceipts } from "./verify.js";

export const verifyUsage = `carryover verify-receipts FILE [OTHER …] [--key FILE] [--text FILE]`;

/** Verifies each file, and with several whether they are of one chain; resolves to 0 if all is in order, to 1 if not. */
export async function runVerify(args: readonly string[]): Promise<number> {
  const { values: { key, text }, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { key: { type: "string" }, text: { type: "string" } } });
  if (positionals.length === 0) throw new TypeError(`carryover: ${verifyUsage}`);
  const options = { ...(key !== undefined && { keys: await readFile(key, "utf8") }), ...(text !== undefined && { text: await readFile(text) }) };
  const verdicts: (readonly [string, Verdict])[] = [];
  for (const file of positionals) {
    const verdict = await verifyReceipts(createReadStream(file), options);
    verdicts.push([file, verdict]);
    for (const line of report(file, verdict, { hasKey: key !== undefined, text })) console.log(line);
  }
  const forks = verdicts.slice(1).flatMap(([file, verdict]) => forkBetween(verdicts[0] as readonly [string, Verdict], [file, verdict]) ?? []);
  for (const line of forks) console.log(line);
  return forks.length > 0 || verdicts.some(([, { fault }]) => fault !== undefined) ? 1 : 0;
}

function report(file: string, { fault, site, set, count, erased, keys, restoredBefore, onText }: Verdict, { hasKey, text }: { readonly hasKey: boolean; readonly text: string | undefined }): string[] {
  if (fault !== undefined) return [`${file}: NOT in order. Line ${fault.line}: ${fault.what}.`];
  const of = { chain: "the whole chain of", customer: "one customer at", device: "one device at" }[set ?? "chain"];
  return [
    `${file}: in order. ${count} receipts, ${of} ${site}; ${erased} of them erased but for their link.`,
    hasKey
      ? `Signed by a key that was given: ${keys.join(", ")}.`
      : `Signed by ${keys.join(", ")}, a key that the file itself brings: this proves that nothing was changed since, not who signed it. Give --key for that.`,
    ...(restoredBefore.length > 0 ? [`A backup was put back before number ${restoredBefore.join(", ")}.`] : []),
    ...(text === undefined ? [] : [onText.length > 0 ? `Given on ${text}: number ${onText.join(", ")}.` : `None was given on ${text}.`]),
  ];
}

/** The first number that two files of one site give to different receipts. */
function forkBetween([first, a]: readonly [string, Verdict], [second, b]: readonly [string, Verdict]): string | undefined {
  if (a.site !== b.site) return undefined;
  const n = [...a.hashes.keys()].find((key) => b.hashes.has(key) && b.hashes.get(key) !== a.hashes.get(key));
  return n === undefined ? undefined : `${first} and ${second} part at number ${n}: a backup was put back between them, or one of them was made up.`;
}
