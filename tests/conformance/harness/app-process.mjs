import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "./kit.mjs";

const script = join(repositoryRoot, "packages", "cli", "bin", "velella.js");

/** The admin user of every database. */
export const admin = { email: "admin@test.dev", password: "supersecret" };

/**
 * @param {string[]} args
 * @param {string} directory
 * @param {string} databaseUrl
 */
function spawnVelella(args, directory, databaseUrl) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: directory,
    // The app of the kit is not to be written into, so its compiled code goes elsewhere.
    env: {
      ...process.env,
      NODE_ENV: "development",
      NO_COLOR: "1",
      DATABASE_URL: databaseUrl,
      PORT: "0",
      VELELLA_CACHE_DIR: join(tmpdir(), "velella-conformance-cache"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const ended = new Promise((resolve) => child.once("close", resolve));
  return { child, ended, output: () => output };
}

/**
 * Migrates a database for an app, and makes its admin user.
 *
 * @param {string} directory
 * @param {string} databaseUrl
 */
export async function prepare(directory, databaseUrl) {
  for (const args of [["db:migrate"], ["user", "--email", admin.email, "--password", admin.password]]) {
    const { ended, output } = spawnVelella(args, directory, databaseUrl);
    if ((await ended) !== 0) throw new TypeError(`velella ${args[0]} failed in ${directory}:\n${output()}`);
  }
}

/**
 * Serves an app and waits until it listens.
 *
 * @param {string} directory
 * @param {string} databaseUrl
 */
export async function serve(directory, databaseUrl) {
  const { child, ended, output } = spawnVelella(["start"], directory, databaseUrl);
  const url = await new Promise((resolve, reject) => {
    const look = () => {
      const found = /Listening on (http:\/\/[^\s"]+)/.exec(output())?.[1];
      if (found) resolve(found);
    };
    child.stdout.on("data", look);
    void ended.then((code) => reject(new TypeError(`The app in ${directory} ended with code ${code}:\n${output()}`)));
  });
  return {
    /** @type {string} */
    url: url.replace("0.0.0.0", "127.0.0.1").replace("[::]", "127.0.0.1"),
    output,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
