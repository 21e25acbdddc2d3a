import { spawn } from "node:child_process";
import { closeSync, existsSync, fchownSync, openSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { chooseListening } from "./address";
import type { Transport } from "./address";
import type { Binaries } from "./binaries";
import { serverEnvironment } from "./cluster";
import { embeddedErrors } from "./errors";
import type { Placement } from "./placement";
import { postmasterFilePath, readPostmasterFile } from "./postmaster-file";
import type { PostmasterFile } from "./postmaster-file";
import { isPostmaster, isSignalable, orphanedBackends, processStart } from "./process-identity";

/** How a server is started and reached; the default depends on the system. */
export interface ServerStyle {
  transport: Transport;
  /** Windows: by `pg_ctl`, which knows how to drop an administrator's rights and to stop without signals. */
  control: "signals" | "pg_ctl";
  /** For tests, whose data nobody will miss: no write waits for the disk, and there are connections for many at once. */
  unsafe: boolean;
}

const pollMs = 3;
/** Crash recovery replays up to `max_wal_size`, 1 GB, of log. */
const startTimeoutMs = 120_000;
const stopTimeoutMs = 60_000;
const orphanGraceMs = 1_000;
const longestLog = 1_000_000;

/** The living server of `placement`, in whatever state; undefined when there is none, or a dead one's traces only. */
export function livingPostmaster({ data }: Placement): PostmasterFile | undefined {
  const file = readPostmasterFile(data);
  return file && isPostmaster(file.pid, data) ? file : undefined;
}

/**
 * Waits until a server that starts or stops has done so.
 * @returns the server that is ready, or undefined when none is left.
 */
export async function settledPostmaster(placement: Placement): Promise<PostmasterFile | undefined> {
  for (const giveUpAt = Date.now() + startTimeoutMs; ; await delay(pollMs)) {
    const file = livingPostmaster(placement);
    if (!file || file.status === "ready") return file;
    if (Date.now() > giveUpAt)
      throw embeddedErrors.startFailed(placement.data, `it has been ${file.status || "starting"} for too long`, logTail(placement, 0));
  }
}

/**
 * Starts a server where none lives, apart from this process's session, so that Ctrl-C in the terminal does not
 * reach it. To be called under the start lock. What a killed server left is cleared; PostgreSQL then recovers.
 *
 * @throws embedded.start_failed
 */
export async function startPostmaster(placement: Placement, binaries: Binaries, style: ServerStyle): Promise<PostmasterFile> {
  await clearTraces(placement);
  const giveUpAt = Date.now() + startTimeoutMs;
  for (;;) {
    const logStart = openLog(placement);
    const failure =
      style.control === "pg_ctl" ? await launchByPgCtl(placement, binaries, style) : await launch(placement, binaries, style, giveUpAt);
    const file = readPostmasterFile(placement.data);
    if (failure === undefined && file) return file;
    const log = logTail(placement, logStart);
    // Either passes by itself: an old backend ends, another free port is found.
    const passes = log.includes("pre-existing shared memory block") || (style.transport === "tcp" && log.includes("could not bind"));
    if (!passes || Date.now() > giveUpAt) throw embeddedErrors.startFailed(placement.data, failure ?? "it ended at once", log);
    await delay(100);
  }
}

/**
 * Stops the server `pid` of `placement`: open transactions are rolled back, all else is written.
 * @throws embedded.stop_timed_out after a minute.
 */
export async function stopPostmaster(placement: Placement, pid: number, binaries: Binaries, style: ServerStyle): Promise<void> {
  if (style.control === "pg_ctl") await runPgCtl(placement, binaries, ["stop", "-m", "fast", "-W"]);
  else process.kill(pid, "SIGINT");
  for (const giveUpAt = Date.now() + stopTimeoutMs; ; await delay(pollMs)) {
    // By the file first: a dead child whom nobody collects still counts as a process.
    if (readPostmasterFile(placement.data)?.pid !== pid || processStart(pid) === undefined) return;
    if (Date.now() > giveUpAt) throw embeddedErrors.stopTimedOut(placement.data, pid, stopTimeoutMs / 1000);
  }
}

async function launch(placement: Placement, binaries: Binaries, style: ServerStyle, giveUpAt: number): Promise<string | undefined> {
  const log = openSync(logFile(placement), "a");
  if (placement.user) fchownSync(log, placement.user.uid, placement.user.gid);
  const child = spawn(binaries.postgres, ["-D", placement.data, ...(await settings(placement, style))], {
    ...placement.user,
    cwd: placement.home,
    detached: true,
    stdio: ["ignore", log, log],
    env: serverEnvironment(),
  });
  closeSync(log);
  let ended: string | undefined;
  child.on("error", (error) => (ended = error.message));
  child.on("exit", (code, signal) => (ended = `it ended with ${signal ?? `code ${code}`}`));
  child.unref();
  while (ended === undefined) {
    const file = readPostmasterFile(placement.data);
    if (file?.pid === child.pid && file?.status === "ready") return undefined;
    if (Date.now() > giveUpAt) return `it was not ready after ${startTimeoutMs / 1000} s`;
    await delay(pollMs);
  }
  return ended;
}

async function launchByPgCtl(placement: Placement, binaries: Binaries, style: ServerStyle): Promise<string | undefined> {
  const words = (await settings(placement, style)).map((word) => (word === "" ? '""' : word)).join(" ");
  return runPgCtl(placement, binaries, ["start", "-w", "-t", String(startTimeoutMs / 1000), "-l", logFile(placement), "-o", words]);
}

function runPgCtl(placement: Placement, binaries: Binaries, words: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(binaries.pgCtl, [...words, "-D", placement.data], {
      ...placement.user,
      cwd: placement.home,
      stdio: "ignore",
      windowsHide: true,
      env: serverEnvironment(),
    });
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code) => resolve(code === 0 ? undefined : `pg_ctl ended with code ${code}`));
  });
}

async function settings(placement: Placement, style: ServerStyle): Promise<string[]> {
  const { port, socketFolder, tcpHost } = await chooseListening(placement, style.transport);
  // Whoever listened there is dead; its lock file would name a process id that may be in use again.
  if (socketFolder !== "")
    for (const suffix of ["", ".lock"]) rmSync(path.join(socketFolder, `.s.PGSQL.${port}${suffix}`), { force: true });
  const words = ["-p", String(port), "-h", tcpHost, "-k", socketFolder];
  return style.unsafe
    ? [...words, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=300"]
    : words;
}

async function clearTraces({ data }: Placement): Promise<void> {
  for (const giveUpAt = Date.now() + orphanGraceMs; ; await delay(20)) {
    const orphans = orphanedBackends(data);
    if (orphans.length === 0) break;
    // Safe: without their server they can commit nothing, and recovery follows.
    if (Date.now() > giveUpAt) orphans.filter(isSignalable).forEach((pid) => process.kill(pid, "SIGKILL"));
  }
  const stale = readPostmasterFile(data);
  // PostgreSQL clears the file itself, unless the process id has been given to another process.
  if (stale && isSignalable(stale.pid)) rmSync(postmasterFilePath(data), { force: true });
}

const logFile = ({ home }: Placement) => path.join(home, "server.log");

/** Starts a new log when the old one is long. Returns where the next lines will begin. */
function openLog(placement: Placement): number {
  const file = logFile(placement);
  if (!existsSync(file)) return 0;
  if (statSync(file).size < longestLog) return statSync(file).size;
  renameSync(file, path.join(placement.home, "server.previous.log"));
  return 0;
}

function logTail(placement: Placement, from: number): string {
  const file = logFile(placement);
  return existsSync(file) ? readFileSync(file).subarray(from).toString("utf8").trim().split("\n").slice(-20).join("\n") : "";
}
