import type { WorkflowNotification } from "../../run/run-events";
import { Outage } from "../../connection/outage";
import { Batcher } from "../../store/batcher";
import { isFollower } from "../../store/execution-statements";
import { bodyOf } from "./notice-body";
import type { RelayServices } from "./relay-services";

/** What {@link OutgoingNotices} work with. */
export interface OutgoingNoticesOptions extends RelayServices {
  /** Called when there are notices for other instances. */
  onSent(): void;
}

interface Outgoing {
  workflowId: string;
  transactionId: string;
  body: string;
}

/** Characters of JSON that wait to be sent at most; what comes on top of that is dropped. */
const maxWaiting = 16_777_216;

/**
 * Sends what happens in runs here to the instances that follow them: in the order in which it happened, and at most once.
 * No step waits for it, and what cannot be sent at once is lost.
 */
export class OutgoingNotices {
  // One statement at a time, so that order holds.
  private readonly batcher = new Batcher((notices: Outgoing[]) => this.write(notices), { size: 100, parallel: 1 });
  private waiting = 0;
  private last: Promise<void> = Promise.resolve();
  private isFull = false;
  private readonly outage: Outage;
  private isStopped = false;

  constructor(private readonly options: OutgoingNoticesOptions) {
    this.outage = new Outage(options.logger, "Subscribers elsewhere miss what happened in runs here, which could not be sent to them");
  }

  /** Sends a notification, or drops it when too much waits already. */
  send(notification: WorkflowNotification): void {
    // A run that hangs while its engine stops is somebody else's by now.
    if (this.isStopped) return;
    const { workflowId, transactionId } = notification;
    const body = bodyOf(notification);
    if (this.waiting + body.length > maxWaiting) return this.drop();
    this.waiting += body.length;
    this.last = this.batcher.add({ workflowId, transactionId, body });
  }

  /** Resolves when what there was to send by now is sent, or lost. */
  settled(): Promise<void> {
    return this.last;
  }

  /** Sends what there is by now, and nothing more. */
  stop(): Promise<void> {
    this.isStopped = true;
    return this.last;
  }

  private drop(): void {
    if (!this.isFull) this.options.logger.warn("Subscribers elsewhere miss what happens in runs here: too much waits to be sent to them.");
    this.isFull = true;
  }

  /** Fails never. Whom a notice goes to is decided here, so that it reaches those who follow its run by now, each once. */
  private async write(notices: Outgoing[]): Promise<undefined[]> {
    const { connection, tables, instance, onSent } = this.options;
    try {
      const { rowCount } = await connection.query(
        `insert into ${tables.notice} (instance, body)
        select f.instance, n.body
        from unnest($2::text[], $3::text[], $4::text[]) with ordinality as n(workflow_id, transaction_id, body, number)
        cross join lateral (select distinct s.instance from ${tables.subscription} s where ${isFollower("s", "n")}) f
        order by n.number`,
        [
          instance,
          notices.map(({ workflowId }) => workflowId),
          notices.map(({ transactionId }) => transactionId),
          notices.map(({ body }) => body),
        ],
        tables.statement("send_notices"),
      );
      this.outage.ended();
      this.isFull = false;
      if (rowCount) onSent();
    } catch (error) {
      this.outage.failed(error);
    }
    for (const { body } of notices) this.waiting -= body.length;
    return notices.map(() => undefined);
  }
}
