#!/usr/bin/env node
/**
 * Replays recorded requests against an app, and counts the answers that are as they should be.
 *
 *   npm run conformance -- [FILE|FOLDER …] [--update] [--verbose]
 *
 * FILE is a path in the kit, such as fw/http or r1; all files by default.
 *   --update   add what passes to tests/conformance/passing.json, which may only grow
 *   --verbose  print every difference
 *
 * Exit status: 1 when a step that is listed as passing did not pass.
 * See tests/conformance/README.md.
 */
import { relative } from "node:path";
import { openDatabaseServer } from "../tests/conformance/harness/databases.mjs";
import { hasKit, missingKitMessage, scenarioFiles } from "../tests/conformance/harness/kit.mjs";
import { addPassing, readPassing, regressions } from "../tests/conformance/harness/passing.mjs";
import { createReplayer, logFileOf } from "../tests/conformance/harness/replay.mjs";

async function main() {
  const words = process.argv.slice(2);
  const flags = new Set(words.filter((word) => word.startsWith("--")));
  if (!hasKit) return fail(missingKitMessage);
  const files = scenarioFiles(words.filter((word) => !word.startsWith("--")));

  const databases = await openDatabaseServer();
  const results = [];
  try {
    const replayer = createReplayer(databases);
    for (const file of files) {
      const result = await replayer.replay(file);
      results.push(result);
      print(result, flags.has("--verbose"));
    }
  } finally {
    await databases.close();
  }
  const passed = results.reduce((sum, result) => sum + result.passed.length, 0);
  const total = results.reduce((sum, result) => sum + result.passed.length + result.failed.length, 0);
  console.log(`\n${passed} of ${total} passed`);

  const passing = readPassing();
  const lost = regressions(passing, results);
  if (lost.length > 0) return fail(`These are listed in tests/conformance/passing.json and did not pass:\n  ${lost.join("\n  ")}`);
  if (flags.has("--update")) console.log(`${addPassing(passing, results)} steps added to tests/conformance/passing.json`);
}

function print(result, verbose) {
  const total = result.passed.length + result.failed.length;
  const setup = result.setupFailed.length > 0 ? `, ${result.setupFailed.length} set-up steps failed` : "";
  console.log(
    `${result.file.padEnd(48)} ${String(result.passed.length).padStart(3)} of ${total}${setup}  (${relative(process.cwd(), logFileOf(result.file))})`,
  );
  if (verbose && (result.failed.length > 0 || setup)) console.log(result.report);
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

main().catch((error) => fail(error instanceof TypeError ? error.message : (error.stack ?? String(error))));
