import { EOL } from "node:os";
import type { TransactionState } from "../rows/execution-row";
import type { Phase } from "../rows/step-row";
import type { ErrorCopy } from "./error-copy";

/** A step that failed for good. */
export interface StepFailure {
  /** The name of the step; the workflow's own where it was stopped, or its result could not be made. */
  action: string;
  handlerType: Phase;
  error: ErrorCopy;
  /** Of the step: the nested one where it belongs to one. */
  workflowId?: string;
  transactionId?: string;
  /** The key of the step in the run, as its timeline has it. */
  step?: string;
  /** Which attempt it was that failed for good; 1 for the first. */
  attempt?: number;
  /** The run went on in spite of it, as the options of the step say. */
  tolerated?: true;
}

/** What a run was given, and what its steps have returned; secret parts are hidden. */
export interface TransactionContext {
  payload: unknown;
  /** By name of the step, those of nested workflows left out. */
  invoke: Record<string, { output: unknown }>;
  /** The steps that are undone, by their keys. What compensations return is not kept. */
  compensate: Record<string, { output: undefined }>;
}

/** A run as it stands. */
export interface RunView {
  readonly state: TransactionState;
  readonly errors: readonly StepFailure[];
  /** Whether it has emitted events, or holds some that it will; undefined where that is not known. */
  readonly hadEvents?: boolean;
  context(): TransactionContext;
}

/** How a run ended, or that it goes on without its caller (`invoking`). */
export interface RunOutcome {
  state: TransactionState;
  result: unknown;
  errors: StepFailure[];
  /** The run itself, where it ended in this process. */
  run?: RunView;
}

/** What `getFlow` of a {@link WorkflowTransaction} gives. */
export interface TransactionFlow {
  modelId: string;
  transactionId: string;
  runId: string;
  state: TransactionState;
  hasFailedSteps: boolean;
  /** Whether steps are undone, or could not be. */
  hasRevertedSteps: boolean;
}

/** By what a run is known. */
export interface RunNames {
  readonly workflowId: string;
  readonly transactionId: string;
  readonly runId: string;
}

/** A run, as its caller sees it afterwards, and as those who watch it see it meanwhile. */
export class WorkflowTransaction {
  readonly workflowId: string;
  readonly transactionId: string;
  readonly #names: RunNames;
  readonly #run: RunView;

  constructor(names: RunNames, run: RunView) {
    this.workflowId = names.workflowId;
    this.transactionId = names.transactionId;
    this.#names = names;
    this.#run = run;
  }

  get runId(): string {
    return this.#names.runId;
  }

  get modelId(): string {
    return this.workflowId;
  }

  getState(): TransactionState {
    return this.#run.state;
  }

  getErrors(handlerType?: StepFailure["handlerType"]): StepFailure[] {
    return this.#run.errors.filter((failure) => !handlerType || failure.handlerType === handlerType);
  }

  hasFinished(): boolean {
    return isFinal(this.getState());
  }

  getFlow(): TransactionFlow {
    const { workflowId, transactionId, runId } = this;
    const { state, errors } = this.#run;
    const hasRevertedSteps = state === "compensating" || state === "reverted" || state === "failed";
    return { modelId: workflowId, transactionId, runId, state, hasFailedSteps: errors.length > 0, hasRevertedSteps };
  }

  /**
   * What the run was given, and what its steps returned. Where another process went on with the run, only what it was given
   * is known here, and to a subscriber who is told by that process also what the step in question returned. Where nobody
   * watched and nothing was recorded, values were handed on without a copy: here they are as their last reader left them.
   */
  getContext(): TransactionContext {
    return this.#run.context();
  }

  toJSON(): Record<string, unknown> {
    const { workflowId, transactionId, runId } = this;
    return { workflowId, transactionId, runId, state: this.getState(), errors: this.getErrors() };
  }
}

/** Whether nothing follows this state. A run that waits, for an answer or to be undone, is not at its end. */
export function isFinal(state: TransactionState): boolean {
  return state === "done" || state === "reverted" || state === "failed";
}

/**
 * What `run` throws for these failures: the error of the first step that ended the run, with the messages of all that did when
 * they failed in parallel. Failures that the run went on in spite of have no part in it.
 */
export function errorToThrow(errors: readonly StepFailure[]): ErrorCopy {
  const invoked = errors.filter(({ handlerType, tolerated }) => handlerType === "invoke" && !tolerated);
  const all = invoked.length ? invoked : errors;
  const [first] = all;
  if (!first) return { name: "Error", message: "The workflow failed." };
  if (all.length === 1) return first.error;
  return { ...first.error, message: all.map(({ error }) => error.message).join(EOL) };
}
