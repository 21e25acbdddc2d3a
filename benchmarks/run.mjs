#!/usr/bin/env node
// Runs one benchmark suite: `npm run bench -- query`. Installs what the suites compare with, apart from the workspace.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const suites = readdirSync(`${here}suites`)
  .filter((name) => name.endsWith(".mjs"))
  .map((name) => name.slice(0, -4));
const [suite, ...args] = process.argv.slice(2);

if (!suites.includes(suite)) {
  console.error(`${suite ? `There is no suite "${suite}".` : "Name a suite."} There are: ${suites.join(", ")}.`);
  process.exit(1);
}
const run = (command, commandArgs, cwd) => {
  const { status } = spawnSync(command, commandArgs, { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};
if (!existsSync(`${here}node_modules`)) run("npm", ["ci", "--no-audit", "--no-fund"], here);
run("npx", ["tsc", "-b"], `${here}..`);
run(process.execPath, ["--expose-gc", `${here}suites/${suite}.mjs`, ...args], here);
