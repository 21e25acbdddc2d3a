import { suggestion } from "@velella/kernel";
import type { StepOptions } from "../options/step-options";
import type { WorkflowPlan } from "../plan/plan";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import type { Phase, StepStatus } from "../rows/step-row";
import type { StepAddress } from "../run/workflow-runner";
import type { ExecutionSteering, StandingRun, StandingStep } from "../store/execution-steering";
import { nestedSteps, stepKeyOf } from "./step-address";

/** What a step is there for: an answer, or another attempt. */
export type AwaitedState = Extract<StepStatus, "waiting" | "retrying">;

/** What was asked of a step that is not there for it. */
export interface RefusedStep extends StepAddress {
  action: Phase;
  state: AwaitedState;
}

/** Which steps may ever be there for something, and how a step comes to be one. */
interface Kind {
  never: string;
  others: string;
  holds(options: StepOptions): unknown;
}

const answered: Kind = {
  never: `never waits for an answer: that takes "async: true"`,
  others: "Steps of it that wait",
  holds: ({ async, backgroundExecution }) => async && !backgroundExecution,
};
const undone: Kind = {
  never: `never waits for an answer: that takes "compensateAsync: true"`,
  others: "Steps whose compensation does",
  holds: ({ compensateAsync }) => compensateAsync,
};
const retried: Kind = {
  never: `never waits for another attempt: that takes "maxRetries" and either "retryInterval" or "autoRetry: false"`,
  others: "Steps that do",
  holds: ({ maxRetries, retryInterval, autoRetry }) => maxRetries && (retryInterval !== undefined || autoRetry === false),
};

/** Says why a step is not there for what was asked of it: names that are wrong, or where its run stands. */
export async function whyRefused(step: RefusedStep, registry: WorkflowRegistry, executions: ExecutionSteering): Promise<string> {
  const { workflowId, transactionId, stepId, action, state } = step;
  const plan = registry.get(workflowId);
  const key = stepKeyOf(plan, stepId);
  const nested = nestedSteps(registry, workflowId, stepId);
  const run = await executions.standing(transactionId, [workflowId, ...nested.map((one) => one.workflowId)]);
  if (!plan && !run)
    return `No workflow "${workflowId}" is known here. ${suggestion(
      workflowId,
      registry.list().map(({ id }) => id),
    )}`;
  const mistake = plan && mistakeIn(plan, key, step);
  if (mistake) return mistake;
  if (!run) {
    return `No run of workflow "${workflowId}" with transaction id "${transactionId}" lives or is kept: it has ended, or its id is another one.`;
  }
  const keys = [key, ...nested.map((one) => one.key)];
  const waiting = run.steps.filter(({ status }) => status === "waiting").map((one) => one.key);
  const others = state === "waiting" && waiting.length === 0 ? "" : listed(" What waits for an answer", waiting);
  return (
    whereItStands(
      run,
      run.steps.find((one) => keys.includes(one.key) && one.phase === action),
      step,
    ) + others
  );
}

/** What the code says: whether there is such a step, and whether it can be there for this at all. */
function mistakeIn(plan: WorkflowPlan, key: string, { stepId, action, state }: RefusedStep): string | undefined {
  const kind = state === "retrying" ? retried : action === "invoke" ? answered : undone;
  const others = listed(
    kind.others,
    [...plan.steps].flatMap(([name, { options }]) => (kind.holds(options) ? [name] : [])),
  );
  const step = plan.steps.get(key);
  if (!step) return `Workflow "${plan.id}" has no step "${stepId}". ${others || suggestion(stepId, plan.steps.keys())}`;
  if (kind.holds(step.options)) return undefined;
  return `${action === "compensate" ? "The compensation of step" : "Step"} "${stepId}" ${kind.never}. ${others}`.trimEnd();
}

/** What the record says. */
function whereItStands(run: StandingRun, step: StandingStep | undefined, { action }: RefusedStep): string {
  if (run.hasEnded) return `The run has ended, and is ${run.state}.`;
  if (run.parked !== null) return `The run is parked. ${run.parked}`;
  switch (step?.status) {
    case "done":
      return "The step is done.";
    case "skipped":
      return "The step was skipped.";
    case "failed":
      return "The step has failed: by an answer, or because its time was over, or in its function.";
    case "starting":
      return "The function of the step is at work.";
    case "waiting":
      return "The step waits for an answer.";
    case "retrying":
      return "The step waits for another attempt.";
  }
  if (action === "compensate")
    return run.state === "compensating" ? "The run has not come to undo it yet." : "The run is not being undone.";
  return run.state === "compensating" ? "The run is being undone." : "The run has not come to it yet.";
}

const listed = (what: string, names: readonly string[]): string => (names.length ? `${what}: ${names.join(", ")}.` : "");
