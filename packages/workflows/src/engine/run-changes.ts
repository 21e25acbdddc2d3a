import type { Container } from "@velella/kernel";
import type { WorkflowPlan } from "../plan/plan";
import { checkResultFrom } from "../run/result-from";
import type { RunEventHandlers, WorkflowNotification } from "../run/run-events";
import { answer } from "../run/workflow-runner";
import type { ChangedRun, RunChange, RunOptions, RunResult } from "../run/workflow-runner";
import type { ExecutionChoice, SteeredExecution } from "../store/execution-steering";
import type { Bell } from "./bell";
import type { Endings } from "./endings";
import type { Executor } from "./executor";
import type { Steering } from "./steering";
import type { StepAnswers, StepChoice } from "./step-answers";
import type { Subscriptions } from "./subscriptions";

/** What changes of runs go by. */
export interface RunChangesOptions {
  steering: Steering;
  answers: StepAnswers;
  executor: Executor;
  endings: Endings;
  subscriptions: Subscriptions;
  bell: Bell;
  /** Called when a run may go on. */
  onRuns(): void;
  /** Resolves when subscribers know what happened elsewhere by now. */
  heardOthers(): Promise<void>;
}

type FollowOptions = Pick<RunOptions, "throwOnError" | "logOnError" | "resultFrom" | "events">;

/** Runs that go on because something is done to them from outside, followed until they end or rest. */
export class RunChanges {
  constructor(private readonly options: RunChangesOptions) {}

  /** @param plan Of the workflow that the run is of. */
  follow(plan: WorkflowPlan, change: RunChange, changed: ChangedRun, options: RunOptions, container: Container): Promise<RunResult> {
    const { id: workflowId } = plan;
    if (change === "cancel") return this.cancel(workflowId, { transactionId: String(changed.transactionId) }, options, container);
    if (options.resultFrom !== undefined) checkResultFrom(plan, options.resultFrom);
    const { idempotencyKey, stepResponse } = changed;
    const step = { idempotencyKey, stepResponse, options: { container } } as StepChoice;
    return this.watched(workflowId, options.events, async (watch) => {
      const run = await this.options.answers.change(change, step, watch);
      return this.end(workflowId, run, options, container);
    });
  }

  cancel(workflowId: string, choice: ExecutionChoice, options: FollowOptions, container: Container): Promise<RunResult> {
    const { steering, executor, bell, onRuns } = this.options;
    return this.watched(workflowId, options.events, async (watch) => {
      if (choice.transactionId !== undefined) watch(choice.transactionId);
      const run = await steering.cancel(workflowId, choice);
      if (!executor.cancel(run.id)) void bell.tellCancelled(run.id);
      onRuns();
      return this.end(workflowId, run, options, container, true);
    });
  }

  private async end(
    workflowId: string,
    { id, runId, transactionId }: SteeredExecution,
    { resultFrom, throwOnError = true, logOnError }: FollowOptions,
    container: Container,
    isCancelled = false,
  ): Promise<RunResult> {
    const names = { workflowId, transactionId };
    const { executor, endings } = this.options;
    const outcome = await endings.withResultFrom(await executor.waitForEnd(id, names), resultFrom, id, names);
    if (isCancelled && outcome.state === "invoking") outcome.state = "waiting_to_compensate";
    // That a cancelled run is undone is what was asked for; that it could not be undone is an error.
    const throws = throwOnError && (!isCancelled || outcome.state === "failed");
    return answer(outcome, { ...names, runId }, { throwOnError: throws, logOnError }, container);
  }

  /** Tells handlers what happens in a run, once that is known, for as long as something is done. */
  private async watched<T>(
    workflowId: string,
    events: RunEventHandlers | undefined,
    work: (watch: (transactionId: string) => void) => Promise<T>,
  ): Promise<T> {
    if (!events) return work(() => undefined);
    const { subscriptions, heardOthers } = this.options;
    const subscriber = (notification: WorkflowNotification) =>
      (events[notification.eventType] as ((told: WorkflowNotification) => unknown) | undefined)?.(notification);
    let transactionId: string | undefined;
    try {
      return await work((chosen) => {
        transactionId = chosen;
        subscriptions.add({ workflowId, transactionId, subscriber });
      });
    } finally {
      if (transactionId !== undefined) {
        await heardOthers();
        subscriptions.remove({ workflowId, transactionId, subscriberOrId: subscriber });
      }
    }
  }
}
