import { defineConfig } from "vitest/config";
import { Tally } from "./scripts/tally.mjs";

const rooms = ["model", "wire", "browser", "server", "journey", "engines", "package"];

/** The package is packed and installed once for all of its tests. */
const setup: Record<string, string[]> = { package: ["test/package/packed.ts"] };

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
      },
    })),
  },
});
