import type {
  FilterableWorkflowExecutionProps,
  IWorkflowEngineService,
  MedusaContainer,
  WorkflowExecutionDTO,
} from "@medusajs/framework/types";
import { TransactionHandlerType, TransactionState, TransactionStepState, TransactionStepStatus } from "@medusajs/framework/utils";
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import type {
  ExportedWorkflow,
  FlowCancelOptions,
  FlowRunOptions,
  HookHandler,
  StepFunctionResult,
  UnwrapWorkflowInputDataType,
  WorkflowResult,
  WorkflowTransactionContext,
} from "@medusajs/framework/workflows-sdk";
import { expectTypeOf, test } from "vitest";

declare const engine: IWorkflowEngineService;
declare const container: MedusaContainer;

const step = createStep("step", async (input: { x: number }) => new StepResponse(input, input.x));
const idempotencyKey = { action: "invoke" as const, transactionId: "t", stepId: "step", workflowId: "typed" };

test("every option that steps and workflows may have elsewhere is taken", () => {
  const options = {
    maxRetries: 3,
    autoRetry: false,
    retryInterval: 5,
    retryIntervalAwaiting: 5,
    maxAwaitingRetries: 5,
    timeout: 60,
    async: true,
    backgroundExecution: true,
    compensateAsync: true,
    noCompensation: true,
    continueOnPermanentFailure: true,
    skipOnPermanentFailure: "later",
    saveResponse: false,
    store: true,
    noWait: true,
    nested: true,
  };
  createStep({ name: "all", ...options }, async () => new StepResponse(1));
  const workflow = { timeout: 5, store: true, storeExecution: true, retentionTime: 60, idempotent: true };
  createWorkflow({ name: "cron", ...workflow, schedule: { cron: "* * * * *", concurrency: "forbid", numberOfExecutions: 3 } }, () => {});
  createWorkflow({ name: "interval", schedule: { interval: 1000, concurrency: "allow" } }, () => {});
  // @ts-expect-error -- no such option
  createStep({ name: "typo", maxRetrys: 3 }, async () => new StepResponse(1));
  // @ts-expect-error -- no such option
  createWorkflow({ name: "typo", retention: 3 }, () => {});
  // @ts-expect-error -- neither of the two
  createWorkflow({ name: "typo", schedule: { cron: "* * * * *", concurrency: "never" } }, () => {});
});

test("the engine's methods take what they take elsewhere", () => {
  const context = { requestId: "r" };
  expectTypeOf(engine.setStepSuccess({ idempotencyKey, stepResponse: 1, options: { container } }, context)).resolves.toExtend<object>();
  expectTypeOf(
    engine.setStepFailure({ idempotencyKey, stepResponse: "no", options: { container, events: {} } }),
  ).resolves.toExtend<object>();
  expectTypeOf(engine.retryStep({ idempotencyKey: "typed:t:step:invoke", options: { container } }, context)).resolves.toExtend<object>();
  expectTypeOf(engine.getRunningTransaction("typed", "t", context)).resolves.toExtend<{ transactionId: string }>();
  engine.subscribe({ workflowId: "typed", transactionId: "t", subscriber: () => undefined, subscriberId: "s" });
  engine.unsubscribe({ workflowId: "typed", subscriberOrId: "s" });
  void engine.run("typed", { input: {}, transactionId: "t", container, throwOnError: false }, context);
  void engine.cancel("typed", { transactionId: "t" });
});

test("runs are listed by filters with operators", async () => {
  await engine.listWorkflowExecutions({ state: { $in: ["done"] } }, { select: ["id"], take: 5, order: { created_at: "DESC" } });
  const [runs, count] = await engine.listAndCountWorkflowExecutions({
    $or: [{ state: "done" }, { transaction_id: { $like: "order%" } }],
    $and: [{ created_at: { $gte: new Date(), $lt: "2026-12-01" } }],
    workflow_id: ["a", "b"],
    retention_time: null,
    q: "order",
  });
  expectTypeOf(count).toEqualTypeOf<number>();
  expectTypeOf(runs[0]!.execution.steps[0]!.input).toEqualTypeOf<unknown>();
  await engine.retrieveWorkflowExecution({ workflow_id: "a", transaction_id: "t" }, { select: ["id"] }, {});
  const states: string[] = ["done"];
  const filters: FilterableWorkflowExecutionProps = { state: states };
  expectTypeOf(await engine.listWorkflowExecutions(filters)).toEqualTypeOf<WorkflowExecutionDTO[]>();
  // @ts-expect-error -- no such property
  await engine.listWorkflowExecutions({ workflowId: "a" });
  // @ts-expect-error -- no such direction
  await engine.listWorkflowExecutions({}, { order: { created_at: "sideways" } });
});

test("a workflow's own methods", async () => {
  const workflow = createWorkflow("typed", (input: { a: number }) => new WorkflowResponse(step({ x: input.a })));
  const { result, transaction, errors } = await workflow(container).run({ input: { a: 1 } });
  expectTypeOf(result).toEqualTypeOf<{ x: number }>();
  expectTypeOf(transaction.transactionId).toEqualTypeOf<string>();
  expectTypeOf(errors[0]!.attempt).toEqualTypeOf<number | undefined>();
  const answered = await workflow(container).registerStepSuccess({ idempotencyKey, response: 1, container, resultFrom: "step" });
  expectTypeOf(answered.result).toEqualTypeOf<{ x: number }>();
  await workflow(container).registerStepFailure({ idempotencyKey: "typed:t:step:invoke", response: "no", forcePermanentFailure: true });
  expectTypeOf((await workflow(container).retryStep({ idempotencyKey })).result).toEqualTypeOf<{ x: number }>();
  await workflow(container).cancel({ transaction, throwOnError: false, logOnError: true, context: {}, events: {}, container });
  const mine = await workflow<{ a: 1; more: boolean }, { y: string }>(container).run({ input: { a: 1, more: true } });
  expectTypeOf(mine.result).toEqualTypeOf<{ y: string }>();
  expectTypeOf((await workflow.run<{ a: 1 }, string>({ input: { a: 1 }, container })).result).toEqualTypeOf<string>();
  expectTypeOf((await workflow.run({ input: { a: 1 }, container })).result).toEqualTypeOf<{ x: number }>();
  // @ts-expect-error -- not the type that was named
  await workflow<{ b: string }>(container).run({ input: { a: 1 } });
});

test("handlers of events get what theirs has", async () => {
  const workflow = createWorkflow("watched", () => new WorkflowResponse(step({ x: 1 })));
  await workflow(container).run({
    events: {
      onStepFailure: ({ step: failed, errors }) => expectTypeOf([failed.id, errors?.[0]?.action]).toEqualTypeOf<(string | undefined)[]>(),
      onCompensateStepSuccess: ({ step: undone }) => expectTypeOf(undone.action).toEqualTypeOf<string>(),
      onFinish: ({ result, step: none }) => expectTypeOf([result, none]).toEqualTypeOf<unknown[]>(),
    },
  });
});

test("types that apps import have their names", () => {
  const workflow = createWorkflow("named", (input: { a: number }) => new WorkflowResponse(step({ x: input.a })));
  expectTypeOf<UnwrapWorkflowInputDataType<typeof workflow>>().toEqualTypeOf<{ a: number }>();
  expectTypeOf<WorkflowResult<string>["result"]>().toEqualTypeOf<string>();
  expectTypeOf<FlowRunOptions<{ a: number }>["input"]>().toEqualTypeOf<{ a: number } | undefined>();
  expectTypeOf<FlowCancelOptions["transactionId"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<ReturnType<ExportedWorkflow<string, number>["run"]>>().toEqualTypeOf<Promise<WorkflowResult<number>>>();
  expectTypeOf<WorkflowTransactionContext["invoke"][string]["output"]>().toEqualTypeOf<unknown>();
  expectTypeOf<() => Promise<void>>().toExtend<HookHandler>();
  expectTypeOf<ReturnType<StepFunctionResult<{ a: 1 }>>["a"]>().toEqualTypeOf<1>();
  const action: TransactionHandlerType = TransactionHandlerType.INVOKE;
  const states: [TransactionState, TransactionStepState, TransactionStepStatus] = [
    TransactionState.DONE,
    TransactionStepState.SKIPPED_FAILURE,
    TransactionStepStatus.WAITING,
  ];
  expectTypeOf(action).toExtend<"invoke" | "compensate">();
  expectTypeOf(states[0]).toExtend<string>();
});
