import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ChildOptions } from "./engine-child";
import { eventually } from "./test-engine";

const root = join(__dirname, "../../../..");
const script = join(__dirname, "../../dist/testing/engine-child.js");

/** An instance in a process of its own. */
export interface Child {
  process: ChildProcess;
  /** What it has said so far. */
  lines: string[];
  /** Waits for a line. */
  says(line: string | RegExp): Promise<string>;
  /** Resolves with the signal that ended it. */
  ended: Promise<NodeJS.Signals | null>;
}

/** Compiles what the processes of {@link startChild} run. */
export function compileChildren(): void {
  execFileSync(join(root, "node_modules/.bin/tsc"), ["-b", join(root, "packages/workflows")]);
}

/** Starts an instance on a database; see `engine-child.ts`. */
export function startChild(url: string, options: ChildOptions): Child {
  const started = spawn(process.execPath, [script, url, JSON.stringify({ pollInterval: 50, ...options })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  createInterface(started.stdout).on("line", (line) => lines.push(line));
  const find = (wanted: string | RegExp) => lines.find((line) => (typeof wanted === "string" ? line === wanted : wanted.test(line)));
  return {
    process: started,
    lines,
    says: async (wanted) => {
      const said = await eventually(
        () => ({ line: find(wanted), lines, wanted }),
        ({ line }) => line !== undefined,
      );
      return said.line ?? "";
    },
    ended: new Promise((resolve) => started.on("exit", (_code, signal) => resolve(signal))),
  };
}
