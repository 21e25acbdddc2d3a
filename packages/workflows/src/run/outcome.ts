import { EOL } from "node:os";
import type { ErrorCopy } from "./error-copy";

/** Where a run stands. */
export type TransactionState = "not_started" | "invoking" | "waiting_to_compensate" | "compensating" | "done" | "reverted" | "failed";

/** A step that failed for good. */
export interface StepFailure {
  /** The name of the step. */
  action: string;
  handlerType: "invoke" | "compensate";
  error: ErrorCopy;
}

/** How a run ended, or that it goes on without its caller (`invoking`). */
export interface RunOutcome {
  state: TransactionState;
  result: unknown;
  errors: StepFailure[];
  /** Outputs of the steps by key, for `resultFrom`. */
  outputs?: ReadonlyMap<string, unknown>;
}

/** The run as its caller sees it afterwards. */
export class WorkflowTransaction {
  constructor(
    readonly workflowId: string,
    readonly transactionId: string,
    readonly runId: string,
    private readonly outcome: RunOutcome,
  ) {}

  get modelId(): string {
    return this.workflowId;
  }

  getState(): TransactionState {
    return this.outcome.state;
  }

  getErrors(handlerType?: StepFailure["handlerType"]): StepFailure[] {
    return this.outcome.errors.filter((failure) => !handlerType || failure.handlerType === handlerType);
  }

  hasFinished(): boolean {
    return isFinal(this.outcome.state);
  }

  toJSON(): Record<string, unknown> {
    const { workflowId, transactionId, runId } = this;
    return { workflowId, transactionId, runId, state: this.getState(), errors: this.getErrors() };
  }
}

export function isFinal(state: TransactionState): boolean {
  return state === "done" || state === "reverted" || state === "failed";
}

/** What `run` throws for these failures: the first step's error, with the messages of all when steps failed in parallel. */
export function errorToThrow(errors: readonly StepFailure[]): ErrorCopy {
  const invoked = errors.filter(({ handlerType }) => handlerType === "invoke");
  const all = invoked.length ? invoked : errors;
  const [first] = all;
  if (!first) return { name: "Error", message: "The workflow failed." };
  if (all.length === 1) return first.error;
  return { ...first.error, message: all.map(({ error }) => error.message).join(EOL) };
}
