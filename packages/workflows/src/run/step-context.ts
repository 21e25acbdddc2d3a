import { inspect } from "node:util";
import type { AmbientContext, Container, EventMessage, SharedContext } from "@velella/kernel";
import type { StepExecutionContext, StepMetadata } from "../options/step-options";
import { runErrors } from "../errors/workflow-errors";
import { checkEvents } from "../options/event-options";
import type { Phase } from "../rows/step-row";

/** Identity and surroundings of a run. */
export interface RunIdentity {
  workflowId: string;
  transactionId: string;
  runId: string;
  eventGroupId: string;
  container: Container;
  /** It was given no container, and so no event bus: what its steps emit by another one is none of its affairs. */
  readonly isBare?: boolean;
  /** What the caller gave as `context`. */
  context: Record<string, unknown>;
}

/** What distinguishes one attempt of one step. */
export interface StepIdentity {
  workflowId: string;
  stepName: string;
  action: Phase;
  idempotencyKey: string;
  parentStepIdempotencyKey: string | undefined;
  attempt: number;
}

/** That of a step which nobody stops. */
const quietSignal = (): AbortSignal => new AbortController().signal;

/**
 * The second argument of step functions. Its parts are made when they are read, since most steps read few of them; and a step
 * gets all of them when it takes the context apart (`{ stepName, ...rest }`) or spreads it. Accessors of the object's own would
 * do for that, but to define them for each step anew takes longer than the step.
 */
export class StepContext implements StepExecutionContext {
  readonly #run: RunIdentity;
  readonly #step: StepIdentity;
  readonly #shared: SharedContext | undefined;
  readonly #events: Pick<AmbientContext, "holdEvents">;
  readonly #makeSignal: () => AbortSignal;
  #context?: SharedContext & Record<string, unknown>;
  #signal?: AbortSignal;

  constructor(
    run: RunIdentity,
    step: StepIdentity,
    shared: SharedContext | undefined,
    events: Pick<AmbientContext, "holdEvents">,
    makeSignal: () => AbortSignal = quietSignal,
  ) {
    this.#run = run;
    this.#step = step;
    this.#shared = shared;
    this.#events = events;
    this.#makeSignal = makeSignal;
    return new Proxy(this, ownsAll);
  }

  get workflowId(): string {
    return this.#step.workflowId;
  }

  get stepName(): string {
    return this.#step.stepName;
  }

  get action(): Phase {
    return this.#step.action;
  }

  get attempt(): number {
    return this.#step.attempt;
  }

  get idempotencyKey(): string {
    return this.#step.idempotencyKey;
  }

  get parentStepIdempotencyKey(): string | undefined {
    return this.#step.parentStepIdempotencyKey;
  }

  get eventGroupId(): string {
    return this.#run.eventGroupId;
  }

  get transactionId(): string {
    return this.#run.transactionId;
  }

  get runId(): string {
    return this.#run.runId;
  }

  get container(): Container {
    return this.#run.container;
  }

  /** A function of its own, since steps take it out of the context. */
  get emit(): (messages: EventMessage | EventMessage[]) => void {
    return (messages) => {
      const all = Array.isArray(messages) ? messages : [messages];
      // Here, where the step can fail: at the end of the run it is too late to refuse one.
      checkEvents(all);
      if (this.#events.holdEvents(all)) return;
      const names = all.map(({ name }) => `"${name}"`).join(", ");
      throw runErrors.emittedTooLate(this.stepName, this.workflowId, names);
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

  /** What is printed of it: whose context it is, and not the container with all that it holds. */
  [inspect.custom](): object {
    const { workflowId, stepName, action, attempt, idempotencyKey, transactionId, runId, eventGroupId } = this;
    return { workflowId, stepName, action, attempt, idempotencyKey, transactionId, runId, eventGroupId };
  }
}

const parts: readonly string[] = Object.entries(Object.getOwnPropertyDescriptors(StepContext.prototype)).flatMap(([name, { get }]) =>
  get ? [name] : [],
);

/** Has the parts of a context count as properties of the object's own. */
const ownsAll: ProxyHandler<StepContext> = {
  // From the context itself: the proxy has no private fields.
  get: (context, key) => context[key as keyof StepContext],
  ownKeys: () => [...parts],
  getOwnPropertyDescriptor: (context, key) =>
    typeof key === "string" && parts.includes(key)
      ? { value: context[key as keyof StepContext], enumerable: true, configurable: true }
      : undefined,
};
