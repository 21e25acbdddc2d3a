import { withAmbient } from "@velella/kernel";
import type { StepOptions } from "../options/step-options";
import type { StepNode } from "../plan/plan";
import type { EventHold } from "./event-hold";
import type { Scope } from "./scope";
import { StepContext } from "./step-context";
import type { RunIdentity, StepIdentity } from "./step-context";

/** Whether there is nothing to a step but its function, when nobody records or watches the run. */
export function isPlainCall({ async, timeout, maxRetries, transactional, secret }: StepOptions): boolean {
  return !async && !timeout && !maxRetries && !transactional && !secret;
}

/** Calls the function of a step. @param hold Gets the events that it emits. */
export function callPlainly(node: StepNode, scope: Scope, run: RunIdentity, rootId: string, input: unknown, hold: EventHold): unknown {
  const { step, options } = node;
  const context = new StepContext(run, new PlainAttempt(node, scope, rootId, run.transactionId), undefined, hold);
  // A pure step calls no one who would emit on its behalf.
  if (options.pure) return step.invoke(input, context);
  return withAmbient(hold.ambient(run.eventGroupId), () => step.invoke(input, context));
}

/** Who the step is; what few ask for is computed when they do. */
class PlainAttempt implements StepIdentity {
  readonly action = "invoke";
  readonly attempt = 1;

  constructor(
    private readonly node: StepNode,
    private readonly scope: Scope,
    private readonly rootId: string,
    private readonly transactionId: string,
  ) {}

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
    return idempotencyKeyOf(this.rootId, this.transactionId, this.scope.prefix + this.node.key, "invoke");
  }
}

/** The same for every attempt of a step in a run. */
export function idempotencyKeyOf(workflowId: string, transactionId: string, key: string, phase: "invoke" | "compensate"): string {
  return `${workflowId}:${transactionId}:${key}:${phase}`;
}
