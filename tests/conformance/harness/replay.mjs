import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { admin, prepare, serve } from "./app-process.mjs";
import { appDirectoryFor, kitDirectory, repositoryRoot } from "./kit.mjs";

/**
 * What became of a scenario file.
 *
 * @typedef {object} ScenarioResult
 * @property {string} file
 * @property {string[]} passed Names of the steps that count and passed.
 * @property {string[]} failed Names of those that did not.
 * @property {string[]} setupFailed Names of set-up steps that failed; steps after them may fail because of them.
 * @property {string} report What the replayer printed.
 */

/**
 * Replays scenario files, each against an app of its own on a database of its own: a copy of one that is migrated, and
 * has an admin user, made once per app.
 *
 * @param {import("./databases.mjs").DatabaseServer} databases
 * @returns {{ replay(file: string): Promise<ScenarioResult> }} Files are paths in the kit.
 */
export function createReplayer(databases) {
  /** @type {Map<string, string>} */
  const templates = new Map();
  return {
    async replay(file) {
      const directory = appDirectoryFor(file);
      let template = templates.get(directory);
      if (template === undefined) {
        const made = await databases.create();
        await prepare(directory, made.url);
        template = made.name;
        templates.set(directory, template);
      }
      return replayOne(file, directory, databases, template);
    },
  };
}

/**
 * @param {string} file
 * @param {string} directory
 * @param {import("./databases.mjs").DatabaseServer} databases
 * @param {string} template
 * @returns {Promise<ScenarioResult>}
 */
async function replayOne(file, directory, databases, template) {
  const database = await databases.create(template);
  const app = await serve(directory, database.url);
  try {
    const result = await replay(file, app.url);
    saveLog(file, `${result.report}\n\n${app.output()}`);
    return result;
  } finally {
    await app.stop();
    await databases.drop(database.name);
  }
}

/**
 * @param {string} file
 * @param {string} url
 * @returns {Promise<ScenarioResult>}
 */
async function replay(file, url) {
  const directory = mkdtempSync(join(tmpdir(), "velella-replay-"));
  const out = join(directory, "report.json");
  try {
    const args = [join(kitDirectory, "replay.mjs"), "--base", url, "--suite", join(kitDirectory, file), "--out", out];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let report = "";
    child.stdout.on("data", (chunk) => (report += chunk));
    child.stderr.on("data", (chunk) => (report += chunk));
    await new Promise((resolve) => child.once("close", resolve));
    /** @type {{ step: string; setup: boolean; ok: boolean }[]} */
    const steps = JSON.parse(readFileSync(out, "utf8")).suites[0].steps;
    const names = (/** @type {boolean} */ setup, /** @type {boolean} */ ok) =>
      steps.filter((step) => step.setup === setup && step.ok === ok).map(({ step }) => step);
    return { file, passed: names(false, true), failed: names(false, false), setupFailed: names(true, false), report: report.trimEnd() };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Where the replayer's report and the app's log of the last run of a file are. */
export function logFileOf(/** @type {string} */ file) {
  return join(repositoryRoot, "tmp", "conformance", file.replace(".scenario.json", ".log"));
}

function saveLog(/** @type {string} */ file, /** @type {string} */ text) {
  mkdirSync(dirname(logFileOf(file)), { recursive: true });
  writeFileSync(logFileOf(file), text);
}
