/** The report as somebody reads it. */
import { wordsOf, wordsOfContact } from "./findings.js";
import { sumOf } from "./impossible.js";
import type { Moment, Report, Seen } from "./seen.js";

export function textOf({ url, isComplete, findings, seen }: Report): string {
  const found = findings.map(({ rule, says, evidence }) => [`${rule.padEnd(4)} ${says}`, ...evidence.map((one) => `       ${one}`)].join("\n"));
  const sum = sumOf(findings, isComplete ? undefined : "Nothing was found in what could be seen.");
  return [`carryover audit ${url}`, ...momentsOf(seen), ...seen.notes, sum, ...found].join("\n\n");
}

function momentsOf({ before, layer, refused, withdrawn }: Seen): string[] {
  const moments: [string, Moment | undefined][] = [
    ["Before a choice", before], ["After refusing", refused?.after], ["On the next page after refusing", refused?.nextPage],
    ["After accepting", withdrawn?.granted], ["After withdrawing", withdrawn?.later],
  ];
  const question = layer && `The question: "${layer.accept}"${layer.refuse === undefined ? "" : ` and "${layer.refuse.name}" (layer ${layer.refuse.layer})`}${
    withdrawn?.wayBack === undefined ? "" : `; the way back: "${withdrawn.wayBack}"${withdrawn.clicks === undefined ? "" : `, ${withdrawn.clicks} clicks`}`}.`;
  return [
    moments.flatMap(([when, moment]) => (moment === undefined ? [] : [lineOf(when, moment)])).join("\n"),
    ...(question === undefined ? [] : [question]),
  ].filter((part) => part !== "");
}

function lineOf(when: string, { kept, contacts }: Moment): string {
  const all = [...kept.map(wordsOf), ...contacts.map(wordsOfContact)];
  return [`${when}: ${all.length === 0 ? "nothing kept, nobody else spoken to" : ""}`.trimEnd(), ...all.map((one) => `  ${one}`)].join("\n");
}
