import { withAmbient } from "@velella/kernel";
import type { StepOptions } from "../options/step-options";
import type { StepNode } from "../plan/plan";
import type { Phase } from "../rows/step-row";
import { EventHold } from "./event-hold";
import type { Scope } from "./scope";
import { StepContext } from "./step-context";
import type { RunIdentity, StepIdentity } from "./step-context";

/** Whether there is nothing to a step but its function, when nobody records or watches the run. */
export function isPlainCall({ async, timeout, maxRetries, transactional, secret }: StepOptions): boolean {
  return !async && !timeout && !maxRetries && !transactional && !secret;
}

/** Calls the function of a step; the attempt has its events. */
export function callPlainly(attempt: PlainAttempt, input: unknown): unknown {
  const { step, options } = attempt.node;
  const context = new StepContext(attempt.run, attempt, undefined, attempt);
  // A pure step calls no one who would emit on its behalf.
  return options.pure || attempt.run.isBare ? step.invoke(input, context) : withAmbient(attempt, step.invoke, input, context);
}

/** Who the step is, and what it emits. What few ask for is computed when they do. */
export class PlainAttempt extends EventHold implements StepIdentity {
  constructor(
    readonly node: StepNode,
    private readonly scope: Scope,
    run: RunIdentity,
  ) {
    super(run);
  }

  get action(): "invoke" {
    return "invoke";
  }

  get attempt(): number {
    return 1;
  }

  get workflowId(): string {
    return this.scope.plan.id;
  }

  get stepName(): string {
    return this.node.key;
  }

  get parentStepIdempotencyKey(): string | undefined {
    return this.scope.parentKey;
  }

  get idempotencyKey(): string {
    return idempotencyKeyOf(this.run.workflowId, this.run.transactionId, this.scope.prefix + this.node.key, "invoke");
  }
}

/** The same for every attempt of a step in a run. */
export function idempotencyKeyOf(workflowId: string, transactionId: string, key: string, phase: Phase): string {
  return `${workflowId}:${transactionId}:${key}:${phase}`;
}
