import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const decorators = { decorator: { legacy: true, emitDecoratorMetadata: true } };

export default defineConfig({
  test: {
    // Files run side by side also on two cores, where Vitest would run one after the other.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        // Unit tests run on the sources, one copy of each package.
        resolve: {
          alias: [
            {
              find: "@velella/framework/http",
              replacement: fileURLToPath(new URL("packages/framework/src/http/index.ts", import.meta.url)),
            },
            {
              find: "@velella/data/testing",
              replacement: fileURLToPath(new URL("packages/data/src/testing/index.ts", import.meta.url)),
            },
            {
              find: /^@velella\/(kernel|data|workflows|framework|eslint-plugin|commerce|cli)$/,
              replacement: fileURLToPath(new URL("packages/$1/src/index.ts", import.meta.url)),
            },
          ],
        },
        oxc: decorators,
        // Not the five seconds of Vitest: a test has a real database and real processes, and waits until the thing happens.
        test: { name: "unit", include: ["packages/*/src/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 60_000 },
      },
      {
        // Whole-app tests drive what users run: the built packages and the command line, each of which starts a shop or more.
        oxc: decorators,
        test: { name: "app", include: ["tests/**/*.test.ts", "examples/*/tests/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 180_000 },
      },
    ],
  },
});
