import { tell } from "../../run/run-events";
import { Poller } from "../poller";
import type { Subscriptions } from "../subscriptions";
import { notificationOf } from "./notice-body";
import type { RelayServices } from "./relay-services";

/** What {@link IncomingNotices} work with. */
export interface IncomingNoticesOptions extends RelayServices {
  subscriptions: Subscriptions;
  /** Milliseconds between two looks. */
  pollInterval: number;
}

/** Notices that are taken with one statement. */
const atOnce = 500;

/** Takes what other instances sent to this one, and tells its subscribers. */
export class IncomingNotices {
  private readonly poller: Poller;
  private isOn = false;
  private taking: Promise<void> = Promise.resolve();

  constructor(private readonly options: IncomingNoticesOptions) {
    this.poller = new Poller(() => this.take().then(() => undefined), options.pollInterval, options.logger);
  }

  /** Looks from now on, or no longer. */
  async turn(on: boolean): Promise<void> {
    if (on === this.isOn) return;
    this.isOn = on;
    if (on) this.poller.start();
    else await this.poller.stop();
  }

  /** Looks at once, if it looks at all. */
  wake(): void {
    this.poller.wakeIn(0);
  }

  /** Resolves when subscribers are told of what was sent here by now. */
  async catchUp(): Promise<void> {
    if (!this.isOn) return;
    try {
      await this.take();
    } catch (error) {
      this.options.logger.warn(`Subscribers hear a little later what happened in other processes: ${String(error)}`);
    }
  }

  /** One after the other, for what one has taken stands before what the next one finds. */
  private take(): Promise<void> {
    const taken = this.taking.then(() => this.takeAll());
    this.taking = taken.catch(() => undefined);
    return taken;
  }

  private async takeAll(): Promise<void> {
    const { connection, tables, instance } = this.options;
    for (;;) {
      const { rows } = await connection.query<{ body: string }>(
        `with taken as (
          delete from ${tables.notice} where id in (select id from ${tables.notice} where instance = $1 order by id limit ${atOnce})
          returning id, body
        )
        select body from taken order by id`,
        [instance],
        tables.statement("take_notices"),
      );
      for (const { body } of rows) this.tell(body);
      if (rows.length < atOnce) return;
    }
  }

  private tell(body: string): void {
    const { subscriptions, logger } = this.options;
    const notification = notificationOf(body);
    const { workflowId, transactionId } = notification;
    const log = (message: string, error: unknown) => logger.error(message, error);
    for (const listener of subscriptions.listeners(workflowId, transactionId))
      void tell(listener, notification, `A subscriber to workflow "${workflowId}"`, log);
  }
}
