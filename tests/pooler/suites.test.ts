import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createTestDatabase, hasPgBouncer, startPgBouncer } from "@velella/data/testing";
import { expect, test } from "vitest";

/** The suites of services, links and queries, once more through a pooler in transaction mode. */

const root = fileURLToPath(new URL("../..", import.meta.url));
const suites = [
  "packages/data/src/service/module-service.test.ts",
  "packages/data/src/service/soft-delete.test.ts",
  "packages/data/src/service/composite-keys.test.ts",
  "packages/framework/src/links/link-service.test.ts",
  "packages/framework/src/query/query.test.ts",
  "packages/framework/src/query/sources.test.ts",
];

test.skipIf(!hasPgBouncer())(
  `services, links and queries through PgBouncer${hasPgBouncer() ? "" : " (skipped: no pgbouncer is installed)"}`,
  async () => {
    const database = await createTestDatabase();
    const pooler = await startPgBouncer(database.url, { connections: 6 });
    try {
      const { origin } = new URL(pooler.urlOf(database.url).replace(/^postgres/, "http"));
      const { status, output } = await vitest({ TEST_POOLER: origin.replace(/^http:\/\//, "postgres://pooled@") });
      expect(status, output).toBe(0);
      expect(output).toMatch(new RegExp(`Test Files.*${suites.length} passed`));
    } finally {
      await pooler.stop();
      await database.drop();
    }
  },
);

async function vitest(env: NodeJS.ProcessEnv): Promise<{ status: number | null; output: string }> {
  const words = ["node_modules/vitest/vitest.mjs", "run", "--project", "unit", "--reporter=dot", ...suites];
  // The worker that runs this test has settings of its own in its environment.
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  const child = spawn(process.execPath, words, {
    cwd: root,
    env: { ...inherited, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { status, output };
}
