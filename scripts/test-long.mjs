#!/usr/bin/env node
/**
 * The tests that take long: what `npm test` proves with a few hundred cases, with as many as it takes to be sure.
 *
 *   npm run test:long
 *
 * RANDOM_RUNS   random plans that die at a random place; 10,000 by default
 * RANDOM_SEED   the first seed; chosen by chance by default. A failure names the seed to begin with
 * BOUNDED_RUNS  runs over which the tables have to stay bounded; 100,000 by default
 * DATABASE_URL  the PostgreSQL server to create databases on; an embedded one by default
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const engine = "packages/workflows/src/engine";
const runs = Number(process.env.RANDOM_RUNS ?? 10_000);
const seed = Number(process.env.RANDOM_SEED ?? Math.floor(Math.random() * 1e9));
// Every plan stays known to its process, and is offered at each claim: a new process from time to time keeps that short.
const part = 500;

/** @type {{ name: string, words: string[], env: Record<string, string> }[]} */
const rounds = [
  { name: "killed at every boundary, with and without sessions", words: [`${engine}/crash.test.ts`], env: { CRASH_ALL: "1" } },
  {
    name: "killed at every boundary, and its heir at every one of its own",
    words: [`${engine}/second-death.test.ts`],
    env: { CRASH_ALL: "1" },
  },
  {
    name: "bounded tables",
    words: [`${engine}/bounded.test.ts`],
    env: { BOUNDED_RUNS: process.env.BOUNDED_RUNS ?? "100000" },
  },
];
for (let from = 0; from < runs; from += part) {
  const env = { RANDOM_RUNS: String(Math.min(part, runs - from)), RANDOM_SEED: String(seed + from) };
  rounds.push({ name: `random plans from seed ${seed + from}`, words: [`${engine}/random-plans.test.ts`], env });
}

const script = fileURLToPath(new URL("./test.mjs", import.meta.url));
/** @type {string[]} */
const failed = [];
for (const { name, words, env } of rounds) {
  console.log(`\n=== ${name}`);
  const { status } = spawnSync(process.execPath, [script, "--project", "unit", ...words], {
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (status !== 0)
    failed.push(
      `${name} (${Object.entries(env)
        .map(([key, value]) => `${key}=${value}`)
        .join(" ")})`,
    );
}
console.log(failed.length ? `\nFailed:\n${failed.join("\n")}` : `\nAll ${rounds.length} rounds passed.`);
process.exitCode = failed.length ? 1 : 0;
