import type { Logger, SqlConnection } from "@velella/kernel";
import type { Tables } from "../store/schema";
import { monotonicNow } from "../monotonic-clock";

/** What a {@link Bell} works with. */
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

const cancelling = "cancelled ";
const cancelNotice = (executionId: string): string => cancelling + executionId;

/** The run that a notice says is cancelled. Instances of earlier releases take such a notice for one of work. */
export function cancelledIn(notice: string): string | undefined {
  return notice.startsWith(cancelling) ? notice.slice(cancelling.length) : undefined;
}

/**
 * Tells other instances that there is something for them, so that they look at once instead of at their next turn. A notification is a
 * transaction of its own, after the one that made the work: inside of it, it would have commits wait for each other.
 * Nothing rests on it: who misses it looks a little later.
 */
export class Bell {
  private rungAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private silent = false;

  constructor(private readonly options: BellOptions) {}

  /** Rings now, or at the end of the gap after the last time: once for all who ask for it meanwhile. */
  ring(): void {
    if (this.timer || this.silent) return;
    this.timer = setTimeout(() => void this.notifyOfWork(), Math.max(0, this.rungAt + gap - monotonicNow()));
    this.timer.unref();
  }

  /** Tells, at once, whoever has a run that it is cancelled. */
  async tellCancelled(executionId: string): Promise<void> {
    if (!this.silent) await this.notify(cancelNotice(executionId), "a run is cancelled, and will see it");
  }

  stop(): void {
    this.silent = true;
    clearTimeout(this.timer);
  }

  private async notifyOfWork(): Promise<void> {
    this.timer = undefined;
    this.rungAt = monotonicNow();
    await this.notify(this.options.message, "there is something for them, and will find it");
  }

  private async notify(notice: string, what: string): Promise<void> {
    const { connection, tables, logger } = this.options;
    try {
      await connection.query(`select pg_notify($1, $2)`, [tables.channel, notice], tables.statement("ring"));
    } catch (error) {
      logger.warn(`Other instances could not be told that ${what} a little later: ${String(error)}`);
    }
  }
}
