import { spawn } from "node:child_process";

/** What a program of {@link run} did. */
/** @typedef {{ ok: boolean, output: string }} Outcome */

/**
 * Runs a program to its end and collects what it says.
 *
 * @param {string} program
 * @param {string[]} words
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function run(program, words, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}

/** Ends the script with what went wrong, for `main().catch(report)`. */
export class StepFailed extends Error {}

/**
 * Shows a line while something is done, and how long it took.
 *
 * @param {string} title
 * @param {() => Promise<Outcome>} action
 * @returns {Promise<void>}
 * @throws {StepFailed} with the output of the program that failed
 */
export async function step(title, action) {
  const begin = performance.now();
  process.stdout.write(`${title} … `);
  const { ok, output } = await action();
  process.stdout.write(`${ok ? "" : "failed after "}${((performance.now() - begin) / 1000).toFixed(1)} s\n`);
  if (!ok) throw new StepFailed(output);
}

/**
 * Prints why a script has ended, and makes that its exit code.
 *
 * @param {unknown} error
 */
export function report(error) {
  console.error(error instanceof StepFailed ? error.message : error);
  process.exitCode = 1;
}
