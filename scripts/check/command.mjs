import { spawn } from "node:child_process";
import { join } from "node:path";

/**
 * Runs a program of `node_modules/.bin`.
 *
 * @param {string} root
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<{ ok: boolean; output: string }>}
 */
export function runTool(root, program, args) {
  return run(join(root, "node_modules", ".bin", program), args, root);
}

/**
 * Runs a program.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {string} directory
 * @returns {Promise<{ ok: boolean; output: string }>}
 */
export function run(program, args, directory) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}
