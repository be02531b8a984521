import { defineConfig } from "vitest/config";
import { Tally } from "./scripts/tally.mjs";

const rooms = ["model", "wire", "browser", "scan", "sources", "server", "postgres", "journey", "attacks", "system", "faults", "engines", "audit", "doctor", "package"];

/** The package is packed and installed once for all of its tests, and bundled once for all browsers. */
const setup: Record<string, string[]> = { postgres: ["test/postgres/cluster.ts"], package: ["test/package/packed.ts", "test/postgres/cluster.ts"], engines: ["test/engines/built.ts"], audit: ["test/engines/built.ts"], doctor: ["test/engines/built.ts"] };

/** Rooms that test properties of whatever chance brings. */
const properties = ["model", "wire"];

/** What is asked of the server is asked of it over PostgreSQL as well, but for what is about files. */
const overPostgres = ["bound", "cookie", "credentials", "customer", "devices", "feed-stream", "handoff", "hold", "insights", "keeping", "limits", "observe", "push", "receipts", "renewal", "shop", "shop-feed", "stream", "tokens", "unlink", "verify", "webhooks"];
const postgres = { env: { CARRYOVER_TEST_STORE: "postgres" } };

/** Storms want the machine for themselves: they come after the others, one file after the other. */
const storms = { fileParallelism: false, sequence: { groupOrder: 1 } };
/** A browser on a busy machine is slow, and that is no fault: what has to be quick says so in its test. */
const BROWSER_MS = 90_000;
/** Each visit of an audit waits half of its time. */
const patient = { maxConcurrency: 4 };
/** Browsers come last, two files at a time, since a browser often waits. */
const browsers = {
  testTimeout: BROWSER_MS, hookTimeout: BROWSER_MS, maxWorkers: 2, sequence: { groupOrder: 2 },
  // A driver that has fallen silent is asked once more; an expectation that failed is never tried again.
  retry: { count: 1, condition: /^Test timed out/ },
};

export default defineConfig({
  test: {
    reporters: ["default", new Tally()],
    maxWorkers: "100%", // by default one core is left to whoever looks on
    projects: rooms.map((name) => ({
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`, ...(name === "postgres" ? overPostgres.map((file) => `test/server/${file}.test.ts`) : [])],
        testTimeout: 30_000,
        hookTimeout: 60_000,
        globalSetup: setup[name] ?? [],
        setupFiles: properties.includes(name) ? ["test/begin.ts"] : [],
        ...(name === "postgres" && postgres),
        ...(name === "faults" && storms),
        ...(["engines", "audit", "doctor"].includes(name) && browsers),
        ...(name === "audit" && patient),
      },
    })),
  },
});
