import type { Logger, SqlConnection } from "@velella/kernel";
import type { Tables } from "../store/schema";

export interface BellOptions {
  connection: SqlConnection;
  tables: Tables;
  logger: Logger;
  /** What it tells: this instance that there is work, which it needs not be told itself; or {@link noticesAreThere}. */
  message: string;
}

/** What is told when there are notices for subscribers of other instances. */
export const noticesAreThere = "notices";

/** Milliseconds between two notifications of one bell. */
const gap = 20;

/**
 * Tells other instances that there is something for them, so that they look at once instead of at their next turn. A notification is a
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
    const { connection, tables, message, logger } = this.options;
    try {
      await connection.query(`select pg_notify($1, $2)`, [tables.channel, message], tables.statement("ring"));
    } catch (error) {
      logger.warn(`Other instances could not be told of what there is for them, and will find it a little later: ${String(error)}`);
    }
  }
}
