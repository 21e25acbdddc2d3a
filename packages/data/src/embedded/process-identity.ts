import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import path from "node:path";

/**
 * When a process began, as a text that no later process with the same id shares; undefined when it has ended
 * (a zombie has). On Windows, which has no cheap way to ask, the text is the same for every living process.
 */
export function processStart(pid: number): string | undefined {
  if (process.platform === "linux") {
    const stat = textOf(`/proc/${pid}/stat`);
    // The name, in parentheses, may itself hold blanks and parentheses.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (!fields || fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${textOf("/proc/sys/kernel/random/boot_id")?.trim() ?? ""}/${fields[19]}`;
  }
  if (process.platform === "win32") return isSignalable(pid) ? "alive" : undefined;
  const [state, ...start] = (outputOf("ps", ["-o", "stat=", "-o", "lstart=", "-p", String(pid)]) ?? "").trim().split(/\s+/);
  return !state || state.startsWith("Z") ? undefined : start.join(" ");
}

/** Whether `pid` is the PostgreSQL server of the data folder `data`, and not a later process that got its id. */
export function isPostmaster(pid: number, data: string): boolean {
  if (process.platform === "linux") {
    const words = textOf(`/proc/${pid}/cmdline`)?.split("\0") ?? [];
    if (path.basename(words[0] ?? "") !== "postgres") return false;
    return words.includes(data) || workingFolder(pid) === data;
  }
  if (process.platform === "win32") return (outputOf("tasklist", ["/FI", `PID eq ${pid}`, "/NH"]) ?? "").includes("postgres");
  const command = outputOf("ps", ["-ww", "-o", "command=", "-p", String(pid)]) ?? "";
  return command.includes("postgres") && command.includes(data);
}

/**
 * Processes that outlived a killed server of `data`: a busy backend notices the death of its parent only when it
 * next waits, and no new server may start before. Found on Linux; elsewhere the list is empty.
 */
export function orphanedBackends(data: string): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && workingFolder(pid) === data && textOf(`/proc/${pid}/cmdline`)?.startsWith("postgres:") === true);
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // Ended meanwhile, or a process of another user.
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // The process has ended.
  }
}

function outputOf(command: string, words: string[]): string | undefined {
  try {
    return execFileSync(command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined; // `ps` exits with 1 when there is no such process.
  }
}

/** Whether the id is taken, be it by a zombie: this is all that PostgreSQL itself looks at. */
export function isSignalable(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
