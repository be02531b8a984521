/** `carryover doctor URL`: what would make a shop's devices forget sooner than they should, or keeps them from the server. */
import { parseArgs } from "node:util";
import { addressOf, FOUND, Impossible, NOTHING_FOUND, orImpossible, sumOf } from "../audit/impossible.js";
import { launchBrowser } from "../audit/launch.js";
import { findingsIn } from "./findings.js";
import { resolveNames } from "./names.js";
import { readPage } from "./page.js";
import type { Finding, Resolve, Seen } from "./seen.js";
import { askServer } from "./server.js";

const usage = `carryover doctor URL [--json] [--browser PATH]

Exit code: 0 nothing was found, 1 something was, 2 the page could not be examined.`;

/** Runs the doctor; resolves to the exit code. */
export async function runDoctor(args: readonly string[]): Promise<number> {
  return orImpossible(async () => {
    const { values: { json, browser }, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { json: { type: "boolean" }, browser: { type: "string" } } });
    const url = addressOf("doctor", usage, positionals);
    const seen = await examine(url, browser);
    const findings = findingsIn(seen);
    console.log(json === true ? JSON.stringify({ seen, findings }, undefined, 2) : textOf(url, findings));
    return findings.length === 0 ? NOTHING_FOUND : FOUND;
  });
}

/** Rejects with Impossible where there is nothing to examine. */
export async function examine(url: string, named: string | undefined, resolve: Resolve = resolveNames): Promise<Seen> {
  const browser = await launchBrowser(named);
  const page = await readPage(browser, url).finally(() => browser.close());
  const [tag] = page.tags;
  if (tag === undefined) throw new Impossible(`There is no tag of carryover in ${url}: a script with data-site. A shop that installs the package is examined by a page with the tag.`);
  const none = { cnames: [], addresses: [] };
  const [pageNames, endpointNames] = await Promise.all([page.page, tag.endpoint].map((at) => (at === undefined ? none : resolve(new URL(at).hostname))));
  const asked = tag.endpoint === undefined ? { answer: "taken", clockMs: undefined, streamMs: undefined } : await askServer(page.page, tag.endpoint, tag.site);
  return { ...page, ...asked, pageNames: pageNames ?? none, endpointNames: endpointNames ?? none };
}

function textOf(url: string, findings: readonly Finding[]): string {
  const found = findings.map(({ rule, says, advice }) => `${rule}: ${says}\n  ${advice}`);
  return [`carryover doctor ${url}`, sumOf(findings), ...found].join("\n\n");
}
