/** `kioskScreen`: a page on a shared screen that clears itself whenever a shopper leaves, and knows which screen it is. */
import type { KioskScreen } from "../browser/kiosk.js";
import { misuse } from "../model/misuse.js";
import type { KioskAnswer } from "../wire/kiosk.js";
import { createDoorway } from "./doorway.js";
import { clearFields, forbidRemembering } from "./fields.js";
import { createRegistration, keyOf, type Registration } from "./registration.js";
import { clearStorages, type Kept } from "./storages.js";

/** What a shop says about the page of its kiosk. */
export interface KioskScreenOptions {
  /** The start page, an address of this origin: each visit ends there, and the back button leads nowhere else. */
  readonly home: string;
  /** The code that `carryover kiosk add` has printed; needed once. Ask whoever sets the screen up; never take it from the address. */
  readonly code?: string;
  /** What of the browser's storage is the shop's own and stays when a shopper leaves. Nothing by default. */
  readonly keeps?: (kept: Kept) => boolean;
  /** Hears who the screen is, by the server's word: undefined when it is not registered, or was removed. */
  readonly known?: (screen: KioskAnswer | undefined) => void;
}

/** A screen that can be registered while it runs. */
export interface RegisteredScreen extends KioskScreen {
  /** Takes the code of `carryover kiosk add`, once. Rejects with a RefusalError: `kiosk-unknown`, `too-many-tries` or `unreachable`. */
  register(code: string): Promise<KioskAnswer>;
}

/**
 * Made once for the client on this page. When a visit ends (finished, idle, cart taken along) the page is blank at once; fields,
 * cookies, storage, databases, caches, workers and files of this origin are cleared; and as soon as the server knows, the start
 * page takes the place of this one. Without a network the page stays, cleared, since it could not be loaded again. At each start
 * everything is cleared once more, for whoever was cut off by a power cut.
 *
 * @example
 * const screen = kioskScreen({ home: "/kiosk/", known: (who) => console.log(who?.store, who?.name) });
 * const shop = createClient({ site: "pk_demo", endpoint: "https://sync.shop.example", kiosk: { idleMs: 60_000, screen } });
 * // Once, by whoever sets the screen up: await screen.register("BCDF-GHJK-LMNP");
 */
export function kioskScreen({ home, code, keeps = () => false, known = () => {} }: KioskScreenOptions): RegisteredScreen {
  if (typeof home !== "string" || (typeof location !== "undefined" && new URL(home, location.href).origin !== location.origin)) misuse("kioskScreen({ home })", home, "an address of this origin, such as /kiosk/");
  let registration: Registration | undefined;
  const closing: (() => void)[] = [];
  const opened = (): Registration => registration ?? misuse("kioskScreen().register", "a screen without a client", "a screen that createClient was given");
  return {
    get caller() {
      return registration?.caller;
    },
    register: async (typed) => opened().register(typed),
    open(shop, settings) {
      if (typeof document === "undefined") return; // a server that renders pages has no shoppers before it
      const own = keyOf(settings.site);
      const isOwn = (kept: Kept): boolean => (kept.kind === "local" && kept.name.startsWith(own)) || keeps(kept);
      const clear = async (): Promise<void> => {
        clearFields();
        await clearStorages(isOwn);
      };
      const doorway = createDoorway(home, () => void clear());
      registration = createRegistration(settings, known);
      if (code !== undefined && registration.caller === undefined) registration.register(code).catch(() => known(undefined));
      void clear();
      addEventListener("load", () => clearFields(), { once: true }); // some browsers fill in what was there before the reload
      const stopHearing = shop.on("left", async (told) => {
        if (doorway.isLeaving) return void clearStorages(isOwn);
        doorway.blank();
        const [isTold] = await Promise.all([told, clear()]);
        if (isTold && navigator.onLine) doorway.goHome();
        else doorway.show();
      });
      closing.push(doorway.close, forbidRemembering(), stopHearing, registration.close);
    },
    close: () => closing.splice(0).forEach((close) => close()),
  };
}
