import { existsSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, step } from "./run.mjs";

/** The folder of the repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Installs what is missing and builds what is stale. */
export async function prepare() {
  if (installIsStale()) await install();
  await step("Building", () => run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b"], { cwd: root }));
}

// npm writes this file when an install is complete, so one that was interrupted leaves none.
const installed = join(root, "node_modules", ".package-lock.json");
const lock = join(root, "package-lock.json");

function installIsStale() {
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs;
}

async function install() {
  await step("Installing packages", async () => {
    const exact = await npm("ci");
    // The lock may not fit while dependencies are being changed.
    return exact.ok || !exact.output.includes("EUSAGE") ? exact : npm("install");
  });
  const now = new Date();
  utimesSync(installed, now, now);
}

/** @param {string} command */
function npm(command) {
  const words = [command, "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const script = process.env.npm_execpath;
  if (script?.endsWith("npm-cli.js")) return run(process.execPath, [script, ...words], { cwd: root });
  return run("npm", words, { cwd: root, shell: process.platform === "win32" });
}
