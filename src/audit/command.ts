/** `carryover audit URL`: what a shop keeps and sends before a choice, after refusing and after withdrawing. */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { auditShop } from "./audit.js";
import { addressOf, FOUND, Impossible, IMPOSSIBLE, NOTHING_FOUND, orImpossible } from "./impossible.js";
import { textOf } from "./report.js";
import type { AuditOptions, Report } from "./seen.js";

const usage = `carryover audit URL [--json FILE] [--allow PATTERN]… [--watch SECONDS] [--browser PATH]
                    [--accept SELECTOR] [--refuse SELECTOR] [--withdraw SELECTOR]

Exit code: 0 nothing was found, 1 something was, 2 the shop could not be audited.`;

/** Runs the audit; resolves to the exit code. */
export async function runAudit(args: readonly string[]): Promise<number> {
  return orImpossible(async () => {
    const { url, json, options } = readArgs(args);
    const report = await auditShop(url, options);
    console.log(textOf(report));
    if (json !== undefined) await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
    return codeOf(report);
  });
}

/** What was found counts, however far the audit came; half an audit that found nothing is none. */
function codeOf({ findings, isComplete }: Report): number {
  if (findings.length > 0) return FOUND;
  return isComplete ? NOTHING_FOUND : IMPOSSIBLE;
}

function readArgs(args: readonly string[]): { url: string; json: string | undefined; options: AuditOptions } {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args: [...args], allowPositionals: true,
    options: { json: text, watch: text, browser: text, accept: text, refuse: text, withdraw: text, allow: { type: "string", multiple: true } },
  });
  const url = addressOf("audit", usage, positionals);
  const watch = Number(values.watch ?? 10);
  if (!(watch >= 1 && watch <= 20)) throw new Impossible(`carryover: --watch takes seconds from 1 to 20; found ${values.watch}.`);
  const { browser, accept, refuse, withdraw, allow = [] } = values;
  return { url, json: values.json, options: { browser, accept, refuse, withdraw, allow, watchMs: watch * 1_000 } };
}
