/** Consent from Klaro. */
import type { ConsentSource } from "../browser/source.js";
import { answersOf, checkMapping, type Mapping } from "./purposes.js";
import { createSource, onArrival, quietly } from "./source.js";

/** What is needed of Klaro's manager; `savedConsents` are those that the visitor has confirmed. */
export interface KlaroManager {
  readonly confirmed: boolean;
  readonly savedConsents: Readonly<Record<string, boolean>>;
  watch(watcher: { update(): void }): void;
  unwatch(watcher: { update(): void }): void;
}

/** What is needed of the module, as it is imported or as its script leaves it at `window.klaro`. */
export interface KlaroModule {
  getManager(config?: unknown): unknown;
  addEventListener(type: "render", handler: (config: unknown) => unknown): void;
}

/** How the shop's purposes lie over Klaro's services. */
export interface KlaroOptions {
  /** By purpose of the shop the names of Klaro's services; all of them must be consented to. */
  readonly services: Mapping;
  /** The module, where the shop bundles it; its script is found without, also one that comes later. */
  readonly platform?: KlaroModule;
}

/**
 * Follows Klaro. What the visitor ticks counts once it is saved; a reset takes it back.
 *
 * @example
 * klaroSource({ services: { analytics: ["matomo"], marketing: ["facebook", "google-ads"] } });
 */
export function klaroSource({ services, platform }: KlaroOptions): ConsentSource {
  checkMapping("klaroSource({ services })", services);
  return createSource("klaro", (tell) => {
    let manager: KlaroManager | undefined;
    let isOver = false;
    const read = ({ confirmed, savedConsents }: KlaroManager): void => tell(confirmed ? answersOf(services, (name) => savedConsents[name] === true) : undefined);
    const watcher = { update: () => void quietly(() => manager && read(manager)) };
    const meet = (klaro: KlaroModule, config: unknown): void => void quietly(() => {
      if (isOver || manager !== undefined) return;
      manager = klaro.getManager(config) as KlaroManager;
      manager.watch(watcher);
      read(manager);
    });
    const stop = onArrival(() => {
      const klaro = platform ?? (globalThis as { klaro?: KlaroModule }).klaro;
      // Klaro gets to know its settings when it first renders; if it has, it says so again.
      klaro?.addEventListener("render", (config) => meet(klaro, config));
      return klaro !== undefined;
    });
    return () => {
      isOver = true;
      stop();
      manager?.unwatch(watcher);
    };
  });
}
