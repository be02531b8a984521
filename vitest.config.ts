import { defineConfig } from "vitest/config";
import { Tally } from "./scripts/tally.mjs";

const rooms = ["model", "wire", "browser", "server", "journey", "faults", "engines", "package"];

/** The package is packed and installed once for all of its tests, and bundled once for all browsers. */
const setup: Record<string, string[]> = { package: ["test/package/packed.ts"], engines: ["test/engines/built.ts"] };

/** Browsers and storms want the machine for themselves: they come last, one file after the other. */
const lonely = ["faults", "engines"];
const alone = { fileParallelism: false, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    reporters: ["default", new Tally()],
    projects: rooms.map((name) => ({
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        testTimeout: 30_000,
        hookTimeout: 60_000,
        globalSetup: setup[name] ?? [],
        ...(lonely.includes(name) && alone),
      },
    })),
  },
});
