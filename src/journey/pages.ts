/** Which pages are seen, also those that a page draws without loading. */
import type { JourneyShop } from "./journey.js";

/** Of the Navigation API what is needed here; where it is missing, the history is listened to. */
type Navigating = { readonly navigation?: EventTarget };

/** Tells of the page that is shown now and of each that follows: another path, or the same one brought back by the browser. */
export function observePages({ observe }: JourneyShop, page: () => string | undefined): () => void {
  let shown: string | undefined;
  const look = (): void => {
    const next = page();
    if (next !== undefined && next !== shown) observe("page-viewed", { page: next });
    shown = next;
  };
  const listening = new AbortController();
  const { signal } = listening;
  const { navigation } = window as Navigating;
  if (navigation) navigation.addEventListener("currententrychange", look, { signal });
  else listenToHistory(look, signal);
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) shown = undefined;
    look();
  }, { signal });
  // A page that is drawn in advance is not seen yet.
  if ((document as { prerendering?: boolean }).prerendering) document.addEventListener("prerenderingchange", look, { signal });
  else look();
  return () => listening.abort();
}

function listenToHistory(look: () => void, signal: AbortSignal): void {
  addEventListener("popstate", look, { signal });
  const { pushState, replaceState } = history;
  for (const [name, own] of Object.entries({ pushState, replaceState }) as ["pushState", History["pushState"]][]) {
    const listened: History["pushState"] = (...args) => {
      own.apply(history, args);
      if (!signal.aborted) look();
    };
    history[name] = listened;
    // Somebody else may have put theirs on top meanwhile: then ours stays underneath, and is silent.
    signal.addEventListener("abort", () => void (history[name] === listened && (history[name] = own)));
  }
}
