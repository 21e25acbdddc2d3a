import type { WorkflowExecution } from "@velella/workflows";
import type { CommandContext } from "../command-context";
import { count } from "../count";
import { moment } from "../measures";
import { runWithApp } from "../run-with-app";
import { tableLines } from "../table";

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
    // Whether a run is parked is no column to filter by.
    const parked = state.includes("parked");
    const filters = { workflow_id: workflow, ...(state.length > 0 && !parked && { state: [...state] }) };
    const found = await app.engine.listWorkflowExecutions(filters, { take: parked ? null : limit });
    const listed = parked ? found.filter((run) => state.includes(stateOf(run))).slice(0, limit) : found;
    if (context.json) return context.print(JSON.stringify(listed.map((run) => ({ ...summaryOf(run), parked: run.execution.parked }))));
    if (listed.length === 0) return context.print("No run of a workflow goes on or is kept.");
    const rows = listed
      .map(summaryOf)
      .map((run) => [run.state, run.workflow_id, run.transaction_id, `${run.steps}`, moment(run.created_at), moment(run.updated_at)]);
    for (const line of tableLines([["STATE", "WORKFLOW", "TRANSACTION", "STEPS", "BEGUN", "LAST CHANGE"], ...rows])) context.print(line);
    if (listed.length === limit) context.print(`These are the newest ${count(limit, "run")}; --limit shows more.`);
  });
}

/** `parked`, or the state that the engine gives. */
export function stateOf({ state, execution }: WorkflowExecution): string {
  return execution.parked === null ? state : "parked";
}

function summaryOf(run: WorkflowExecution) {
  const { id, workflow_id, transaction_id, created_at, updated_at } = run;
  return { id, workflow_id, transaction_id, state: stateOf(run), steps: run.execution.steps.length, created_at, updated_at };
}
