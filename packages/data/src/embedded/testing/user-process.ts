import { fork, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { EmbeddedOptions } from "../start-embedded";
import { testingErrors } from "./errors";

const repository = path.resolve(__dirname, "../../../../..");

/** A process of its own which uses an embedded database, so that tests can kill it. Runs the built package. */
export class UserProcess {
  private lastId = 0;
  output = "";

  private constructor(private readonly child: ChildProcess) {
    const collect = (chunk: Buffer) => (this.output += chunk.toString());
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
  }

  /** @param env such as `HOME`, or `VELELLA_TEST_UID`: as whom to run. */
  static async launch(env: NodeJS.ProcessEnv = {}): Promise<UserProcess> {
    const child = fork(path.join(__dirname, "user-program.mjs"), {
      stdio: "pipe",
      detached: true,
      env: { ...process.env, ...env },
      execArgv: [],
    });
    const user = new UserProcess(child);
    await once(child, "message");
    return user;
  }

  /** Launches a process and lets it start or join the database. */
  static async started(options: EmbeddedOptions, env: NodeJS.ProcessEnv = {}) {
    const user = await UserProcess.launch(env);
    return Object.assign(user, await user.start(options));
  }

  start(options: EmbeddedOptions): Promise<{ url: string; joined: boolean; dataDirectory: string }> {
    return this.ask("start", options);
  }

  query<Row>(statement: string): Promise<Row[]> {
    return this.ask("query", statement);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Leaves the database. */
  leave(): Promise<void> {
    return this.ask("stop");
  }

  /** Leaves the database, and ends. */
  async stop(): Promise<void> {
    await this.leave();
    this.child.disconnect();
    await this.ended();
  }

  /** Leaves nothing to do for the process without stopping the database. */
  async goIdle(): Promise<void> {
    await this.ask("goIdle");
    await this.ended();
  }

  /** Resolves to the signal that has ended the process, which may have handled it first. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<NodeJS.Signals | null> {
    this.child.kill(signal);
    await this.ended();
    return this.child.signalCode;
  }

  /** What a terminal does on Ctrl-C: a signal to all processes of the group. Resolves when the process has seen it. */
  async interruptGroup(): Promise<void> {
    const seen = once(this.child, "message");
    process.kill(-this.pid, "SIGINT");
    await seen;
  }

  private async ended(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
  }

  private ask<T>(command: string, argument?: unknown): Promise<T> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error(`The process ended during "${command}": ${this.output}`));
      const onMessage = (message: { id?: number; result?: T; error?: { message: string; reason?: string } }) => {
        if (message.id !== id) return;
        this.child.off("message", onMessage).off("exit", onExit);
        if (message.error) reject(Object.assign(new Error(message.error.message), { reason: message.error.reason }));
        else resolve(message.result as T);
      };
      this.child.on("message", onMessage).once("exit", onExit);
      this.child.send({ id, command, argument });
    });
  }
}

/** The compiler's exit code when it found type errors and wrote its output nevertheless. */
const builtWithErrors = 2;

/** Brings the built package, which {@link UserProcess} runs, up to date. Type errors are the type check's business. */
export function buildDataPackage(): void {
  const compiler = path.join(repository, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-b", path.join(repository, "packages/data")], { encoding: "utf8" });
  if (status !== 0 && status !== builtWithErrors) throw testingErrors.notBuilt(stdout);
}
