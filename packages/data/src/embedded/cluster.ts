import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import type { Binaries } from "./binaries";
import { embeddedErrors } from "./errors";
import type { Placement } from "./placement";

/** The owner of everything in an embedded database. */
export const superuser = "velella";

const draftPrefix = "data-draft-";

/** Settings written into `postgresql.conf` at creation, where they may be changed afterwards. */
const settings = {
  timezone: "UTC",
  log_timezone: "UTC",
  // What was answered must survive a kill; these are the defaults, stated because all else rests on them.
  fsync: "on",
  synchronous_commit: "on",
};

/**
 * Makes sure that `placement.data` holds data of this PostgreSQL, creating it where there is none.
 * To be called under the start lock. A creation that was killed half-way is begun anew.
 *
 * @returns whether it was created.
 * @throws embedded.other_version, embedded.initialisation_failed, embedded.folder_not_usable
 */
export async function ensureCluster(placement: Placement, binaries: Binaries): Promise<boolean> {
  const versionFile = path.join(placement.data, "PG_VERSION");
  if (existsSync(versionFile)) {
    const found = readFileSync(versionFile, "utf8").trim();
    if (found !== binaries.major) throw embeddedErrors.otherVersion(placement.data, found, binaries.major);
    return false;
  }
  await create(placement, binaries);
  return true;
}

/** The password of the superuser, asked for only over TCP. */
export const readPassword = (placement: Placement) => readFileSync(passwordFile(placement), "utf8").trim();

const passwordFile = (placement: Placement) => path.join(placement.home, "password");

async function create(placement: Placement, binaries: Binaries): Promise<void> {
  // A name of its own: the programs of a creation whose process was killed may still write for a moment.
  const draft = path.join(placement.home, `${draftPrefix}${randomBytes(6).toString("hex")}`);
  try {
    mkdirSync(placement.home, { recursive: true });
    rmSync(passwordFile(placement), { force: true });
    writeFileSync(passwordFile(placement), `${randomBytes(18).toString("base64url")}\n`, { mode: 0o600 });
    if (placement.user) chownSync(passwordFile(placement), placement.user.uid, placement.user.gid);
  } catch (error) {
    throw embeddedErrors.folderNotUsable(placement.home, "make its data", (error as Error).message);
  }
  const words = [`--pgdata=${draft}`, `--username=${superuser}`, `--pwfile=${passwordFile(placement)}`, "--no-instructions"];
  // Plain C would make 'Ä' ILIKE 'ä' false; a locale of the system differs from machine to machine.
  words.push("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8");
  // The folder of the socket is closed to other users.
  words.push("--auth-local=trust", "--auth-host=scram-sha-256");
  for (const [name, value] of Object.entries(settings)) words.push("--set", `${name}=${value}`);
  const { code, output } = await run(binaries.initdb, words, placement);
  if (code !== 0) throw embeddedErrors.initialisationFailed(placement.data, output.trim());
  try {
    renameSync(draft, placement.data);
    await removeDrafts(placement.home);
  } catch (error) {
    throw embeddedErrors.folderNotUsable(placement.data, "put its new data", (error as Error).message);
  }
}

/** Removes what creations that were killed have left. */
async function removeDrafts(home: string): Promise<void> {
  const drafts = readdirSync(home).filter((name) => name.startsWith(draftPrefix));
  await Promise.all(drafts.map((name) => rm(path.join(home, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })));
}

function run(program: string, words: string[], placement: Placement): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      ...placement.user,
      cwd: placement.home,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
      env: serverEnvironment(),
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) => resolve({ code: null, output: error.message }));
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** What PostgreSQL's programs need of the environment, without the `PG*` and locale variables, which they would obey. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const needed = ["PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "SystemDrive"];
  return {
    ...Object.fromEntries(needed.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]])),
    LC_ALL: "C",
  };
}
