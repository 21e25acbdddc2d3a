import type { TimelineStep, WorkflowExecution } from "@velella/workflows";
import type { CommandContext } from "../command-context";
import { findExecution, isUnderWay } from "../find-execution";
import type { ExecutionChoice } from "../find-execution";
import { duration, jsonSize, moment } from "../measures";
import { runWithApp } from "../run-with-app";
import { tableLines } from "../table";
import { stateOf } from "./workflows-list";

/** Prints a run: where it stands, what each step did, and what went wrong. */
export async function workflowsShow(context: CommandContext, choice: ExecutionChoice): Promise<void> {
  await runWithApp(context, "develop", async (app) => {
    const run = await findExecution(app, choice);
    if (context.json) return context.print(JSON.stringify(run));
    for (const line of [...head(run), "", ...timeline(run), ...failures(run)]) context.print(line);
  });
}

function head(run: WorkflowExecution): string[] {
  const { input, output } = run.context.data;
  const end = isUnderWay(run) ? new Date() : run.updated_at;
  const lines: [string, string | undefined][] = [
    ["workflow", run.workflow_id],
    ["transaction", run.transaction_id],
    ["run", run.id],
    ["state", stateOf(run)],
    ["because", run.execution.parked ?? undefined],
    ["begun", `${moment(run.created_at)} UTC, ${isUnderWay(run) ? "since" : "took"} ${duration(end.getTime() - run.created_at.getTime())}`],
    ["owner", run.execution.owner ?? undefined],
    ["input", jsonSize(input)],
    ["output", jsonSize(output)],
  ];
  return tableLines(lines.filter((line): line is [string, string] => line[1] !== undefined));
}

function timeline({ execution: { steps }, created_at }: WorkflowExecution): string[] {
  if (steps.length === 0) return ["No step is on record yet."];
  const rows = steps.map((step) => [
    `+${duration(step.started_at.getTime() - created_at.getTime())}`,
    step.phase === "compensate" ? `undo ${step.key}` : step.key,
    step.status,
    String(step.attempts),
    isEnded(step) ? duration(step.finished_at.getTime() - step.started_at.getTime()) : "",
    jsonSize(step.output),
    step.error?.message ?? "",
  ]);
  return tableLines([["AT", "STEP", "STATUS", "ATTEMPT", "TOOK", "OUTPUT", "ERROR"], ...rows]);
}

function isEnded({ status }: TimelineStep): boolean {
  return status === "done" || status === "failed" || status === "skipped";
}

function failures({ context: { errors } }: WorkflowExecution): string[] {
  if (errors.length === 0) return [];
  return [
    "",
    ...errors.map(
      ({ action, handlerType, error }) => `${handlerType === "compensate" ? "Undoing " : ""}${action} failed: ${error.message}`,
    ),
  ];
}
