/** The life of the page: hidden, frozen, back again, online. */
import { PATHS } from "../wire/version.js";
import type { Device } from "./device.js";
import { callerOf } from "./post.js";

/** Listens until the returned function is called. Without a page there is nothing to hear. */
export function listenToPage(device: Device, refresh: () => void): () => void {
  if (typeof addEventListener !== "function" || typeof document === "undefined") return () => {};
  const listening = new AbortController();
  const listen = (target: EventTarget, name: string, listener: (event: Event) => void): void =>
    target.addEventListener(name, listener, { signal: listening.signal });
  const tryNow = (): void => {
    device.pusher.now();
    device.puller.now();
    device.outbox.send();
  };
  // A page in the back/forward cache must hold no lock and no channel, or another tab evicts it.
  listen(window, "pagehide", () => {
    device.rest();
    if (device.settings.idleMs !== undefined) leave(device);
  });
  listen(window, "pageshow", (event) => (event as PageTransitionEvent).persisted && void device.resume());
  // A tab that the browser puts to sleep would keep the lead and answer nobody.
  listen(document, "freeze", () => device.rest());
  listen(document, "resume", () => void device.resume());
  listen(window, "online", tryNow);
  listen(document, "visibilitychange", () => (document.visibilityState === "visible" ? tryNow() : device.pusher.farewell()));
  // Another tab's word may come before the browser shows here what that tab has written. Its events it has told us of itself.
  listen(window, "storage", (event) => {
    if ((event as StorageEvent).key?.includes(":e:")) return;
    if (!device.visitor.isCurrent) return void device.open();
    device.wake();
    refresh();
  });
  return () => listening.abort();
}

/** From a shared screen: or the back button would show the next shopper a page that still knows. What a customer has not yet sent goes up instead. */
function leave({ settings, visitor: { session }, copy, post, forget }: Device): void {
  const isHeard = !session?.customer || copy.replica.pending.length === 0;
  if (session?.isKnown && isHeard) post(PATHS.signOut, callerOf(settings, session.credential), { keepalive: true }).catch(() => {}); // nobody is there to hear how it went
  void forget();
}
