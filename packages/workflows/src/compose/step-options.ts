import type { Container, EventMessage, SharedContext } from "@velella/kernel";

/** How a step behaves. Times are in seconds. */
export interface StepOptions {
  /** How often a failed step is tried again; 0 by default. */
  maxRetries?: number;
  /** Seconds between attempts. With it the workflow goes on in the background once an attempt has failed. */
  retryInterval?: number;
  /** Seconds after which an attempt, or the wait for an answer from outside, counts as failed for good. */
  timeout?: number;
  /**
   * The caller does not wait for this step and what follows. When it returns nothing, the workflow waits until
   * `setStepSuccess` or `setStepFailure` is called.
   */
  async?: boolean;
  /** Is not undone when the workflow fails. */
  noCompensation?: boolean;
  /** When the step fails for good, the error is recorded and the workflow goes on. */
  continueOnPermanentFailure?: boolean;
  /** When the step fails for good, the following steps are skipped: all of them, or those before the one named. */
  skipOnPermanentFailure?: boolean | string;
  /** Accepted for compatibility: an async step runs in the background in any case. */
  backgroundExecution?: boolean;
  /** Accepted for compatibility: compensation runs in the background when the steps did. */
  compensateAsync?: boolean;
  /** Accepted for compatibility: responses are always saved until the run has ended. */
  saveResponse?: boolean;
  /** Accepted for compatibility: retries happen on their own. */
  autoRetry?: boolean;
  /** Reads and computes, without any effect: it may run again when the process is killed. Has no compensation. */
  pure?: boolean;
  /**
   * All its effects are in the database, through `context`: they commit together with the record that it ran.
   *
   * `"shared"`: its reads of what earlier steps wrote go through `context` as well. Such steps, where they follow each other,
   * share one transaction; if one of them fails, nothing of it has happened, and each of them is done again in one of its own.
   */
  transactional?: boolean | "shared";
  /**
   * Parts of what it is given and of what it returns that nobody may read, as paths such as `card.number` or
   * `items.*.code`; the empty path is all of it. They are encrypted in the journal wherever the plan carries them, and
   * hidden in timelines, in messages of errors and from subscribers. What it keeps for its compensation is encrypted whole.
   */
  secret?: { readonly input?: readonly string[]; readonly output?: readonly string[] };
  /** Emits events through `ctx.emit`: the run is journalled, so that the events cannot be lost after its success. */
  emits?: boolean;
}

/** What a step function gets beside its input. */
export interface StepExecutionContext {
  container: Container;
  metadata: StepMetadata;
  /**
   * To be handed to service methods as their `sharedContext`. In a transactional step it carries the transaction in
   * which the record that the step ran is written.
   */
  context: SharedContext & Record<string, unknown>;
  workflowId: string;
  stepName: string;
  action: "invoke" | "compensate";
  /** The same for every attempt of this step in this run. */
  idempotencyKey: string;
  /** 1 for the first. */
  attempt: number;
  /** Events with this group are held until the run succeeds. */
  eventGroupId: string;
  /** The step of the outer workflow, when this one is part of a nested one. */
  parentStepIdempotencyKey: string | undefined;
  transactionId: string;
  runId: string;
  /** Emits events with the success of the run; a run that fails emits none. */
  emit(messages: EventMessage | EventMessage[]): void;
}

/** Facts about an attempt, in the form that logs and messages carry. */
export interface StepMetadata {
  model_id: string;
  idempotency_key: string;
  action: string;
  action_type: "invoke" | "compensate";
  attempt: number;
  /** Milliseconds since 1970. */
  timestamp: number;
}

/** A step as `createStep` defined it. */
export interface StepDefinition {
  readonly name: string;
  readonly options: StepOptions;
  readonly invoke: (input: unknown, context: StepExecutionContext) => unknown;
  readonly compensate: ((data: unknown, context: StepExecutionContext) => unknown) | undefined;
}
