import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["model", "wire", "browser", "server", "journey", "engines", "package"].map((name) => ({
      test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 30_000, hookTimeout: 60_000 },
    })),
  },
});
