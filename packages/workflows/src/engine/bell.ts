import type { Logger, SqlConnection } from "@velella/kernel";
import type { Tables } from "../store/schema";

export interface BellOptions {
  connection: SqlConnection;
  tables: Tables;
  logger: Logger;
  /** This instance, which needs not be told what it tells. */
  instance: string;
}

/** Milliseconds between two notifications of one instance. */
const gap = 20;

/**
 * Tells other instances that there is work, so that they look at once instead of at their next turn. A notification is a
 * transaction of its own, after the one that made the work: inside of it, it would have commits wait for each other.
 * Nothing rests on it: who misses it looks a little later.
 */
export class Bell {
  private rungAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private silent = false;

  constructor(private readonly options: BellOptions) {}

  /** Rings now, or at the end of the gap after the last time: once for all who ask for it meanwhile. */
  ring(): void {
    if (this.timer || this.silent) return;
    this.timer = setTimeout(() => void this.notify(), Math.max(0, this.rungAt + gap - Date.now()));
    this.timer.unref();
  }

  stop(): void {
    this.silent = true;
    clearTimeout(this.timer);
  }

  private async notify(): Promise<void> {
    this.timer = undefined;
    this.rungAt = Date.now();
    const { connection, tables, instance, logger } = this.options;
    try {
      await connection.query(`select pg_notify($1, $2)`, [tables.channel, instance], tables.statement("ring"));
    } catch (error) {
      logger.warn(`Other instances could not be told of work, and will find it a little later: ${String(error)}`);
    }
  }
}
