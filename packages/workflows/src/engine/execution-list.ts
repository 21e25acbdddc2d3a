import type { SqlConnection } from "@velella/kernel";
import type { StepFailure, TransactionState } from "../run/outcome";
import { visiblePayload } from "../store/payloads";
import type { Tables } from "../store/schema";
import { parse } from "../store/step-store";
import type { StepStore, TimelineStep } from "../store/step-store";
import { engineErrors } from "./errors";

/** A run as it is listed and shown. */
export interface WorkflowExecution {
  /** `wf_exec_…` */
  id: string;
  workflow_id: string;
  transaction_id: string;
  run_id: string;
  state: TransactionState;
  /** What the steps did, in the order in which they ended. */
  execution: { steps: TimelineStep[]; parked: string | null; epoch: number; owner: string | null };
  context: { data: { input: unknown; output: unknown }; errors: StepFailure[] };
  /** Seconds. */
  retention_time: number | null;
  created_at: Date;
  updated_at: Date;
  deleted_at: null;
}

type Column = "id" | "workflow_id" | "transaction_id" | "run_id" | "state" | "created_at" | "updated_at";
const columns: readonly Column[] = ["id", "workflow_id", "transaction_id", "run_id", "state", "created_at", "updated_at"];

/** Equality, a list of values, or none. */
export type ExecutionFilters = Partial<Record<Column, unknown>>;

export interface ExecutionListConfig {
  take?: number | null;
  skip?: number;
  order?: Partial<Record<Column, "ASC" | "DESC" | "asc" | "desc">>;
}

interface Row {
  id: string;
  workflow_id: string;
  transaction_id: string;
  run_id: string;
  state: TransactionState;
  input: string | null;
  result: string | null;
  errors: string | null;
  parked: string | null;
  owner: string | null;
  epoch: number;
  retention_seconds: number | null;
  created_at: Date;
  updated_at: Date;
}

/** Lists the runs that live or are kept. */
export class ExecutionList {
  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
    private readonly steps: StepStore,
  ) {}

  async list(filters: ExecutionFilters = {}, config: ExecutionListConfig = {}): Promise<WorkflowExecution[]> {
    const { condition, params } = where(filters);
    const order = Object.entries(config.order ?? { created_at: "DESC" }).map(
      ([key, direction]) => `${columnOf(key)} ${String(direction).toLowerCase() === "desc" ? "desc" : "asc"}`,
    );
    const { rows } = await this.connection.query<Row>(
      `select * from ${this.tables.execution} where ${condition} order by ${[...order, "id"].join(", ")}
      limit $${params.length + 1} offset $${params.length + 2}`,
      [...params, config.take ?? null, config.skip ?? 0],
    );
    const timelines = await this.steps.timeline(rows.map(({ id }) => id));
    return rows.map((row) => executionOf(row, timelines.get(row.id) ?? []));
  }

  async count(filters: ExecutionFilters = {}): Promise<number> {
    const { condition, params } = where(filters);
    const { rows } = await this.connection.query<{ count: number }>(
      `select count(*)::int as count from ${this.tables.execution} where ${condition}`,
      params,
    );
    return rows[0]?.count ?? 0;
  }

  async retrieve(id: string | { workflow_id: string; transaction_id: string }): Promise<WorkflowExecution> {
    const filters = typeof id === "string" ? { id } : { workflow_id: id.workflow_id, transaction_id: id.transaction_id };
    const [execution] = await this.list(filters, { take: 1 });
    if (!execution) throw engineErrors.noExecution(typeof id === "string" ? id : `${id.workflow_id}, ${id.transaction_id}`);
    return execution;
  }
}

function where(filters: ExecutionFilters): { condition: string; params: unknown[] } {
  const params: unknown[] = [];
  const conditions = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      params.push(value);
      return Array.isArray(value) ? `${columnOf(key)} = any($${params.length})` : `${columnOf(key)} = $${params.length}`;
    });
  return { condition: conditions.join(" and ") || "true", params };
}

function columnOf(key: string): Column {
  const column = columns.find((one) => one === key);
  if (!column) throw engineErrors.badFilter(key, columns.join(", "));
  return column;
}

function executionOf(row: Row, steps: TimelineStep[]): WorkflowExecution {
  const { id, workflow_id, transaction_id, run_id, state, parked, epoch, owner, created_at, updated_at } = row;
  return {
    id,
    workflow_id,
    transaction_id,
    run_id,
    state,
    execution: { steps, parked, epoch, owner },
    context: {
      data: { input: visiblePayload(row.input), output: visiblePayload(row.result) },
      errors: (parse(row.errors) ?? []) as StepFailure[],
    },
    retention_time: row.retention_seconds,
    created_at,
    updated_at,
    deleted_at: null,
  };
}
