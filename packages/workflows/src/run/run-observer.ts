import type { RunView, StepFailure } from "./outcome";

/** What can happen in a run, as those are told who watch it. */
export type RunEventType =
  | "onBegin"
  | "onResume"
  | "onStepBegin"
  | "onStepSuccess"
  | "onStepFailure"
  | "onStepAwaiting"
  | "onStepSkipped"
  | "onCompensateBegin"
  | "onCompensateStepSuccess"
  | "onCompensateStepFailure"
  | "onTimeout"
  | "onFinish";

/** Something that happened in a run, as it happens. */
export interface RunEvent {
  eventType: RunEventType;
  /** Key of the step, `outer/inner` when nested. */
  step?: string;
  /** Name of the step. */
  action?: string;
  response?: unknown;
  result?: unknown;
  errors?: (Omit<StepFailure, "error"> & { error: unknown })[];
}

/** Is told what happens in a run, and how the run stands. Throws nothing. */
export type RunObserver = (event: RunEvent, run: RunView) => void;
