/** A shop that has Klaro keeps it: carryover follows the real package. */
// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import type { KlaroManager, KlaroModule } from "../../src/sources/klaro.js";
import { klaroSource } from "../../src/sources/klaro.js";
import { freshly, scriptLoads } from "./page.js";

interface Klaro extends KlaroModule {
  setup(config: object): void;
  getManager(): KlaroManager & { updateConsent(name: string, value: boolean): void; saveAndApplyConsents(): void; resetConsents(): void };
}

const services = { analytics: ["matomo"], marketing: ["facebook", "google-ads"] };
const config = {
  storageName: "klaro", acceptAll: true, lang: "nl", translations: { nl: {} },
  services: Object.values(services).flat().map((name) => ({ name, purposes: ["x"] })),
};
const page = globalThis as { klaro?: unknown };
const heard = vi.fn();
let stop = (): void => {};

afterEach(() => {
  stop();
  delete page.klaro;
  heard.mockReset();
  document.cookie = "klaro=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/";
  document.body.replaceChildren();
});

const comes = (): Klaro => freshly<Klaro>("klaro/dist/klaro-no-css.js");

function answer(klaro: Klaro, granted: readonly string[]): void {
  const manager = klaro.getManager();
  for (const { name } of config.services) manager.updateConsent(name, granted.includes(name));
  manager.saveAndApplyConsents();
}

test("nobody has answered yet: that is no refusal, and what is ticked counts only once it is saved", () => {
  const platform = comes();
  platform.setup(config);
  stop = klaroSource({ services, platform }).follow(heard);
  platform.getManager().updateConsent("matomo", true);
  expect(heard).not.toHaveBeenCalled();
  platform.getManager().saveAndApplyConsents();
  expect(heard.mock.calls).toEqual([[{ analytics: true, marketing: false }]]);
});

test("a changed mind is heard; a purpose of two services is granted with both", () => {
  const platform = comes();
  platform.setup(config);
  stop = klaroSource({ services, platform }).follow(heard);
  answer(platform, ["matomo", "facebook", "google-ads"]);
  answer(platform, ["matomo", "facebook"]);
  platform.getManager().updateConsent("matomo", false);
  expect(heard.mock.calls).toEqual([[{ analytics: true, marketing: true }], [{ analytics: true, marketing: false }]]);
});

test("an answer that is taken back by a reset is a withdrawal", () => {
  const platform = comes();
  platform.setup(config);
  answer(platform, ["matomo"]);
  stop = klaroSource({ services, platform }).follow(heard);
  platform.getManager().resetConsents();
  expect(heard.mock.calls).toEqual([[{ analytics: true, marketing: false }], [{ analytics: false, marketing: false }]]);
});

test("an answer of the last visit is heard, also when Klaro comes by a script and is set up after that", () => {
  const before = comes();
  before.setup(config);
  answer(before, ["matomo"]);
  stop = klaroSource({ services }).follow(heard);
  const klaro = comes();
  page.klaro = klaro;
  scriptLoads();
  expect(heard).not.toHaveBeenCalled();
  klaro.setup(config);
  expect(heard.mock.calls).toEqual([[{ analytics: true, marketing: false }]]);
});

test("whoever stops following hears no more", () => {
  const platform = comes();
  platform.setup(config);
  klaroSource({ services, platform }).follow(heard)();
  answer(platform, ["matomo"]);
  expect(heard).not.toHaveBeenCalled();
});
