import type { SqlConnection } from "@velella/kernel";
import type { Phase, StepRow, StepStatus } from "../rows/step-row";
import type { EarlierAttempt, EarlierAttempts } from "../run/earlier-attempts";
import type { ErrorCopy } from "../run/error-copy";
import { isBegunKey } from "../run/nested-time";
import { visiblePayload, visibleValue } from "../store/payloads";
import type { Tables } from "../store/schema";
import { notesKey, parse } from "../store/step-store";
import { hasField } from "./picked-fields";
import type { FieldTree } from "./picked-fields";

/** An attempt of a step that failed and was followed by another one. */
export interface TimelineAttempt {
  /** 1 for the first. */
  attempt: number;
  started_at: Date;
  finished_at: Date;
  /** Nothing of the step's secret parts stands in it; a message of more than 1000 characters is cut. */
  error: Pick<ErrorCopy, "name" | "message">;
}

/** A step as the timeline of an execution shows it. */
export interface TimelineStep {
  key: string;
  phase: Phase;
  status: StepStatus;
  /** Which attempt this is, 1 for the first; the times and the error are those of this attempt. */
  attempts: number;
  /** The attempts that failed before this one, in their order; absent where there are none. Of more than ten, the first three and the last seven. */
  earlier_attempts?: TimelineAttempt[];
  /** How many attempts are left out of `earlier_attempts`; absent where none is. */
  earlier_attempts_left_out?: number;
  /** What it was given; absent where that is not known, as when the code has another version of the workflow. */
  input?: unknown;
  output?: unknown;
  error?: ErrorCopy;
  idempotency_key: string;
  started_at: Date;
  finished_at: Date;
}

/** What is on record of a run, for people. */
export interface Timeline {
  /** In the order in which they ended. */
  steps: TimelineStep[];
  /** What pure steps, transforms and conditions yielded, by what the journal calls them. */
  values: Record<string, unknown>;
}

const always = ["execution_id", "key", "phase", "status", "attempts", "idempotency_key", "started_at", "finished_at"] as const;

type Row = Pick<StepRow, (typeof always)[number]> & Partial<Pick<StepRow, "output" | "error" | "earlier" | "notes">>;

/** Reads the timelines of runs: no more of them than is wanted, since outputs may be large. */
export async function readTimelines(
  connection: SqlConnection,
  { step }: Tables,
  executionIds: readonly string[],
  wanted: FieldTree,
): Promise<Map<string, Timeline>> {
  // The input of a step is made of the outputs and values before it.
  const inputs = hasField(wanted, "steps", "input");
  const columns = [
    ...always,
    ...(inputs || hasField(wanted, "steps", "output") ? ["output"] : []),
    ...(hasField(wanted, "steps", "error") ? ["error"] : []),
    ...(hasField(wanted, "steps", "earlier_attempts") || hasField(wanted, "steps", "earlier_attempts_left_out") ? ["earlier"] : []),
    ...(inputs || hasField(wanted, "values") ? ["notes"] : []),
  ];
  const { rows } = await connection.query<Row>(
    `select ${columns.join(", ")} from ${step} where execution_id = any($1) order by finished_at, started_at`,
    [executionIds],
  );
  const timelines = new Map<string, Timeline>(executionIds.map((id) => [id, { steps: [], values: {} }]));
  for (const row of rows) {
    const timeline = timelines.get(row.execution_id);
    if (!timeline) continue;
    if (row.key !== notesKey) timeline.steps.push(stepOf(row));
    for (const [key, note] of Object.entries((parse(row.notes ?? null) ?? {}) as Record<string, { value?: unknown }>))
      if (!isBegunKey(key)) timeline.values[key] = visibleValue(note.value);
  }
  return timelines;
}

function stepOf({
  key,
  phase,
  status,
  attempts,
  output = null,
  error = null,
  earlier = null,
  idempotency_key,
  started_at,
  finished_at,
}: Row): TimelineStep {
  const step: TimelineStep = { key, phase, status, attempts, idempotency_key, started_at, finished_at };
  if (output !== null) step.output = visiblePayload(output);
  if (error !== null) step.error = parse(error) as ErrorCopy;
  const before = parse(earlier) as EarlierAttempts | undefined;
  if (before) step.earlier_attempts = before.attempts.map(attemptOf);
  if (before?.left_out) step.earlier_attempts_left_out = before.left_out;
  return step;
}

const attemptOf = ({ started_at, finished_at, ...attempt }: EarlierAttempt): TimelineAttempt => ({
  ...attempt,
  started_at: new Date(started_at),
  finished_at: new Date(finished_at),
});
