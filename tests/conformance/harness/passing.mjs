import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./kit.mjs";

const passingFile = join(repositoryRoot, "tests", "conformance", "passing.json");

/**
 * The steps that pass, by scenario file. The list may only grow.
 *
 * @returns {Record<string, string[]>}
 */
export function readPassing() {
  return existsSync(passingFile) ? JSON.parse(readFileSync(passingFile, "utf8")) : {};
}

/**
 * Steps that are listed and did not pass.
 *
 * @param {Record<string, string[]>} passing
 * @param {import("./replay.mjs").ScenarioResult[]} results
 * @returns {string[]} `file: step`
 */
export function regressions(passing, results) {
  return results.flatMap(({ file, passed }) => {
    const now = new Set(passed);
    return (passing[file] ?? []).filter((step) => !now.has(step)).map((step) => `${file}: ${step}`);
  });
}

/**
 * Adds what passed to the list.
 *
 * @param {Record<string, string[]>} passing
 * @param {import("./replay.mjs").ScenarioResult[]} results
 * @returns {number} How many steps are new.
 */
export function addPassing(passing, results) {
  const before = count(passing);
  const next = { ...passing };
  for (const { file, passed } of results) if (passed.length > 0) next[file] = passed;
  const sorted = Object.fromEntries(Object.entries(next).sort(([a], [b]) => a.localeCompare(b)));
  writeFileSync(passingFile, `${JSON.stringify(sorted, null, 2)}\n`);
  return count(next) - before;
}

/** @param {Record<string, string[]>} passing */
function count(passing) {
  return Object.values(passing).reduce((sum, steps) => sum + steps.length, 0);
}
