import { generateId } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import type { RunEvent, RunObserver } from "../run/run-observer";

/** What a subscriber to runs is told. */
export interface WorkflowNotification extends Omit<RunEvent, "step"> {
  workflowId: string;
  transactionId: string;
  step?: { id: string; action: string };
}

export interface WorkflowSubscription {
  workflowId: string;
  /** Only this run; all runs of the workflow without it. */
  transactionId?: string;
  subscriber(notification: WorkflowNotification): unknown;
  /** For `unsubscribe`; made up when absent. */
  subscriberId?: string;
}

/** Those who want to know what happens in runs of this process. */
export class Subscriptions {
  private readonly byWorkflow = new Map<string, WorkflowSubscription[]>();

  constructor(private readonly logger: Logger) {}

  add(subscription: WorkflowSubscription): string {
    const subscriberId = subscription.subscriberId ?? generateId("sub");
    this.remove({ ...subscription, subscriberId });
    const subscriptions = this.byWorkflow.get(subscription.workflowId) ?? [];
    this.byWorkflow.set(subscription.workflowId, [...subscriptions, { ...subscription, subscriberId }]);
    return subscriberId;
  }

  remove({ workflowId, transactionId, subscriberId }: Pick<WorkflowSubscription, "workflowId" | "transactionId" | "subscriberId">): void {
    const kept = (this.byWorkflow.get(workflowId) ?? []).filter(
      (one) => one.transactionId !== transactionId || (subscriberId !== undefined && one.subscriberId !== subscriberId),
    );
    if (kept.length) this.byWorkflow.set(workflowId, kept);
    else this.byWorkflow.delete(workflowId);
  }

  /** Tells whoever has subscribed by the time that something happens. */
  observer(workflowId: string, transactionId: string): RunObserver {
    return ({ step, ...event }) => {
      for (const subscription of this.byWorkflow.get(workflowId) ?? []) {
        if (subscription.transactionId !== undefined && subscription.transactionId !== transactionId) continue;
        const action = step?.slice(step.lastIndexOf("/") + 1) ?? "";
        void this.notify(subscription, { ...event, workflowId, transactionId, ...(step !== undefined && { step: { id: step, action } }) });
      }
    };
  }

  /** What a subscriber does wrong is not the run's fault. */
  private async notify(subscription: WorkflowSubscription, notification: WorkflowNotification): Promise<void> {
    try {
      await subscription.subscriber(notification);
    } catch (error) {
      this.logger.error(`A subscriber to workflow "${notification.workflowId}" failed on ${notification.eventType}`, error);
    }
  }
}
