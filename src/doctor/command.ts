/** `carryover doctor URL`: what would make a shop's devices forget sooner than they should, or keeps them from the server. */
import { parseArgs } from "node:util";
import { Impossible } from "../audit/impossible.js";
import { launchBrowser } from "../audit/launch.js";
import { findingsIn } from "./findings.js";
import { resolveNames } from "./names.js";
import { readPage } from "./page.js";
import type { Finding, Resolve, Seen } from "./seen.js";
import { askServer } from "./server.js";

const usage = `carryover doctor URL [--json] [--browser PATH]

Exit code: 0 nothing was found, 1 something was, 2 the page could not be examined.`;

const [WELL, FOUND, IMPOSSIBLE] = [0, 1, 2];

/** Runs the doctor; resolves to the exit code. */
export async function runDoctor(args: readonly string[]): Promise<number> {
  try {
    const { values: { json, browser }, positionals: [url, ...more] } = parseArgs({ args: [...args], allowPositionals: true, options: { json: { type: "boolean" }, browser: { type: "string" } } });
    if (url === undefined || more.length > 0) throw new Impossible(usage);
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Impossible(`carryover doctor takes an address that begins with http:// or https://; found ${url}.`);
    const seen = await examine(url, browser);
    const findings = findingsIn(seen);
    console.log(json === true ? JSON.stringify({ seen, findings }, undefined, 2) : textOf(url, findings));
    return findings.length === 0 ? WELL : FOUND;
  } catch (error) {
    if (!(error instanceof Impossible || error instanceof TypeError)) throw error;
    console.error(error.message);
    return IMPOSSIBLE;
  }
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
  const sum = findings.length === 0 ? "Nothing was found." : `${findings.length} ${findings.length === 1 ? "finding" : "findings"}:`;
  return [`carryover doctor ${url}`, sum, ...found].join("\n\n");
}
