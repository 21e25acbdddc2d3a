import type { Container, EventMessage, SharedContext } from "@velella/kernel";
import type { StepExecutionContext, StepMetadata } from "../options/step-options";
import { checkEvents } from "../options/event-options";

/** Identity and surroundings of a run. */
export interface RunIdentity {
  workflowId: string;
  transactionId: string;
  runId: string;
  eventGroupId: string;
  container: Container;
  /** What the caller gave as `context`. */
  context: Record<string, unknown>;
}

/** What distinguishes one attempt of one step. */
export interface StepIdentity {
  workflowId: string;
  stepName: string;
  action: "invoke" | "compensate";
  idempotencyKey: string;
  parentStepIdempotencyKey: string | undefined;
  attempt: number;
}

/** That of a step which nobody stops. */
const quietSignal = (): AbortSignal => new AbortController().signal;

/** The second argument of step functions. Parts that most steps do not read are made when they do. */
export class StepContext implements StepExecutionContext {
  readonly workflowId: string;
  readonly stepName: string;
  readonly action: "invoke" | "compensate";
  readonly parentStepIdempotencyKey: string | undefined;
  readonly attempt: number;
  readonly eventGroupId: string;
  readonly transactionId: string;
  readonly runId: string;
  #run: RunIdentity;
  #step: StepIdentity;
  #shared: SharedContext | undefined;
  #hold: (messages: EventMessage[]) => void;
  #context?: SharedContext & Record<string, unknown>;
  #makeSignal: () => AbortSignal;
  #signal?: AbortSignal;

  constructor(
    run: RunIdentity,
    step: StepIdentity,
    shared: SharedContext | undefined,
    hold: (messages: EventMessage[]) => void,
    makeSignal: () => AbortSignal = quietSignal,
  ) {
    this.#run = run;
    this.#step = step;
    this.#shared = shared;
    this.#hold = hold;
    this.#makeSignal = makeSignal;
    this.eventGroupId = run.eventGroupId;
    this.transactionId = run.transactionId;
    this.runId = run.runId;
    this.workflowId = step.workflowId;
    this.stepName = step.stepName;
    this.action = step.action;
    this.parentStepIdempotencyKey = step.parentStepIdempotencyKey;
    this.attempt = step.attempt;
  }

  get container(): Container {
    return this.#run.container;
  }

  get idempotencyKey(): string {
    return this.#step.idempotencyKey;
  }

  /** A function of its own, since steps take it out of the context. */
  get emit(): (messages: EventMessage | EventMessage[]) => void {
    return (messages) => {
      const all = Array.isArray(messages) ? messages : [messages];
      // Here, where the step can fail: at the end of the run it is too late to refuse one.
      checkEvents(all);
      this.#hold(all);
    };
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.#makeSignal());
  }

  get context(): SharedContext & Record<string, unknown> {
    return (this.#context ??= {
      ...this.#run.context,
      transactionId: this.transactionId,
      runId: this.runId,
      eventGroupId: this.eventGroupId,
      idempotencyKey: this.idempotencyKey,
      parentStepIdempotencyKey: this.parentStepIdempotencyKey,
      ...this.#shared,
    });
  }

  get metadata(): StepMetadata {
    return {
      model_id: this.workflowId,
      idempotency_key: this.idempotencyKey,
      action: this.stepName,
      action_type: this.action,
      attempt: this.attempt,
      timestamp: Date.now(),
    };
  }
}
