/** A shop's page that asks for consent as shops do, by the tag of its server, and what can be measured of the question in the page. */
import type { Page } from "./engine.js";
import type { Looks } from "./looks.js";
import type { Screen, ScreenOptions } from "./town.js";
import { until } from "./wait.js";

declare global {
  interface Window {
    readonly looks: Looks;
  }
}

export interface AskingOptions extends Pick<ScreenOptions, "headers"> {
  /** More attributes of the script tag. */
  readonly tag?: string;
  /** More of the page. */
  readonly body?: string;
  /** Stands at each script of the page. */
  readonly nonce?: string;
}

/** The element as a shop writes it, between what else a page has. */
const BODY = `<main><p>Veldschoen</p><a id="before" href="#maten">Maten</a>
  <button id="open" data-carryover-preferences>Cookies</button></main>
  <carryover-consent shop="Stap &amp; Blad" privacy="/privacy"></carryover-consent>`;

/** The tag and the screens come from the server, and the page is the shop's. */
export function asks({ origin, line }: Screen, { tag = 'data-asked="account"', body = "", nonce = "", headers }: AskingOptions = {}): void {
  const own = nonce && `nonce="${nonce}"`;
  origin.show("/", {
    scripts: [`<script ${own} src="/watch.js"></script>`, `<script async ${own} src="${line.url}/tag.js" data-site="pk_shop" ${tag}></script>`],
    body: BODY + body, ...(headers && { headers }),
  });
  // A window of any size in every engine: the page in a frame.
  origin.show("/framed", { body: `<iframe src="/" style="border:0"></iframe>` });
}

/** Opens the page and waits for the question. */
export async function openAsking({ profile, origin }: Screen, path: "/" | "/framed" = "/"): Promise<Page> {
  const page = await profile.page();
  await page.goto(origin.url + path);
  await until(() => page.evaluate((isFramed) => {
    const shop = isFramed ? frames[0]?.document : document;
    return shop?.querySelector("carryover-consent")?.shadowRoot?.querySelector("section") != null;
  }, path === "/framed"), "the question is there");
  return page;
}

/** The words of what stands before the shopper, or undefined. */
export function told(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.querySelector("carryover-consent")?.shadowRoot?.querySelector("section[part~=notice] p")?.textContent ?? undefined);
}
