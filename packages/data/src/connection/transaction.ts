import { AsyncLocalStorage } from "node:async_hooks";
import { knownIsolationLevel } from "@velella/kernel";
import type { SqlResult, SqlTransaction, TransactionOptions } from "@velella/kernel";
import { isStalePlan } from "./backend";
import type { Backend } from "./backend";
import { connectionErrors } from "./errors";

/** A savepoint that is open. */
interface Frame {
  name: string;
  parent: Frame | undefined;
  ended: Promise<void>;
}

/** The savepoint that the running code is inside of, per transaction. */
const frames = new AsyncLocalStorage<{ transaction: Transaction; frame: Frame }>();

/**
 * An open transaction. It takes its connection with the first statement, and not before.
 *
 * While a savepoint is open, statements from outside of it wait: they would be undone with it. A savepoint that awaits such
 * a statement could never end. Nobody sees what it awaits; but once nothing has happened for `patienceMs`, who waits for it
 * gets an error, `connection.savepoint_wait`.
 */
export class Transaction implements SqlTransaction {
  state: SqlTransaction["state"] = "open";
  private backend: Backend | undefined;
  private starting: Promise<Backend> | undefined;
  private readonly stack: Frame[] = [];
  private lastSavepoint = 0;
  /** Nothing was sent yet but the beginning. */
  private isPristine = true;
  private unanswered = 0;
  private lastActivity = performance.now();
  /** A statement failed, and nothing was undone since: the server refuses all others. */
  private isBroken = false;
  /** A part failed that cannot be undone by itself. */
  private isDoomed = false;
  private callbacks: { frame: Frame | undefined; callback: () => void | Promise<void> }[] = [];

  constructor(
    private readonly acquire: () => Promise<Backend>,
    private readonly options: TransactionOptions,
    private readonly settings: string,
    /** How long to wait for a savepoint in which nothing happens; 0 for ever. */
    private readonly patienceMs: number,
  ) {}

  async query<Row = Record<string, unknown>>(text: string, params?: readonly unknown[], name?: string): Promise<SqlResult<Row>> {
    if (this.state !== "open") throw connectionErrors.transactionEnded(this.state, text);
    let backend = this.backend;
    if (!backend || !this.isTurn()) {
      backend ??= await this.begin();
      // What follows must happen in the same moment as the check: others wait for their turn as well.
      while (!this.isTurn()) await this.endOfInnermost(text);
    }
    if (this.state !== "open") throw connectionErrors.transactionEnded(this.state, text);
    this.isPristine = false;
    this.unanswered++;
    try {
      return await backend.query<Row>(text, params, name);
    } catch (error) {
      this.isBroken = true;
      if (!isStalePlan(error)) throw error;
      const stale = connectionErrors.stalePlan(text);
      stale.cause = error;
      throw stale;
    } finally {
      this.unanswered--;
      this.lastActivity = performance.now();
    }
  }

  async savepoint<T>(run: () => Promise<T>): Promise<T> {
    if (this.state !== "open") throw connectionErrors.transactionEnded(this.state, "savepoint");
    if (this.allOrNothing) return this.withoutSavepoint(run);
    const backend = this.backend ?? (await this.begin());
    while (!this.isTurn()) await this.endOfInnermost("savepoint");
    let end: () => void = () => undefined;
    const parent = this.stack.at(-1);
    const frame: Frame = { name: `s${++this.lastSavepoint}`, parent, ended: new Promise((resolve) => (end = resolve)) };
    this.stack.push(frame);
    this.lastActivity = performance.now();
    const undo = this.open(backend, frame.name);
    try {
      const result = await frames.run({ transaction: this, frame }, run);
      // Only where all is known to have gone well, there is no need to hear so from the server.
      if (this.isBroken || this.unanswered > 0) await undo.confirm();
      else undo.release();
      for (const entry of this.callbacks) if (entry.frame === frame) entry.frame = parent;
      return result;
    } catch (error) {
      this.callbacks = this.callbacks.filter((entry) => entry.frame !== frame);
      if (this.state === "open") await undo.rollback();
      throw error;
    } finally {
      this.stack.splice(this.stack.indexOf(frame), 1);
      end();
    }
  }

  get allOrNothing(): boolean {
    return this.options.allOrNothing === true;
  }

  private async withoutSavepoint<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      this.isDoomed = true;
      throw error;
    }
  }

  /**
   * Marks a point to come back to. Where nothing has happened yet, beginning anew undoes as much as a savepoint would.
   *
   * What is sent without waiting travels along with what follows; if it fails, so does everything after it, and with a
   * better message.
   */
  private open(backend: Backend, name: string) {
    const isFirst = this.isPristine;
    const send = (text: string) => void backend.query(text).catch(() => undefined);
    const release = `release savepoint ${name}`;
    if (!isFirst) send(`savepoint ${name}`);
    return {
      release: () => isFirst || send(release),
      confirm: () => backend.query(isFirst ? `savepoint ${name}; ${release}` : release),
      rollback: async () => {
        if (this.isPristine) return;
        await backend.query(isFirst ? `rollback; ${this.beginning}` : `rollback to savepoint ${name}; ${release}`);
        this.isPristine = isFirst;
        this.isBroken = false;
      },
    };
  }

  afterCommit(callback: () => void | Promise<void>): void {
    if (this.state !== "open") throw connectionErrors.transactionEnded(this.state, "afterCommit");
    this.callbacks.push({ frame: this.ownFrame(), callback });
  }

  /** True once a connection is held. */
  get holdsConnection(): boolean {
    return this.starting !== undefined;
  }

  /** Commits, and gives the callbacks to run. */
  async commit(): Promise<readonly (() => void | Promise<void>)[]> {
    while (this.stack.length > 0) await this.endOfInnermost("commit");
    // Undone by whoever asked for the commit.
    if (this.isDoomed) throw connectionErrors.commitRefused();
    if (this.starting) {
      const backend = await this.starting;
      // From here on nothing may be added; what was sent before is still part of it.
      this.state = "committed";
      const { command } = await backend.run("commit").catch((error: unknown) => {
        this.state = "rolled back";
        throw error;
      });
      if (command === "ROLLBACK") {
        this.state = "rolled back";
        throw connectionErrors.commitRefused();
      }
    }
    this.state = "committed";
    return this.callbacks.map((entry) => entry.callback);
  }

  async rollback(): Promise<void> {
    if (this.state === "rolled back") return;
    this.state = "rolled back";
    const backend = await this.starting?.catch(() => undefined);
    await backend?.query("rollback");
  }

  private begin(): Promise<Backend> {
    this.starting ??= this.acquire().then((backend) => {
      // Sent along with the first statement; when it fails, that one fails on the same broken connection.
      backend.query(this.beginning).catch(() => undefined);
      this.backend = backend;
      return backend;
    });
    return this.starting;
  }

  private get beginning(): string {
    const { isolationLevel } = this.options;
    return `begin${isolationLevel ? ` isolation level ${knownIsolationLevel(isolationLevel)}` : ""}${this.settings}`;
  }

  /** True when the innermost open savepoint is the one that the running code belongs to. Others wait for its end. */
  private isTurn(): boolean {
    return this.stack.length === 0 || this.ownFrame() === this.stack.at(-1);
  }

  /** Waits for the end of the innermost savepoint; not for ever, where nothing happens in it. */
  private async endOfInnermost(text: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const idle = new Promise<never>((_resolve, reject) => {
      const check = () => {
        const left = this.lastActivity + this.patienceMs - performance.now();
        if (left <= 0 && this.unanswered === 0) reject(connectionErrors.savepointWait(this.patienceMs, text));
        else timer = setTimeout(check, left > 0 ? left : this.patienceMs);
      };
      if (this.patienceMs > 0) timer = setTimeout(check, this.patienceMs);
    });
    await Promise.race([this.stack.at(-1)?.ended, idle]).finally(() => clearTimeout(timer));
  }

  private ownFrame(): Frame | undefined {
    const own = frames.getStore();
    return own?.transaction === this ? own.frame : undefined;
  }
}
