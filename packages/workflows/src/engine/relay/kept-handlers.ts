import { Outage } from "../../connection/outage";
import { listenerOf } from "../../run/run-events";
import type { ListenerLog, RunEventHandlers, WorkflowNotification } from "../../run/run-events";
import type { Subscriptions, WorkflowSubscription } from "../subscriptions";
import type { RelayServices } from "./relay-services";

/** What {@link KeptHandlers} work with. */
export interface KeptHandlersOptions extends Omit<RelayServices, "instance"> {
  subscriptions: Subscriptions;
  /** Milliseconds between two looks for runs that have ended unheard. */
  interval: number;
  /** Resolves when the other instances know of a subscription. */
  announced(subscription: WorkflowSubscription): Promise<void>;
}

/** A run that is given back, and was given handlers by its caller here. */
export interface HandledRun {
  executionId: string;
  runId: string;
  workflowId: string;
  transactionId: string;
}

interface Kept {
  subscription: WorkflowSubscription & { subscriberId: string };
  /** It had ended at the last look. */
  hasEnded: boolean;
}

/**
 * The handlers of runs that began here and rest, or go on elsewhere: a subscription each, until the run has ended. Notices may
 * be lost, that of the end as well, so the ends are looked for besides, at a slow pace.
 */
export class KeptHandlers {
  private readonly kept = new Map<string, Kept>();
  private readonly blindness: Outage;
  private readonly log: ListenerLog;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly options: KeptHandlersOptions) {
    const { logger } = options;
    this.blindness = new Outage(logger, "The workflow engine could not look which runs with handlers have ended");
    this.log = (message, error) => logger.error(message, error);
  }

  /** Keeps the handlers of a run. Resolves when whoever takes the run up knows that it is followed. */
  async keep({ executionId, runId, workflowId, transactionId }: HandledRun, handlers: RunEventHandlers): Promise<void> {
    if (this.isStopped || this.kept.has(executionId)) return;
    const tellHandlers = listenerOf(workflowId, handlers, this.log);
    const subscriber = (notification: WorkflowNotification) => {
      // Another run may have the same transaction id.
      if (notification.runId !== runId) return;
      tellHandlers(notification);
      if (notification.eventType === "onFinish") this.remove(executionId);
    };
    const subscription = { workflowId, transactionId, subscriber, subscriberId: `events of ${executionId}` };
    this.options.subscriptions.add(subscription);
    this.kept.set(executionId, { subscription, hasEnded: false });
    this.watch();
    await this.options.announced(subscription);
  }

  /** Forgets all of them. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    for (const executionId of [...this.kept.keys()]) this.remove(executionId);
  }

  private remove(executionId: string): void {
    const kept = this.kept.get(executionId);
    if (!kept) return;
    this.kept.delete(executionId);
    const { workflowId, transactionId, subscriberId } = kept.subscription;
    this.options.subscriptions.remove({ workflowId, ...(transactionId !== undefined && { transactionId }), subscriberId });
  }

  private watch(): void {
    if (this.timer || this.isStopped || !this.kept.size) return;
    this.timer = setTimeout(() => void this.look(), this.options.interval);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    const { connection, tables } = this.options;
    const asked = [...this.kept];
    try {
      const { rows } = await connection.query<{ id: string }>(
        `select id from ${tables.execution} where id = any($1) and finished_at is null`,
        [asked.map(([id]) => id)],
        tables.statement("handled"),
      );
      this.blindness.ended();
      const live = new Set(rows.map(({ id }) => id));
      for (const [id, kept] of asked) {
        // The notice of an end is on its way for a moment.
        if (kept.hasEnded && !live.has(id)) this.remove(id);
        kept.hasEnded = !live.has(id);
      }
    } catch (error) {
      this.blindness.failed(error);
    }
    this.timer = undefined;
    this.watch();
  }
}
