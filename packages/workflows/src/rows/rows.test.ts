import { afterAll, beforeAll, expect, test } from "vitest";
import { testEngines } from "../testing/test-engine";
import type { EventRow } from "./event-row";
import type { ExecutionRow } from "./execution-row";
import type { StepRow } from "./step-row";
import type { FireRow, TaskRow } from "./task-row";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

/** The columns of a row, by whether they may be null. */
type Columns<Row> = { [Name in keyof Row]: null extends Row[Name] ? "nullable" : "given" };

const given = "given";
const nullable = "nullable";

const executionColumns: Columns<ExecutionRow> = {
  ...{ id: given, workflow_id: given, transaction_id: given, run_id: given, state: given, plan_hash: given },
  ...{ input: nullable, context: nullable, result: nullable, errors: nullable },
  ...{ owner: nullable, epoch: given, wake_at: nullable, poked: given, deadline: nullable, cancelled: given },
  ...{ idempotent: given, watched: given, unclean: given, seen_steps: given, parked: nullable, rested_epoch: nullable, awaited: nullable },
  ...{ store: given, retention_seconds: nullable, keep_until: nullable },
  ...{ created_at: given, updated_at: given, finished_at: nullable },
};
const stepColumns: Columns<StepRow> = {
  ...{ execution_id: given, key: given, phase: given, status: given, output: nullable, compensate_input: nullable },
  ...{
    error: nullable,
    events: nullable,
    notes: nullable,
    attempts: given,
    uncounted: nullable,
    earlier: nullable,
    idempotency_key: given,
  },
  ...{ timeout_at: nullable, started_at: given, finished_at: given },
};
const eventColumns: Columns<EventRow> = {
  ...{ id: given, name: given, data: nullable, metadata: nullable, options: nullable, priority: given, max_attempts: nullable },
  ...{ deliver_at: given, created_at: given, routed_at: nullable, partition_key: nullable, position: nullable },
};
const taskColumns: Columns<TaskRow> = {
  ...{ id: given, kind: given, target: given, event_id: nullable, tick: nullable, state: given, priority: given, run_at: given },
  ...{ owner: nullable, attempts: given, max_attempts: given, error: nullable, created_at: given, partition_key: nullable },
  position: nullable,
};
const fireColumns: Columns<FireRow> = {
  ...{ job: given, tick: given, state: given, started_at: nullable, finished_at: nullable, error: nullable, attempts: given },
};

test.each([
  ["execution", executionColumns],
  ["step", stepColumns],
  ["event", eventColumns],
  ["task", taskColumns],
  ["fire", fireColumns],
])("what is said of the columns of velella_%s is said of all that it has", async (table, columns) => {
  const { rows } = await tests.connection.query<{ name: string; value: string }>(
    `select column_name as name, case is_nullable when 'YES' then 'nullable' else 'given' end as value
    from information_schema.columns where table_name = $1 and table_schema = current_schema()`,
    [`velella_${table}`],
  );
  expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toStrictEqual(columns);
});
