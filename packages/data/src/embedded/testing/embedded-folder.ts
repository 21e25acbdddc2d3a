import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isPostmaster, processStart } from "../process-identity";
import { readPostmasterFile } from "../postmaster-file";

/** Folders for one test: an app's, and the one where root's databases lie. */
export interface EmbeddedFolder {
  directory: string;
  systemFolder: string;
  /** Above both; open to all users. */
  root: string;
  remove(): void;
}

/** Makes an empty folder for a test's app. Different tests may share a system folder, and in it PostgreSQL's programs. */
export function makeEmbeddedFolder(systemFolder: string): EmbeddedFolder {
  const { folder: root, remove } = makeSystemFolder();
  return { root, directory: path.join(root, "app", ".velella", "postgres"), systemFolder, remove };
}

/** Makes an empty folder to stand for `/var/lib/velella`. */
export function makeSystemFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "velella-test-"));
  chmodSync(folder, 0o755);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The id of the server's process; undefined when none runs. */
export function serverPid(dataDirectory: string): number | undefined {
  const pid = existsSync(dataDirectory) ? readPostmasterFile(dataDirectory)?.pid : undefined;
  return pid !== undefined && processStart(pid) !== undefined && isPostmaster(pid, dataDirectory) ? pid : undefined;
}

/** The server's process and all its children, on Linux. */
export function serverProcesses(dataDirectory: string): number[] {
  const server = serverPid(dataDirectory);
  const parentOf = (pid: number) => {
    try {
      return Number(/\) \S+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);
    } catch {
      return 0; // Has just ended.
    }
  };
  const pids = readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0);
  return server === undefined ? [] : [server, ...pids.filter((pid) => parentOf(pid) === server)];
}

/** Kills all at once; children of a killed server may end by themselves meanwhile. */
export function killAll(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
