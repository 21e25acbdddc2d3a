import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Logger } from "@velella/kernel";
import type { Tables } from "../store/schema";
import type { LeaseMessage, LeaseWorkerData } from "./lease-worker";
import { monotonicNow } from "../monotonic-clock";

/** What a {@link LeaseThread} works with. */
export interface LeaseThreadOptions {
  /** By the names of `pg`: the thread has a connection of its own, made when the loop is blocked. */
  connection: LeaseWorkerData["connection"];
  tables: Tables;
  logger: Logger;
  /** Id of the instance whose lease it is. */
  instance: string;
  /** How long the lease lasts after each renewal. */
  leaseSeconds: number;
  /** How long a loop may be blocked before its lease is no longer renewed. */
  blockedLoopSeconds: number;
}

/**
 * Keeps the lease while the event loop is blocked, so that runs which are healthy, if slow, are not done twice; for a
 * bounded time, after which a loop that does not turn counts as dead.
 */
export class LeaseThread {
  private readonly beats = new Float64Array(new SharedArrayBuffer(16));
  private worker: Worker | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LeaseThreadOptions) {}

  start(): void {
    if (this.worker) return;
    const { connection, tables, instance: id, leaseSeconds, blockedLoopSeconds, logger } = this.options;
    const program = join(__dirname, "lease-worker.js");
    if (!existsSync(program)) return warnOnce(logger, program);
    this.turn();
    this.renewed();
    const statement = `update ${tables.instance} set lease_until = now() + $2::float8 * interval '1 second' where id = $1`;
    const workerData: LeaseWorkerData = { beats: this.beats, connection, statement, id, leaseSeconds, blockedLoopSeconds };
    this.worker = new Worker(program, { workerData, resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 } });
    this.worker.unref();
    this.worker.on("error", (error) => logger.warn(`The thread that renews the workflow engine's lease has ended: ${error.message}`));
    this.worker.on("message", (message: LeaseMessage) => {
      if ("error" in message)
        logger.warn(`The workflow engine's lease could not be renewed while the event loop was blocked: ${message.error}`);
      else logger.warn(`The event loop was blocked for ${(message.blockedMs / 1000).toFixed(1)} s; the workflow engine's lease was kept.`);
    });
    this.timer = setInterval(() => this.turn(), (leaseSeconds * 1000) / 6);
    this.timer.unref();
  }

  /** To be called after each renewal by the event loop itself. */
  renewed(): void {
    this.beats[1] = monotonicNow();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.worker?.terminate();
  }

  private turn(): void {
    this.beats[0] = monotonicNow();
  }
}

let hasWarned = false;

/** It is not there in bundles, nor beside sources. Once for all engines of the process. */
function warnOnce(logger: Logger, program: string): void {
  if (hasWarned) return;
  hasWarned = true;
  logger.warn(
    `"leaseConnection" is without effect: the program of the thread that renews the workflow engine's lease while the event loop is blocked is not there, ${program}. ` +
      `Leave @velella/workflows out of the bundle (as an "external" package of the bundler); ` +
      `until then a loop that is blocked for longer than "leaseSeconds" loses its runs to other instances.`,
  );
}
