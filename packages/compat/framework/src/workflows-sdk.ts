/** `@medusajs/framework/workflows-sdk` */
import type {
  CancelOptions,
  Chosen,
  ReturnWorkflow,
  RunOptions,
  RunResult,
  StepExecutionContext,
  TransactionContext,
  WorkflowData,
  WorkflowRunner,
} from "@velella/workflows";

export * from "@velella/workflows";

/** What `run` takes. */
export type FlowRunOptions<TData = unknown> = RunOptions<TData>;

/** What `cancel` takes. */
export type FlowCancelOptions = CancelOptions;

/** What `run` gives. */
export type WorkflowResult<TResult = unknown> = RunResult<TResult>;

/** A workflow bound to a container. */
export type ExportedWorkflow<TData = unknown, TResult = unknown, TDataOverride = undefined, TResultOverride = undefined> = WorkflowRunner<
  Chosen<TDataOverride, TData>,
  Chosen<TResultOverride, TResult>
>;

/** The input of a workflow: `UnwrapWorkflowInputDataType<typeof myWorkflow>`. */
// oxlint-disable-next-line typescript/no-explicit-any
export type UnwrapWorkflowInputDataType<T extends ReturnWorkflow<any, any, any>> =
  NonNullable<Parameters<T["run"]>[0]> extends RunOptions<infer TData> ? TData : never;

/** The context of a step, with what the run has so far. */
export type WorkflowTransactionContext = StepExecutionContext & TransactionContext;

/** Handles a hook. */
// oxlint-disable-next-line typescript/no-explicit-any
export type HookHandler = (...args: any[]) => void | Promise<void>;

/** Yields the result of a step in a composer. */
export type StepFunctionResult<TOutput = unknown> = () => WorkflowData<TOutput>;
