import type { StepFailure } from "./outcome";

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

/** Something that happened in a run, as it happens; for logs, progress and subscribers. */
export interface RunEvent {
  eventType: RunEventType;
  /** Key of the step, `outer/inner` when nested. */
  step?: string;
  response?: unknown;
  result?: unknown;
  errors?: (Omit<StepFailure, "error"> & { error: unknown })[];
}

export type RunObserver = (event: RunEvent) => void;
