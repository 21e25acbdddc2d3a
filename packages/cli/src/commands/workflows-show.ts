import type { TimelineStep, WorkflowExecution } from "@velella/workflows";
import type { CommandContext } from "../command-context";
import { count } from "../count";
import { findExecution, isUnderWay } from "../find-execution";
import type { ExecutionChoice } from "../find-execution";
import { duration, jsonSize, moment } from "../measures";
import { runWithApp } from "../run-with-app";
import { tableLines } from "../table";
import { stateOf } from "./workflows-list";

/** Characters of a computed value that are printed. */
const longestValue = 60;

/** Prints a run: where it stands, what each step did, and what went wrong. */
export async function workflowsShow(context: CommandContext, choice: ExecutionChoice): Promise<void> {
  await runWithApp(context, "develop", async (app) => {
    const run = await app.engine.retrieveWorkflowExecution((await findExecution(app, choice)).id);
    if (context.json) return context.print(JSON.stringify(run));
    for (const line of [...head(run), "", ...timeline(run), ...values(run), ...failures(run)]) context.print(line);
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
  const rows = steps.flatMap((step) => [
    ...earlierAttempts(step, created_at),
    [
      since(created_at, step.started_at),
      nameOf(step),
      step.status,
      String(step.attempts),
      isEnded(step) ? duration(step.finished_at.getTime() - step.started_at.getTime()) : "",
      jsonSize(step.input),
      jsonSize(step.output),
      step.error?.message ?? "",
    ],
  ]);
  return tableLines([["AT", "STEP", "STATUS", "ATTEMPT", "TOOK", "INPUT", "OUTPUT", "ERROR"], ...rows]);
}

/** A line for each attempt before the one that is on record, and one for those that are left out. */
function earlierAttempts(step: TimelineStep, begun: Date): string[][] {
  const { earlier_attempts: attempts = [], earlier_attempts_left_out: leftOut = 0 } = step;
  const rows = attempts.map(({ attempt, started_at, finished_at, error }) => {
    const took = duration(Math.max(0, finished_at.getTime() - started_at.getTime()));
    return [since(begun, started_at), nameOf(step), "tried again", String(attempt), took, "-", "-", error.message];
  });
  const gap = attempts.findIndex(({ attempt }, i) => attempt > i + 1);
  if (leftOut && gap > 0)
    rows.splice(gap, 0, ["", nameOf(step), "tried again", "…", "", "-", "-", `${count(leftOut, "attempt")} left out`]);
  return rows;
}

const nameOf = ({ key, phase }: TimelineStep): string => (phase === "compensate" ? `undo ${key}` : key);

/** An attempt tells its time by the clock of its process, which may be behind the database's. */
const since = (begun: Date, moment: Date): string => `+${duration(Math.max(0, moment.getTime() - begun.getTime()))}`;

/** What pure steps, transforms and conditions yielded. */
function values({ execution }: WorkflowExecution): string[] {
  const entries = Object.entries(execution.values);
  if (entries.length === 0) return [];
  return ["", ...tableLines([["COMPUTED", "VALUE"], ...entries.map(([key, value]) => [key, excerpt(value)])])];
}

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > longestValue ? `${text.slice(0, longestValue)}… (${jsonSize(value)})` : text;
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
