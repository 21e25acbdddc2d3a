import { generateId } from "@velella/kernel";
import { engineErrors } from "../errors/engine-errors";
import { shown } from "../shown";
import type { WorkflowNotification } from "../run/run-events";

/** Who wants to be told of what happens in the runs of a workflow, or in one of them. */
export interface WorkflowSubscription {
  workflowId: string;
  /** Only this run; all runs of the workflow without it. */
  transactionId?: string;
  subscriber(notification: WorkflowNotification): unknown;
  /** For `unsubscribe`; made up when absent. */
  subscriberId?: string;
}

/** Which subscriptions are meant. */
export interface WorkflowUnsubscription {
  workflowId: string;
  /** Those to this run; those to the workflow, or with a subscriber all that it has, without it. */
  transactionId?: string;
  /** The id that `subscribe` returned, or the function that it was given. All subscribers without it. */
  subscriberOrId?: string | WorkflowSubscription["subscriber"];
  /** The same as an id in `subscriberOrId`. */
  subscriberId?: string;
}

/** What a subscriber wants to know of: a run, or without a transaction id all runs of a workflow. */
export type Interest = Pick<WorkflowSubscription, "workflowId" | "transactionId">;

type Kept = WorkflowSubscription & { subscriberId: string };

/** Those in this process who want to know what happens in runs. */
export class Subscriptions {
  private readonly byWorkflow = new Map<string, readonly Kept[]>();

  constructor(
    /** Called when there may be a new interest, or one less. */
    private readonly onChange: (interest: Interest) => void = () => undefined,
  ) {}

  /**
   * Adds a subscription, in the place of the one that its subscriber has to the same run or workflow; returns its id.
   *
   * @throws `engine.bad_subscription`
   */
  add(subscription: WorkflowSubscription): string {
    const given: Partial<Record<keyof WorkflowSubscription, unknown>> = subscription ?? {};
    if (typeof given.workflowId !== "string" || !given.workflowId)
      throw engineErrors.badSubscription("workflowId", "the id of a workflow", shown(given.workflowId));
    if (typeof given.subscriber !== "function") throw engineErrors.badSubscription("subscriber", "a function", shown(given.subscriber));
    const { workflowId, transactionId, subscriberId = generateId("sub") } = subscription;
    const kept = this.of(workflowId).filter((one) => one.subscriberId !== subscriberId || one.transactionId !== transactionId);
    this.byWorkflow.set(workflowId, [...kept, { ...subscription, subscriberId }]);
    this.onChange({ workflowId, transactionId });
    return subscriberId;
  }

  remove({ workflowId, transactionId, subscriberId, subscriberOrId = subscriberId }: WorkflowUnsubscription): void {
    const isMeant = (one: Kept) =>
      subscriberOrId === undefined
        ? one.transactionId === transactionId
        : (one.subscriberId === subscriberOrId || one.subscriber === subscriberOrId) &&
          (transactionId === undefined || one.transactionId === transactionId);
    const before = this.of(workflowId);
    const kept = before.filter((one) => !isMeant(one));
    if (kept.length) this.byWorkflow.set(workflowId, kept);
    else this.byWorkflow.delete(workflowId);
    for (const one of before) if (isMeant(one)) this.onChange({ workflowId, transactionId: one.transactionId });
  }

  /** Whether there is no subscriber at all. */
  get isEmpty(): boolean {
    return this.byWorkflow.size === 0;
  }

  /** Whether there is a subscriber to exactly this. */
  has({ workflowId, transactionId }: Interest): boolean {
    return this.of(workflowId).some((one) => one.transactionId === transactionId);
  }

  /** What there are subscribers to. */
  interests(): Interest[] {
    return [...this.byWorkflow].flatMap(([workflowId, kept]) => kept.map(({ transactionId }) => ({ workflowId, transactionId })));
  }

  /** Whoever wants to know, by now, what happens in a run. */
  listeners(workflowId: string, transactionId: string): WorkflowSubscription["subscriber"][] {
    return this.of(workflowId)
      .filter((one) => one.transactionId === undefined || one.transactionId === transactionId)
      .map(({ subscriber }) => subscriber);
  }

  private of(workflowId: string): readonly Kept[] {
    return this.byWorkflow.get(workflowId) ?? none;
  }
}

const none: readonly Kept[] = Object.freeze([]);
