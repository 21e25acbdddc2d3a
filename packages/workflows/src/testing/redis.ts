import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { freePort, listens } from "@velella/data/testing";

/** A Redis in a process of its own, which keeps nothing. */
export interface TestRedis {
  url: string;
  /** Kills it, and starts it again empty, after so many milliseconds. */
  loseEverything(awayMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Whether the machine has the program. */
export function hasRedis(): boolean {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Starts Redis, on a free port unless told. */
export async function startRedis(at?: number): Promise<TestRedis> {
  const port = at ?? (await freePort());
  let child = await start(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    loseEverything: async (awayMs = 0) => {
      await kill(child);
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      child = await start(port);
    },
    stop: () => kill(child),
  };
}

async function start(port: number): Promise<ChildProcess> {
  const words = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn("redis-server", words, { stdio: "ignore", cwd: tmpdir() });
  await listens("Redis", port, child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}
