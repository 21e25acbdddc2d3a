import type { ExecutionFilters, TransactionState, WorkflowExecution } from "@velella/workflows";
import type { CommandContext } from "../command-context";
import { count } from "../count";
import { moment } from "../measures";
import { runWithApp } from "../run-with-app";
import { tableLines } from "../table";

/** Which runs are listed: those that are all of what is said here. */
export interface WorkflowsListOptions {
  /** Only runs of this workflow. */
  workflow?: string;
  /** Only runs in one of these states; `parked` counts as one. */
  state?: readonly string[];
  /** At most so many. */
  limit: number;
}

/** Lists runs of workflows, the newest first: those that go on, and those that are kept. */
export async function workflowsList(context: CommandContext, { workflow, state = [], limit }: WorkflowsListOptions): Promise<void> {
  await runWithApp(context, "develop", async (app) => {
    const listed = await app.engine.listWorkflowExecutions({ workflow_id: workflow, ...inStates(state) }, { take: limit, select: summary });
    if (context.json) return context.print(JSON.stringify(listed.map((run) => ({ ...summaryOf(run), parked: run.execution.parked }))));
    if (listed.length === 0) return context.print("No run of a workflow goes on or is kept.");
    const rows = listed
      .map(summaryOf)
      .map((run) => [run.state, run.workflow_id, run.transaction_id, `${run.steps}`, moment(run.created_at), moment(run.updated_at)]);
    for (const line of tableLines([["STATE", "WORKFLOW", "TRANSACTION", "STEPS", "BEGUN", "LAST CHANGE"], ...rows])) context.print(line);
    if (listed.length === limit) context.print(`These are the newest ${count(limit, "run")}; --limit shows more.`);
  });
}

const summary = ["id", "workflow_id", "transaction_id", "state", "execution.parked", "execution.steps.key", "created_at", "updated_at"];

/** A run that is parked is in no other state. */
function inStates(states: readonly string[]): ExecutionFilters {
  if (states.length === 0) return {};
  const others = states.filter((state) => state !== "parked") as TransactionState[];
  const isParked: ExecutionFilters[] = states.includes("parked") ? [{ parked: { $exists: true } }] : [];
  return { $or: [...isParked, { state: others, parked: null }] };
}

/** `parked`, or the state that the engine gives. */
export function stateOf({ state, execution }: WorkflowExecution): string {
  return execution.parked === null ? state : "parked";
}

function summaryOf(run: WorkflowExecution) {
  const { id, workflow_id, transaction_id, created_at, updated_at } = run;
  return { id, workflow_id, transaction_id, state: stateOf(run), steps: run.execution.steps.length, created_at, updated_at };
}
