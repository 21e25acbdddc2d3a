import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

/** The example shop's folder. */
export const shopDirectory = join(root, "examples", "shop");

/** The script that `velella` runs. */
export const velellaScript = join(root, "packages", "cli", "bin", "velella.js");

export interface CommandResult {
  code: number | null;
  /** Standard output and standard error, in the order they came. */
  output: string;
}

export interface CommandOptions {
  directory: string;
  env?: Record<string, string | undefined>;
}

/** Starts the command line in an app's folder, as a process of its own. */
export function spawnVelella(args: string[], { directory, env }: CommandOptions): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [velellaScript, ...args], {
    cwd: directory,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

/** Runs a command to its end. */
export async function velella(args: string[], options: CommandOptions): Promise<CommandResult> {
  const { child, output } = spawnVelella(args, options);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, output: output() };
}
