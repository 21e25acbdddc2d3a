#!/usr/bin/env node
/**
 * Everything that can be said of the code without running it, in under a minute.
 *
 *   npm run check [-- NAME …] [--update]
 *
 * NAME is a word of a check's name, such as `lint` or `layers`; all by default.
 *   --update  formats the code, and writes the snapshots of the public surface in api/
 */
import { fileURLToPath } from "node:url";
import { habits } from "./check/habits.mjs";
import { layers } from "./check/layers.mjs";
import { map } from "./check/map.mjs";
import { sizes } from "./check/sizes.mjs";
import { surface } from "./check/surface.mjs";
import { format, lint, types, unused } from "./check/tools.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith("--"));
const update = words.includes("--update");
const checks = [format, lint, types, layers, unused, sizes, habits, surface, map].filter(
  ({ name }) => names.length === 0 || names.some((word) => name.includes(word)),
);

if (checks.length === 0) {
  console.error(`No check is called ${names.join(" or ")}.`);
  process.exit(2);
}

const started = performance.now();
const results = [];
// One after another: the programs behind them use every core by themselves, and their times mean something so.
for (const check of checks) {
  const begin = performance.now();
  const { ok, output } = await check.run({ root, update });
  results.push({ name: check.name, ok, seconds: (performance.now() - begin) / 1000 });
  if (!ok) console.log(`\n── ${check.name} ──\n${output}\n`);
}
for (const { name, ok, seconds } of results) console.log(`${ok ? "ok  " : "FAIL"}  ${name.padEnd(16)} ${seconds.toFixed(1).padStart(5)} s`);
console.log(`      ${"all".padEnd(16)} ${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s`);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
