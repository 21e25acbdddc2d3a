import type { EventMessage, SqlConnection } from "@velella/kernel";
import type { StepFailure, TransactionState } from "../run/outcome";
import { eventRow } from "../tasks/event-store";
import type { EventRow } from "../tasks/event-store";
import { Batcher } from "./batcher";
import { finishStatement, startStatement } from "./execution-statements";
import type { Payloads } from "./payloads";
import type { Tables } from "./schema";
import { parse, stringify } from "./step-store";

/** A run that is to be journalled. */
export interface NewExecution {
  id: string;
  workflowId: string;
  transactionId: string;
  runId: string;
  planHash: string;
  /** As the journal keeps it. */
  input: string | null;
  context: Record<string, unknown>;
  /** Seconds from now. */
  deadline: number | undefined;
  idempotent: boolean;
  store: boolean;
  retentionSeconds: number | undefined;
}

/** A run that this instance has claimed. */
export interface ClaimedExecution {
  id: string;
  workflowId: string;
  transactionId: string;
  runId: string;
  planHash: string;
  state: TransactionState;
  /** As the journal keeps it. */
  input: string | null;
  context: Record<string, unknown>;
  errors: StepFailure[];
  epoch: number;
  cancelled: boolean;
  store: boolean;
  retentionSeconds: number | undefined;
  /** Seconds that are left of the workflow's timeout. */
  deadline: number | undefined;
  /** How often its owner died in a row without getting further. */
  unclean: number;
}

interface ExecutionRow {
  id: string;
  workflow_id: string;
  transaction_id: string;
  run_id: string;
  plan_hash: string;
  state: TransactionState;
  input: string | null;
  context: string | null;
  result: string | null;
  errors: string | null;
  epoch: number;
  cancelled: boolean;
  store: boolean;
  retention_seconds: number | null;
  left: number | null;
  unclean: number;
}

/** A run as others see it. */
export interface ExecutionStatus {
  id: string;
  runId: string;
  owner: string | null;
  state: TransactionState;
  result: unknown;
  errors: StepFailure[];
  parked: string | null;
  /** Waits for an answer or a later time. */
  asleep: boolean;
}

/** The end of a run, with the events that it releases. */
interface Ending {
  id: string;
  epoch: number;
  outcome: { state: TransactionState; result: string | null; errors: readonly StepFailure[] };
  events: EventRow[];
}

/** Reads and writes the rows of executions. */
export class ExecutionStore {
  private readonly startStatement: string;
  private readonly finishStatement: string;
  private readonly starts = new Batcher((executions: NewExecution[]) => this.writeStarts(executions));
  private readonly ends = new Batcher((endings: Ending[]) => this.writeEnds(endings));

  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
    private readonly owner: string,
    private readonly payloads: Payloads,
  ) {
    this.startStatement = startStatement(tables);
    this.finishStatement = finishStatement(tables);
  }

  /** Inserts a run, owned by this instance; false when one with this transaction id is there already. */
  start(execution: NewExecution): Promise<boolean> {
    return this.starts.add(execution);
  }

  private async writeStarts(executions: NewExecution[]): Promise<boolean[]> {
    const column = <T>(value: (execution: NewExecution) => T) => executions.map(value);
    const { rows } = await this.connection.query<{ id: string }>(
      this.startStatement,
      [
        this.owner,
        column((e) => e.id),
        column((e) => e.workflowId),
        column((e) => e.transactionId),
        column((e) => e.runId),
        column((e) => e.planHash),
        column((e) => e.input),
        column((e) => stringify(e.context)),
        column((e) => e.deadline ?? null),
        column((e) => e.idempotent),
        column((e) => e.store),
        column((e) => e.retentionSeconds ?? null),
      ],
      this.tables.statement("start"),
    );
    const inserted = new Set(rows.map(({ id }) => id));
    return executions.map(({ id }) => inserted.has(id));
  }

  /**
   * Takes up runs that are due and whose workflow is known here.
   *
   * @param suspects Whether to take runs whose owners died repeatedly, instead of all others.
   */
  async claim(workflowIds: readonly string[], limit: number, suspects: boolean): Promise<ClaimedExecution[]> {
    const { rows } = await this.connection.query<ExecutionRow>(
      `update ${this.tables.execution} e set owner = $1, epoch = e.epoch + 1, wake_at = null, poked = false, updated_at = now()
      where e.id in (
        select id from ${this.tables.execution}
        where owner is null and finished_at is null and parked is null and wake_at <= now() and workflow_id = any($2)
          and ${suspects ? "unclean >= 2" : "unclean < 2"}
        order by wake_at limit $3 for update skip locked
      )
      returning e.*, extract(epoch from e.deadline - now())::float8 as left`,
      [this.owner, workflowIds, limit],
      suspects ? this.tables.statement("claim_suspects") : this.tables.statement("claim"),
    );
    return rows.map(claimedOf);
  }

  /** Gives a run back until its time, or until someone answers or cancels it. */
  async suspend(id: string, epoch: number, seconds: number | undefined): Promise<void> {
    await this.connection.query(
      `update ${this.tables.execution} set owner = null, poked = false, updated_at = now(),
        wake_at = case when poked or cancelled then now() else least(now() + $4::float8 * interval '1 second', deadline) end
      where id = $1 and epoch = $2 and owner = $3`,
      [id, epoch, this.owner, seconds ?? null],
      this.tables.statement("suspend"),
    );
  }

  /** Puts a run aside, with the reason, until someone sets it free. */
  async park(id: string, epoch: number, reason: string): Promise<void> {
    await this.connection.query(
      `update ${this.tables.execution} set owner = null, parked = $4, updated_at = now() where id = $1 and epoch = $2 and owner = $3`,
      [id, epoch, this.owner, reason],
    );
  }

  /** Records that a run turned round. False: it belongs to someone else. */
  async turn(id: string, epoch: number, errors: readonly StepFailure[]): Promise<boolean> {
    const { rowCount } = await this.connection.query(
      `update ${this.tables.execution} set state = 'compensating', errors = $4, updated_at = now() where id = $1 and epoch = $2 and owner = $3`,
      [id, epoch, this.owner, stringify(errors)],
      this.tables.statement("turn"),
    );
    return rowCount === 1;
  }

  /**
   * Ends a run and releases its events, in one statement. The row goes unless it is to be kept. False: the run belongs
   * to someone else, or was changed at this very moment.
   */
  finish(id: string, epoch: number, outcome: Ending["outcome"], events: EventMessage[]): Promise<boolean> {
    return this.ends.add({ id, epoch, outcome, events: events.map((event) => ({ ...eventRow(event), execution_id: id })) });
  }

  private async writeEnds(endings: Ending[]): Promise<boolean[]> {
    const column = <T>(value: (ending: Ending) => T) => endings.map(value);
    const { rows } = await this.connection.query<{ id: string }>(
      this.finishStatement,
      [
        this.owner,
        column((e) => e.id),
        column((e) => e.epoch),
        column((e) => e.outcome.state),
        column((e) => e.outcome.result),
        column((e) => stringify(e.outcome.errors)),
        // What could not be undone stays until a person has seen it.
        column((e) => e.outcome.state === "failed"),
        JSON.stringify(endings.flatMap(({ events }) => events)),
      ],
      this.tables.statement("finish"),
    );
    const ended = new Set(rows.map(({ id }) => id));
    return endings.map(({ id }) => ended.has(id));
  }

  /** The run with this transaction id: the live one, or the one that ended last. */
  async find(workflowId: string, transactionId: string): Promise<ExecutionStatus | undefined> {
    return this.findWhere(
      `workflow_id = $1 and transaction_id = $2 order by finished_at desc nulls first limit 1`,
      [workflowId, transactionId],
      this.tables.statement("find"),
    );
  }

  async findById(id: string): Promise<ExecutionStatus | undefined> {
    return this.findWhere(`id = $1`, [id], this.tables.statement("find_by_id"));
  }

  private async findWhere(condition: string, params: unknown[], name: string): Promise<ExecutionStatus | undefined> {
    const { rows } = await this.connection.query<ExecutionRow & { owner: string | null; parked: string | null; asleep: boolean }>(
      `select id, run_id, owner, state, result, errors, parked,
        finished_at is null and owner is null and (wake_at is null or wake_at > now() + interval '1 second') as asleep from ${this.tables.execution} where ${condition}`,
      params,
      name,
    );
    const row = rows[0];
    if (!row) return undefined;
    const { id, run_id: runId, owner, state, parked, asleep } = row;
    return {
      id,
      runId,
      owner,
      state,
      parked,
      asleep,
      result: this.payloads.unpack(row.result),
      errors: (parse(row.errors) ?? []) as StepFailure[],
    };
  }

  /** Asks that the row outlives its end for a minute, for those who wait for it elsewhere. */
  async watch(id: string): Promise<void> {
    await this.connection.query(
      `update ${this.tables.execution} set watched = true where id = $1 and not watched`,
      [id],
      this.tables.statement("watch"),
    );
  }

  /** Has a run undone: one that goes on, or one that is kept. Returns its id, or undefined when there is none. */
  async cancel(workflowId: string, transactionId: string): Promise<string | undefined> {
    const { rows } = await this.connection.query<{ id: string }>(
      `update ${this.tables.execution} e set cancelled = true, poked = owner is not null, parked = null, finished_at = null, keep_until = null,
        state = case when state = 'done' then 'invoking' else state end,
        wake_at = case when owner is null then now() end, updated_at = now()
      where e.id = (
        select id from ${this.tables.execution}
        where workflow_id = $1 and transaction_id = $2 and (finished_at is null or state = 'done')
        order by finished_at desc nulls first limit 1
      ) returning id`,
      [workflowId, transactionId],
    );
    return rows[0]?.id;
  }

  /**
   * Sets a run going again: one that was parked, or one whose compensation failed, from there. Returns its id, or
   * undefined when there is none.
   */
  async retry(workflowId: string, transactionId: string): Promise<string | undefined> {
    const { rows } = await this.connection.query<{ id: string }>(
      `with stuck as (
        update ${this.tables.execution} e set parked = null, unclean = 0, wake_at = now(), updated_at = now(), finished_at = null,
          state = case when state = 'failed' then 'compensating' else state end
        where workflow_id = $1 and transaction_id = $2 and (parked is not null or state = 'failed') and owner is null returning id
      ), again as (
        delete from ${this.tables.step} s using stuck where s.execution_id = stuck.id and s.phase = 'compensate' and s.status = 'failed'
      )
      select id from stuck`,
      [workflowId, transactionId],
    );
    return rows[0]?.id;
  }

  /** Gives the answer that an async step waits for. False: the step does not wait, any more or yet. */
  async answer(
    workflowId: string,
    transactionId: string,
    stepKey: string,
    answer: { status: "done"; output: string | null } | { status: "failed"; error: unknown },
  ): Promise<string | undefined> {
    const output = answer.status === "done" ? answer.output : null;
    const { rows } = await this.connection.query<{ id: string }>(
      `with live as (
        select id from ${this.tables.execution}
        where workflow_id = $1 and transaction_id = $2 and finished_at is null and state = 'invoking' for update
      ), answered as (
        update ${this.tables.step} s set status = $4, output = $5, compensate_input = $5, error = $6, finished_at = now()
        from live where s.execution_id = live.id and s.key = $3 and s.phase = 'invoke' and s.status in ('starting', 'waiting')
        returning s.execution_id
      )
      update ${this.tables.execution} e set poked = owner is not null, wake_at = case when owner is null then now() else wake_at end
      from answered where e.id = answered.execution_id returning e.id`,
      [workflowId, transactionId, stepKey, answer.status, output, answer.status === "failed" ? stringify(answer.error) : null],
      this.tables.statement("answer"),
    );
    return rows[0]?.id;
  }

  /** Gives everything back that this instance owns. */
  async release(): Promise<void> {
    await this.connection.query(
      `update ${this.tables.execution} set owner = null, wake_at = now() where owner = $1 and finished_at is null`,
      [this.owner],
    );
  }

  /** Removes what was kept long enough. */
  async sweep(limit: number): Promise<number> {
    const { rowCount } = await this.connection.query(
      `with gone as (
        delete from ${this.tables.execution} where id in (
          select id from ${this.tables.execution} where keep_until <= now() and finished_at is not null limit $1 for update skip locked
        ) returning id
      ), steps as (delete from ${this.tables.step} s using gone where s.execution_id = gone.id)
      select id from gone`,
      [limit],
    );
    return rowCount;
  }
}

function claimedOf(row: ExecutionRow): ClaimedExecution {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    transactionId: row.transaction_id,
    runId: row.run_id,
    planHash: row.plan_hash,
    state: row.state,
    input: row.input,
    context: (parse(row.context) ?? {}) as Record<string, unknown>,
    errors: (parse(row.errors) ?? []) as StepFailure[],
    epoch: row.epoch,
    cancelled: row.cancelled,
    store: row.store,
    retentionSeconds: row.retention_seconds ?? undefined,
    deadline: row.left ?? undefined,
    unclean: row.unclean,
  };
}
