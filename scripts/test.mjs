#!/usr/bin/env node
/**
 * Installs what is missing, builds, and runs the tests.
 *
 *   npm test [-- WORDS FOR VITEST …]
 *
 * DATABASE_URL  the PostgreSQL server to create databases on; an embedded one by default
 *
 * The last line is "N passed, N failed".
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireNode } from "./prepare/node-version.mjs";

requireNode();
const { prepare, root } = await import("./prepare/prepare.mjs");
const { report } = await import("./prepare/run.mjs");

async function main() {
  await prepare();
  const embedded = process.env.DATABASE_URL ? undefined : await startEmbedded();
  const folder = mkdtempSync(join(tmpdir(), "velella-results-"));
  const results = join(folder, "results.json");
  try {
    process.exitCode = await vitest(results, embedded ? { ...process.env, DATABASE_URL: embedded.url } : process.env);
    summarise(results);
  } finally {
    rmSync(folder, { recursive: true });
    await embedded?.stop();
  }
}

/** The folder is the same each time, so that the server of a run that was killed is taken over, and removed at the end. */
async function startEmbedded() {
  // Loaded only now: it has just been built.
  const data = createRequire(import.meta.url)(join(root, "packages", "data"));
  return data.startEmbedded({ directory: join(root, "node_modules", ".velella-test"), temporary: true, allowInProduction: true });
}

/**
 * @param {string} results
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} the exit code
 */
function vitest(results, env) {
  const words = ["run", ...process.argv.slice(2), "--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  const child = spawn(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), ...words], { cwd: root, env, stdio: "inherit" });
  // Ctrl-C reaches vitest by itself; this process waits for it, and stops the database.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** @param {string} results */
function summarise(results) {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(results, "utf8"));
  // A file that does not load has no tests which could fail.
  const broken = testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  console.log(`\n${numPassedTests} passed, ${numFailedTests + broken.length} failed`);
}

main().catch(report);
