import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { root } from "../prepare/prepare.mjs";
import { run, StepFailed } from "../prepare/run.mjs";

const script = join(root, "packages", "cli", "bin", "velella.js");
const upTimeoutMs = 60_000;

// `start` would otherwise run as in production, where the embedded database is not used.
const environment = (/** @type {number} */ port) => ({
  ...process.env,
  NODE_ENV: process.env.NODE_ENV ?? "development",
  PORT: String(port),
});

/** An app that is served by the command line, in a process of its own. */
export class ServedApp {
  /**
   * @param {string} directory
   * @param {number} port
   */
  constructor(directory, port) {
    this.directory = directory;
    this.port = port;
    this.url = `http://localhost:${port}`;
  }

  /**
   * Runs another command of the app to its end.
   *
   * @param {string[]} words
   */
  command(...words) {
    return run(process.execPath, [script, ...words], { cwd: this.directory, env: environment(this.port) });
  }

  /** Starts serving; what the server says goes to the terminal once `showOutput` is called. Resolves when it answers. */
  async start() {
    // A group of its own: Ctrl-C reaches this script alone, which tells the server once, and waits for it.
    const child = spawn(process.execPath, [script, "start"], {
      cwd: this.directory,
      env: environment(this.port),
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    this.output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (/** @type {Buffer} */ chunk) => this.onOutput(chunk.toString()));
    this.child = child;
    this.ended = new Promise((resolve) => child.on("close", resolve));
    for (const giveUpAt = Date.now() + upTimeoutMs; !(await this.isUp()); await delay(50)) {
      if (child.exitCode !== null || child.signalCode !== null) return { ok: false, output: this.output };
      if (Date.now() > giveUpAt) return { ok: false, output: `It did not answer within ${upTimeoutMs / 1000} s.\n${this.output}` };
    }
    return { ok: true, output: "" };
  }

  /** @param {string} text */
  onOutput(text) {
    if (this.shown) process.stdout.write(text);
    else this.output += text;
  }

  /** From now on, the lines of the server are shown as they come. */
  showOutput() {
    this.shown = true;
  }

  isUp() {
    return fetch(`${this.url}/health`).then(
      (response) => response.ok,
      () => false,
    );
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {{ token?: string, body?: unknown }} [options]
   * @returns {Promise<{ status: number, body: any }>}
   */
  async request(method, path, { token, body } = {}) {
    const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const response = await fetch(this.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  }

  /** Tells the server to end, and waits until it has, and with it an embedded database that nobody else uses. */
  async stop() {
    this.child?.kill("SIGTERM");
    await this.ended;
  }
}

/**
 * @param {number} port
 * @throws {StepFailed} when something listens there
 */
export async function requireFreePort(port) {
  const probe = createServer();
  await new Promise((resolve, reject) => {
    probe.once("error", () => reject(new StepFailed(`Port ${port} is taken. Choose another one: PORT=${port + 1} npm run demo`)));
    probe.listen(port, () => probe.close(resolve));
  });
}
