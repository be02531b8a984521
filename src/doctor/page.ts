/** Opens the shop's page in a browser and reads off it how the library stands there. */
import type { Browser, HTTPResponse } from "puppeteer-core";
import { Impossible } from "../audit/impossible.js";
import type { Seen, TagSeen } from "./seen.js";

const LOAD_MS = 20_000;
const QUIET_MS = { idleTime: 400, timeout: 4_000, concurrency: 2 };

/** Rejects with Impossible when the page does not open. */
export async function readPage(browser: Browser, url: string): Promise<Pick<Seen, "page" | "tags" | "isRunning" | "policies">> {
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    const answer = await page.goto(url, { timeout: LOAD_MS }).catch((error: Error) => {
      throw new Impossible(`${url} does not open: ${error.message.split("\n")[0]}`);
    });
    if (answer !== null && answer.status() >= 400) throw new Impossible(`${url} answers ${answer.status()}.`);
    await page.waitForNetworkIdle(QUIET_MS).catch(() => {}); // a page that is never quiet is read as it is
    const seen = await page.evaluate(readInPage);
    return { page: page.url(), tags: seen.tags, isRunning: seen.isRunning, policies: [...headersOf(answer), ...seen.policies] };
  } finally {
    await context.close();
  }
}

function headersOf(answer: HTTPResponse | null): string[] {
  return (answer?.headers()["content-security-policy"] ?? "").split(/[\n,]/).map((policy) => policy.trim()).filter(Boolean);
}

/** In the page. A tag is known by its site key. */
function readInPage(): { tags: TagSeen[]; isRunning: boolean; policies: string[] } {
  const tags = [...document.querySelectorAll<HTMLScriptElement>("script[src][data-site]")].map((script) => {
    const { site = "", endpoint } = script.dataset;
    const own = endpoint ?? new URL(".", script.src).href;
    return { src: script.src, site, endpoint: own === "" ? undefined : own };
  });
  const client = (window as { carryover?: unknown }).carryover;
  const policies = [...document.querySelectorAll<HTMLMetaElement>("meta[http-equiv='Content-Security-Policy' i]")].map(({ content }) => content);
  return { tags, isRunning: typeof client === "object" && client !== null && "state" in client, policies };
}
