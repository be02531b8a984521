/** What a page does around a platform: it loads afresh with every visit, its scripts load, and its console is read. */
import { createRequire } from "node:module";
import { vi } from "vitest";

const require = createRequire(import.meta.url);

/** The real package, as a page that has just been opened runs it: it remembers nothing but what it has stored. */
export function freshly<Module>(name: string): Module {
  const folder = `/node_modules/${name.split("/").slice(0, name.startsWith("@") ? 2 : 1).join("/")}/`;
  for (const path of Object.keys(require.cache)) if (path.replaceAll("\\", "/").includes(folder)) delete require.cache[path];
  return require(name) as Module;
}

/** A script somewhere in the page has loaded and run. */
export function scriptLoads(): void {
  const script = document.createElement("script");
  script.type = "text/plain";
  document.head.append(script);
  script.dispatchEvent(new Event("load"));
}

/** What is said on the console, instead of on the terminal. */
export function errors() {
  return vi.spyOn(console, "error").mockImplementation(() => {});
}
