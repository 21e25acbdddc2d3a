import type { StepExecutionContext } from "./step-options";

/** What functions of `transform` and `when` get beside the values. */
export type TransformContext = Pick<
  StepExecutionContext,
  "container" | "context" | "workflowId" | "transactionId" | "runId" | "eventGroupId"
>;
