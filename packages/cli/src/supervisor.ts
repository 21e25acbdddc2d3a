import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";

/** Which process is kept running. */
export interface SupervisorOptions {
  /** Program and arguments of the server process. */
  command: readonly string[];
  /** Folder that the process runs in. */
  directory: string;
  /** The whole environment of the process: nothing of this one's is added. */
  env: NodeJS.ProcessEnv;
  /** Called when the process has ended by itself, not when it was replaced. */
  onExit(code: number | null): void;
  /** How long a process may take to end before it is killed; 10 s by default. */
  graceMs?: number;
}

/** Keeps one server process running, and replaces it on demand. */
export interface Supervisor {
  /** Ends the running process, if any, and starts a new one. Calls made meanwhile lead to one more restart. */
  restart(): Promise<void>;
  /** Ends the process for good. */
  stop(): Promise<void>;
}

/** Starts nothing yet: `restart` does. */
export function supervise({ command, directory, env, onExit, graceMs = 10_000 }: SupervisorOptions): Supervisor {
  let child: ChildProcess | undefined;
  let stopped = false;
  let restarting: Promise<void> | undefined;
  let again = false;

  const start = () => {
    const [program = process.execPath, ...args] = command;
    // A group of its own, so that Ctrl-C reaches it once, through this process; the channel tells it when this process is gone.
    const started = spawn(program, args, { cwd: directory, env, stdio: ["ignore", "inherit", "inherit", "ipc"], detached: true });
    child = started;
    started.once("exit", (code) => {
      if (child !== started) return; // It was told to end.
      child = undefined;
      onExit(code);
    });
  };
  const end = async () => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = new Promise((resolve) => ending.once("exit", resolve));
    const timer = setTimeout(() => ending.kill("SIGKILL"), graceMs);
    ending.kill("SIGTERM");
    await exited;
    clearTimeout(timer);
  };
  const cycle = async () => {
    do {
      again = false;
      await end();
      if (!stopped) start();
    } while (again);
  };
  return {
    restart() {
      if (restarting) again = true;
      return (restarting ??= cycle().finally(() => (restarting = undefined)));
    },
    async stop() {
      stopped = true;
      await restarting;
      await end();
    },
  };
}
