import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { readPostmasterFile } from "./postmaster-file";
import { isPostmaster } from "./process-identity";

const originFile = (home: string) => path.join(home, "origin");

/** Notes in a database's folder for which app's folder it was made. */
export function writeOrigin(home: string, directory: string): void {
  writeFileSync(originFile(home), directory);
}

/**
 * Removes databases from `systemFolder` whose apps lay in the folder for temporary files and are gone, as those of
 * tests. All others stay: the folder of an app may be on a disk that is not mounted just now.
 */
export function removeAbandoned(systemFolder: string): void {
  for (const name of readdirSync(systemFolder)) {
    const home = path.join(systemFolder, name);
    if (existsSync(originFile(home)) && isAbandoned(home)) rmSync(home, { recursive: true, force: true });
  }
}

function isAbandoned(home: string): boolean {
  const directory = readFileSync(originFile(home), "utf8");
  if (!directory.startsWith(realpathSync(os.tmpdir()) + path.sep) || existsSync(directory)) return false;
  const data = path.join(home, "data");
  const server = readPostmasterFile(data);
  return !server || !isPostmaster(server.pid, data);
}
