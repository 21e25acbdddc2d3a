import { suggestion } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import type { ExecutionRow, TransactionState } from "../rows/execution-row";
import type { StepFailure } from "../run/outcome";
import { shown } from "../shown";
import { visiblePayload } from "../store/payloads";
import type { Tables } from "../store/schema";
import { parse } from "../store/step-store";
import { engineErrors } from "../errors/engine-errors";
import { columnOf } from "./execution-columns";
import type { ExecutionColumn } from "./execution-columns";
import { filterSql } from "./execution-filters";
import type { ExecutionFilters, FilterSql } from "./execution-filters";
import { fieldTree, hasField, pickFields, unknownField } from "./picked-fields";
import type { FieldTree, KnownFields } from "./picked-fields";
import { planVersion } from "./plan-version";
import { checkOptions, count, nullable, texts } from "../options/option-checks";
import type { OptionCheck, OptionChecks } from "../options/option-checks";
import { inputsOf } from "./step-inputs";
import { readTimelines } from "./timeline";
import type { Timeline, TimelineStep } from "./timeline";

/** A run as it is listed and shown. */
export interface WorkflowExecution {
  /** `wf_exec_…` */
  id: string;
  workflow_id: string;
  transaction_id: string;
  run_id: string;
  state: TransactionState;
  /** What is on record of the run; `parked` is the reason why it was put aside, `owner` the instance that has it. */
  execution: Timeline & { parked: string | null; epoch: number; owner: string | null };
  context: { data: { input: unknown; output: unknown }; errors: StepFailure[] };
  /** Seconds. */
  retention_time: number | null;
  created_at: Date;
  updated_at: Date;
  deleted_at: null;
}

/** Which part of the runs is read, how many of them, and in which order. */
export interface ExecutionListConfig {
  /**
   * The properties to give, such as `["id", "state", "execution.steps.key"]`; all by default. What is left out is not read:
   * without `execution` no steps, without `context` neither input nor output.
   */
  select?: readonly string[] | undefined;
  /** Runs at most; all by default, and for null. */
  take?: number | null | undefined;
  /** Runs to leave out at the beginning; none by default. */
  skip?: number | null | undefined;
  /** By default the newest come first. */
  order?: { [Name in ExecutionColumn]?: "ASC" | "DESC" | "asc" | "desc" | undefined } | undefined;
  /** Runs have no relations: none may be named. */
  relations?: readonly string[] | undefined;
  /** Accepted, and without effect: a run that is removed is gone. */
  withDeleted?: boolean | undefined;
}

/** Which part of one run is read. */
export type ExecutionRetrieveConfig = Pick<ExecutionListConfig, "select" | "relations" | "withDeleted">;

const listErrors = {
  badOption: (_what: string, option: string, expected: string, got: string) =>
    engineErrors.badListConfig(`has ${option}: ${got}`, `Give ${expected}.`),
  unknownOption: (_what: string, option: string, known: readonly string[]) =>
    engineErrors.badListConfig(`has no option "${option}"`, suggestion(option, known)),
};

const fieldNames: OptionCheck = { ...texts, expected: "a list of names" };
const configChecks: OptionChecks<ExecutionListConfig> = {
  select: nullable(fieldNames),
  take: nullable(count),
  skip: nullable(count),
  // Its columns and directions are looked at where they are written as SQL.
  order: { expected: 'an object, such as { created_at: "ASC" }', holds: (value) => typeof value === "object" },
  relations: nullable(fieldNames),
  withDeleted: { expected: "true or false", holds: () => true },
};
const stepFields: Readonly<Record<keyof TimelineStep, true>> = {
  key: true,
  phase: true,
  status: true,
  attempts: true,
  earlier_attempts: true,
  earlier_attempts_left_out: true,
  input: true,
  output: true,
  error: true,
  idempotency_key: true,
  started_at: true,
  finished_at: true,
};
const fields = {
  id: true,
  workflow_id: true,
  transaction_id: true,
  run_id: true,
  state: true,
  execution: { steps: stepFields, values: true, parked: true, epoch: true, owner: true },
  context: { data: { input: true, output: true }, errors: true },
  retention_time: true,
  created_at: true,
  updated_at: true,
  deleted_at: true,
} satisfies Record<keyof WorkflowExecution, true | KnownFields>;

const always = [
  ...(["id", "workflow_id", "transaction_id", "run_id", "state", "plan_hash", "parked", "owner", "epoch"] as const),
  ...(["retention_seconds", "created_at", "updated_at"] as const),
];

type Row = Pick<ExecutionRow, (typeof always)[number]> & Partial<Pick<ExecutionRow, "input" | "result" | "errors">>;

/** Lists the runs that live or are kept. */
export class ExecutionList {
  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
    private readonly registry: WorkflowRegistry,
  ) {}

  /** @throws `engine.bad_filter`, `engine.bad_filter_value`, `engine.unknown_operator`, `engine.bad_list_config` */
  async list(filters?: ExecutionFilters, config: ExecutionListConfig = {}): Promise<WorkflowExecution[]> {
    const filter = filterSql(filters);
    const { condition, params } = filter;
    const { select, order, take, skip } = checkedConfig(config);
    const wanted = fieldTree(select);
    // The input of a step is made of the run's.
    const input = hasField(wanted, "context", "data") || hasField(wanted, "execution", "steps", "input");
    const columns = [
      ...always,
      ...(input ? ["input"] : []),
      ...(hasField(wanted, "context", "data") ? ["result"] : []),
      ...(hasField(wanted, "context", "errors") ? ["errors"] : []),
    ];
    const rows = await this.read<Row>(
      filter,
      `select ${columns.join(", ")} from ${this.tables.execution} where ${condition} order by ${[...order, "id"].join(", ")}
      limit $${params.length + 1}::bigint offset $${params.length + 2}::bigint`,
      [...params, take, skip],
    );
    const execution = wanted === true ? true : wanted.get("execution");
    const needsTimeline = execution !== undefined && (hasField(execution, "steps") || hasField(execution, "values"));
    const timelines = needsTimeline && rows.length ? await this.timelines(rows, execution) : new Map<string, Timeline>();
    return rows.map((row) => pickFields(executionOf(row, timelines.get(row.id)), wanted) as WorkflowExecution);
  }

  async count(filters?: ExecutionFilters): Promise<number> {
    const filter = filterSql(filters);
    const [row] = await this.read<{ count: number }>(
      filter,
      `select count(*)::int as count from ${this.tables.execution} where ${filter.condition}`,
      filter.params,
    );
    return row?.count ?? 0;
  }

  /** @throws `engine.bad_filter_value` for a regular expression that PostgreSQL cannot read */
  private async read<T>({ expressions }: FilterSql, text: string, params: unknown[]): Promise<T[]> {
    try {
      return (await this.connection.query<T>(text, params)).rows;
    } catch (error) {
      if (!isBadExpression(error)) throw error;
      for (const { place, pattern } of expressions) {
        const { issue } = await this.connection.query("select '' ~ $1::text", [pattern]).then(
          () => ({ issue: undefined }),
          (refusal: unknown) => ({ issue: isBadExpression(refusal) ? refusal.message : undefined }),
        );
        if (issue !== undefined) throw engineErrors.badFilterValue(place, `a regular expression of PostgreSQL (${issue})`, shown(pattern));
      }
      throw error;
    }
  }

  /** The run with an id; of those of a workflow and transaction the newest. */
  async retrieve(
    id: string | { workflow_id: string; transaction_id: string },
    { select, relations, withDeleted }: ExecutionRetrieveConfig = {},
  ): Promise<WorkflowExecution> {
    const filters = typeof id === "string" ? { id } : { workflow_id: id?.workflow_id, transaction_id: id?.transaction_id };
    const wrong = Object.entries(filters).find(([, value]) => typeof value !== "string");
    if (wrong) throw engineErrors.noExecutionId(id === null || typeof id !== "object" ? String(id) : `${wrong[0]}: ${String(wrong[1])}`);
    const [execution] = await this.list(filters, { select, relations, withDeleted, take: 1 });
    if (!execution) throw engineErrors.noExecution(typeof id === "string" ? id : `${id.workflow_id}, ${id.transaction_id}`);
    return execution;
  }

  private async timelines(rows: readonly Row[], wanted: FieldTree): Promise<Map<string, Timeline>> {
    const ids = rows.map(({ id }) => id);
    const timelines = await readTimelines(this.connection, this.tables, ids, wanted);
    if (!hasField(wanted, "steps", "input")) return timelines;
    for (const { id, workflow_id, plan_hash, input = null } of rows) {
      const plan = this.registry.get(workflow_id);
      const timeline = timelines.get(id);
      // Another version of the workflow may have given its steps something else.
      if (!plan || !timeline || planVersion(plan) !== plan_hash) continue;
      const inputs = inputsOf(plan, visiblePayload(input), timeline);
      for (const step of timeline.steps) if (step.phase === "invoke" && inputs.has(step.key)) step.input = inputs.get(step.key);
    }
    return timelines;
  }
}

function checkedConfig(config: ExecutionListConfig): {
  select: readonly string[] | undefined;
  order: string[];
  take: number | null;
  skip: number;
} {
  if (typeof config !== "object" || config === null) throw engineErrors.badListConfig(`is ${shown(config)}`, "Give an object.");
  checkOptions("The config of a list of executions", config, configChecks, listErrors);
  const { select, take, skip, relations } = config;
  if (relations?.length) throw engineErrors.badListConfig(`has relations: ${shown(relations)}`, "An execution has none.");
  for (const path of select ?? []) {
    const unknown = unknownField(path, fields);
    if (unknown) throw engineErrors.badListConfig(`selects "${path}"`, suggestion(unknown.name, unknown.known));
  }
  return { select, order: orderOf(config.order), take: take ?? null, skip: skip ?? 0 };
}

const isBadExpression = (error: unknown): error is Error => (error as { code?: unknown } | null)?.code === "2201B";

function orderOf(order: ExecutionListConfig["order"]): string[] {
  const entries = Object.entries(order ?? {}).filter(([, direction]) => direction !== undefined);
  return (entries.length ? entries : [["created_at", "DESC"] as const]).map(([name, direction]) => {
    const { sql } = columnOf(name);
    const lower = String(direction).toLowerCase();
    if (lower !== "asc" && lower !== "desc")
      throw engineErrors.badListConfig(`orders "${name}" by ${shown(direction)}`, `Give "ASC" or "DESC".`);
    return `${sql} ${lower}`;
  });
}

function executionOf(row: Row, timeline: Timeline | undefined): WorkflowExecution {
  const { id, workflow_id, transaction_id, run_id, state, parked, epoch, owner, created_at, updated_at } = row;
  return {
    id,
    workflow_id,
    transaction_id,
    run_id,
    state,
    execution: { steps: timeline?.steps ?? [], values: timeline?.values ?? {}, parked, epoch, owner },
    context: {
      data: { input: visiblePayload(row.input ?? null), output: visiblePayload(row.result ?? null) },
      errors: (parse(row.errors ?? null) ?? []) as StepFailure[],
    },
    retention_time: row.retention_seconds,
    created_at,
    updated_at,
    deleted_at: null,
  };
}
