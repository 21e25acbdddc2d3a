/** A durable workflow engine on PostgreSQL, and the functions to write workflows with. */
export { createStep } from "./compose/create-step";
export type { CompensateFn, InvokeFn, StepFunction, StepReturn } from "./compose/create-step";
export { createWorkflow } from "./compose/create-workflow";
export type { HooksOf, NestedReturn, ReturnWorkflow } from "./compose/create-workflow";
export { createHook } from "./compose/create-hook";
export type { Hook, HookRegistrar } from "./compose/create-hook";
export type { HookOptions, ResultSchema } from "./options/hook-options";
export { parallelize } from "./compose/parallelize";
export { PermanentStepFailure, SkipStepResponse, StepResponse } from "./options/step-response";
export type { StepDefinition, StepExecutionContext, StepMetadata, StepOptions } from "./options/step-options";
export { transform } from "./compose/transform";
export type { TransformContext } from "./options/transform-context";
export { when } from "./compose/when";
export type { Unwrapped, WorkflowData, WorkflowDataProperties } from "./compose/workflow-data";
export type { WorkflowOptions, WorkflowSchedule } from "./options/workflow-options";
export { WorkflowResponse } from "./compose/workflow-response";
export { composeErrors, runErrors } from "./errors/workflow-errors";
export { describePlan, explainPlan } from "./run/describe-plan";
export type { PlanLine } from "./run/describe-plan";
export type { PlanNode, StepNode, WorkflowPlan } from "./plan/plan";
export { WorkflowRegistry, workflowRegistryKind } from "./registry/workflow-registry";
export type { ErrorCopy } from "./run/error-copy";
export { WorkflowTransaction } from "./run/outcome";
export type { StepFailure, TransactionContext, TransactionFlow } from "./run/outcome";
export type { TransactionState } from "./rows/execution-row";
export type { RunEventHandlers, StepNotification, WorkflowNotification } from "./run/run-events";
export type { RunEventType } from "./run/run-observer";
export type {
  Acknowledgement,
  CancelOptions,
  Chosen,
  RegisteredAnswer,
  RunOptions,
  RunResult,
  StepAddress,
  WorkflowRunner,
} from "./run/workflow-runner";

export { createPgConnection } from "./connection/pg-connection";
export type { PgConnectionOptions } from "./connection/pg-connection";
export { connectionErrors, isTransient } from "./connection/errors";
export { engineErrors } from "./errors/engine-errors";
export { outboxErrors } from "./errors/outbox-errors";
export type { ExecutionFilter, ExecutionFilters, ExecutionOperators } from "./engine/execution-filters";
export type { ExecutionListConfig, ExecutionRetrieveConfig, WorkflowExecution } from "./engine/execution-list";
export type { WorkflowSubscription, WorkflowUnsubscription } from "./engine/subscriptions";
export type { Timeline, TimelineAttempt, TimelineStep } from "./engine/timeline";
export { createWorkflowEngine, WorkflowEngine } from "./engine/workflow-engine";
export type { WorkflowEngineOptions } from "./engine/engine-options";
export type { StepAnswer, StepAnswerInput, StepAnswerOptions, StepChoice } from "./engine/step-answers";
export type { ExecutionChoice } from "./store/execution-steering";
export { checkEvents, eventGroupOf } from "./options/event-options";
export type { EventBackoff, EventOptions } from "./options/event-options";
export type { Job } from "./tasks/jobs";
export type { JobHistoryOptions, JobOverview, JobRun } from "./tasks/job-history";
export type { JobSchedule } from "./options/schedule";
export { createBullTransport } from "./transport/bull-transport";
export type { BullTransportOptions } from "./transport/bull-transport";
export type { DueDelivery, EventTransport, TransportServices, TransportSubscriber } from "./transport/event-transport";
export type { Subscriber } from "./tasks/subscribers";
export type { EngineEvents } from "./tasks/outbox";
export type { EventListOptions, EventSelection, OutboxDelivery, OutboxEvent } from "./tasks/outbox-store";
export type { ClaimedTask, DeliveredEvent } from "./transport/claimed-task";
