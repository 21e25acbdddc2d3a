import { suggestion } from "@velella/kernel";
import { engineErrors } from "../errors/engine-errors";

/** What the values of a column are. */
export type ColumnKind = "text" | "state" | "time" | "number";

/** What runs can be filtered and ordered by: the name outside, its SQL, and what its values are. */
export const executionColumns = {
  id: { sql: "id", kind: "text" },
  workflow_id: { sql: "workflow_id", kind: "text" },
  transaction_id: { sql: "transaction_id", kind: "text" },
  run_id: { sql: "run_id", kind: "text" },
  state: { sql: "state", kind: "state" },
  parked: { sql: "parked", kind: "text" },
  retention_time: { sql: "retention_seconds", kind: "number" },
  created_at: { sql: "created_at", kind: "time" },
  updated_at: { sql: "updated_at", kind: "time" },
  // A run that is removed is gone.
  deleted_at: { sql: "null::timestamptz", kind: "time" },
} as const satisfies Record<string, { sql: string; kind: ColumnKind }>;

/** What executions can be filtered and ordered by. */
export type ExecutionColumn = keyof typeof executionColumns;

/** @throws `engine.bad_filter` with the nearest name */
export function columnOf(name: string): { sql: string; kind: ColumnKind } {
  if (!Object.hasOwn(executionColumns, name)) throw engineErrors.badFilter(name, suggestion(name, Object.keys(executionColumns)));
  return executionColumns[name as ExecutionColumn];
}
