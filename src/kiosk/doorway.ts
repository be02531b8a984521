/** How a page is come to and left on a shared screen: by the front door only, and with nothing on it. */

export interface Doorway {
  /** Nothing of the page is seen any more. */
  blank(): void;
  /** The page is shown as it is now: it could not be left. */
  show(): void;
  /** To the start page, in the place of this one. */
  goHome(): void;
  /** The page is just being left anyway. */
  readonly isLeaving: boolean;
  close(): void;
}

/**
 * Whatever the back button brings belongs to somebody who has left, since each visit ends with its page: the start page takes its
 * place before it is seen. `left` is called when such a page was met.
 */
export function createDoorway(home: string, returned: () => void): Doorway {
  let isLeaving = false;
  const listening = new AbortController();
  const goHome = (): void => {
    isLeaving = true;
    location.replace(home);
  };
  const turnBack = (): void => {
    doorway.blank();
    returned();
    goHome();
  };
  const listen = (name: string, hear: (event: Event) => void): void => addEventListener(name, hear, { capture: true, signal: listening.signal });

  const doorway: Doorway = {
    blank: () => void (document.documentElement.hidden = true),
    show: () => void (document.documentElement.hidden = false),
    goHome,
    get isLeaving() {
      return isLeaving;
    },
    close: () => listening.abort(),
  };
  listen("pagehide", () => {
    isLeaving = true;
    doorway.blank();
    document.documentElement.replaceChildren(); // the back/forward cache keeps a page as it was left
  });
  listen("pageshow", (event) => (event as PageTransitionEvent).persisted && turnBack());
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (navigation?.type === "back_forward" && !isHome(home)) turnBack();
  return doorway;
}

function isHome(home: string): boolean {
  return new URL(home, location.href).href === location.href;
}
