import type { EventMessage, SqlConnection, SqlExecutor } from "@velella/kernel";
import type { ExecutionRow, ExecutionState, TransactionState } from "../rows/execution-row";
import type { StepFailure } from "../run/outcome";
import { eventRow } from "./event-store";
import type { NewEventRow } from "./event-store";
import { Batcher } from "./batcher";
import { claimStatement, finishStatement, startStatement } from "./execution-statements";
import { isMisfit, misfitEndings } from "./misfits";
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
  state: ExecutionState;
  /** As the journal keeps it. */
  input: string | null;
  context: Record<string, unknown>;
  errors: StepFailure[];
  epoch: number;
  /** No step was at work when it was left: it waited, or had ended. */
  wasAtRest: boolean;
  /** The records of steps that it waited for then, by their keys. */
  awaited: readonly string[];
  cancelled: boolean;
  /** Seconds since it began. */
  age: number;
  /** Seconds that are left of the workflow's timeout. */
  deadline: number | undefined;
}

type ClaimedColumns =
  | ("id" | "workflow_id" | "transaction_id" | "run_id" | "plan_hash" | "state" | "input" | "context" | "errors")
  | ("epoch" | "rested_epoch" | "awaited" | "cancelled");

/** A row as {@link claimStatement} gives it. */
interface ClaimedRow extends Pick<ExecutionRow, ClaimedColumns> {
  /** Seconds since its `created_at`. */
  age: number;
  /** Seconds of its deadline. */
  left: number | null;
  followed: boolean;
}

/** The end of a run, with the events that it releases. */
interface Ending {
  id: string;
  epoch: number;
  outcome: { state: TransactionState; result: string | null; errors: readonly StepFailure[] };
  events: NewEventRow[];
}

/** Reads and writes the rows of executions that this instance has, or takes up. Each write is conditional on its claim. */
export class ExecutionStore {
  private readonly startStatement: string;
  private readonly finishStatement: string;
  private readonly finishOrFailStatement: string;
  private readonly starts = new Batcher((executions: NewExecution[]) => this.writeStarts(executions));
  private readonly ends = new Batcher((endings: Ending[]) => this.writeEnds(endings));

  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
    /** The id of this instance. */
    private readonly instance: string,
    /** Called for a run that begins here, or is taken up, and that other instances follow. */
    private readonly onFollowed: (run: { workflowId: string; transactionId: string }) => void = () => undefined,
  ) {
    this.startStatement = startStatement(tables);
    this.finishStatement = finishStatement(tables);
    this.finishOrFailStatement = finishStatement(tables, true);
  }

  /** Inserts a run, owned by this instance; false when one with this transaction id is there already. */
  start(execution: NewExecution): Promise<boolean> {
    return this.starts.add(execution);
  }

  private async writeStarts(executions: NewExecution[]): Promise<boolean[]> {
    const column = <T>(value: (execution: NewExecution) => T) => executions.map(value);
    const { rows } = await this.connection.query<{ id: string; followed: boolean }>(
      this.startStatement,
      [
        this.instance,
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
    const followed = new Set(rows.flatMap((row) => (row.followed ? [row.id] : [])));
    for (const execution of followed.size ? executions : []) if (followed.has(execution.id)) this.onFollowed(execution);
    return executions.map(({ id }) => inserted.has(id));
  }

  /**
   * Takes up runs that are due and whose workflow is known here.
   *
   * @param suspects Whether to take runs whose owners died repeatedly, instead of all others.
   */
  async claim(workflowIds: readonly string[], limit: number, suspects: boolean): Promise<ClaimedExecution[]> {
    const due = `owner is null and finished_at is null and parked is null and wake_at <= now() and workflow_id = any($3)
          and ${suspects ? "unclean >= 2" : "unclean < 2"}`;
    const { rows } = await this.connection.query<ClaimedRow>(
      claimStatement(this.tables, due, "wake_at"),
      [this.instance, limit, workflowIds],
      suspects ? this.tables.statement("claim_suspects") : this.tables.statement("claim"),
    );
    return this.claimed(rows);
  }

  /**
   * Takes up runs that were parked because they did not fit another instance: those that began with a version which is known
   * here, and those for which something else was missing there.
   *
   * @param versions The version of each workflow here.
   * @param parkedHere Runs that did not fit here either.
   */
  async claimMisfits(versions: ReadonlyMap<string, string>, parkedHere: readonly string[], limit: number): Promise<ClaimedExecution[]> {
    const { otherVersion, sameVersion } = misfitEndings;
    const known = `${isMisfit} and (
          (parked like '%${otherVersion}' and (workflow_id, plan_hash) in (select * from unnest($3::text[], $4::text[])))
          or (parked like '%${sameVersion}' and workflow_id = any($3) and id <> all($5::text[])))`;
    const { rows } = await this.connection.query<ClaimedRow>(
      claimStatement(this.tables, known, "updated_at"),
      [this.instance, limit, [...versions.keys()], [...versions.values()], parkedHere],
      this.tables.statement("claim_misfits"),
    );
    return this.claimed(rows);
  }

  private claimed(rows: readonly ClaimedRow[]): ClaimedExecution[] {
    const claimed = rows.map(claimedOf);
    claimed.forEach((execution, i) => rows[i]?.followed && this.onFollowed(execution));
    return claimed;
  }

  /** Whether a run of this id was written. */
  async isThere(id: string): Promise<boolean> {
    const { rows } = await this.connection.query(`select from ${this.tables.execution} where id = $1`, [id]);
    return rows.length === 1;
  }

  /**
   * Gives a run back until its time, or until someone answers or cancels it. Its process lives, so that those which ended before
   * no longer count against it.
   *
   * @param awaited Where it rests, the records of steps that it waits for: no step is at work then, and nobody here waits for its
   * end. Where it does not, its row is to outlive that.
   */
  async suspend(id: string, epoch: number, seconds: number | undefined, awaited: readonly string[] | undefined): Promise<void> {
    await this.connection.query(
      `update ${this.tables.execution} set owner = null, poked = false, unclean = 0, updated_at = now(), watched = watched or not $5,
        rested_epoch = case when $5 then epoch else rested_epoch end, awaited = $6,
        wake_at = case when poked or (cancelled and state = 'invoking') then now()
          else least(now() + $4::float8 * interval '1 second', case when state = 'invoking' then deadline end) end
      where id = $1 and epoch = $2 and owner = $3`,
      [id, epoch, this.instance, seconds ?? null, awaited !== undefined, awaited?.length ? JSON.stringify(awaited) : null],
      this.tables.statement("suspend"),
    );
  }

  /**
   * Puts a run aside, with the reason, until someone sets it free.
   *
   * @param untouched Nothing of it was done under this claim.
   */
  async park(id: string, epoch: number, reason: string, untouched: boolean): Promise<void> {
    await this.connection.query(
      `update ${this.tables.execution} set owner = null, parked = $4, updated_at = now(),
        rested_epoch = case when $5 and rested_epoch = epoch - 1 then epoch else rested_epoch end
      where id = $1 and epoch = $2 and owner = $3`,
      [id, epoch, this.instance, reason, untouched],
    );
  }

  /** Records that a run turned round. False: it belongs to someone else. */
  async turnRound(id: string, epoch: number, errors: readonly StepFailure[]): Promise<boolean> {
    const { rowCount } = await this.connection.query(
      `update ${this.tables.execution} set state = 'compensating', errors = $4, updated_at = now() where id = $1 and epoch = $2 and owner = $3`,
      [id, epoch, this.instance, stringify(errors)],
      this.tables.statement("turn_round"),
    );
    return rowCount === 1;
  }

  /**
   * Ends a run and releases its events, in one statement. The row goes unless it is to be kept. False: the run belongs
   * to someone else, or was changed at this very moment.
   */
  finish(id: string, epoch: number, outcome: Ending["outcome"], events: EventMessage[]): Promise<boolean> {
    return this.ends.add(endingOf(id, epoch, outcome, events));
  }

  /**
   * {@link finish} within a transaction: the last effects of the run and its end commit together. So that the commit can be sent
   * along, a run that may not be ended makes the statement fail, and the transaction with it.
   *
   * @throws whatever the database says; {@link isEndRefused} tells the refusal from the rest
   */
  finishIn(
    executor: SqlExecutor,
    id: string,
    epoch: number,
    outcome: Ending["outcome"],
    events: readonly EventMessage[],
  ): Promise<unknown> {
    const values = this.valuesOf([endingOf(id, epoch, outcome, events)]);
    return executor.query(this.finishOrFailStatement, values, this.tables.statement("finish_in"));
  }

  private async writeEnds(endings: Ending[]): Promise<boolean[]> {
    const { rows } = await this.connection.query<{ id: string }>(
      this.finishStatement,
      this.valuesOf(endings),
      this.tables.statement("finish"),
    );
    const ended = new Set(rows.map(({ id }) => id));
    return endings.map(({ id }) => ended.has(id));
  }

  private valuesOf(endings: readonly Ending[]): unknown[] {
    const column = <T>(value: (ending: Ending) => T) => endings.map(value);
    return [
      this.instance,
      column((e) => e.id),
      column((e) => e.epoch),
      column((e) => e.outcome.state),
      column((e) => e.outcome.result),
      column((e) => stringify(e.outcome.errors)),
      // What could not be undone stays until a person has seen it.
      column((e) => e.outcome.state === "failed"),
      JSON.stringify(endings.flatMap(({ events }) => events)),
    ];
  }

  /** Gives everything back that this instance owns. Someone here may wait for how it ends. */
  async release(): Promise<void> {
    await this.connection.query(
      `update ${this.tables.execution} set owner = null, unclean = 0, wake_at = now(), watched = true where owner = $1 and finished_at is null`,
      [this.instance],
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

function endingOf(id: string, epoch: number, outcome: Ending["outcome"], events: readonly EventMessage[]): Ending {
  return { id, epoch, outcome, events: events.map((event) => ({ ...eventRow(event), execution_id: id })) };
}

function claimedOf(row: ClaimedRow): ClaimedExecution {
  const wasAtRest = row.rested_epoch === row.epoch - 1;
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
    wasAtRest,
    awaited: wasAtRest && row.awaited !== null ? (JSON.parse(row.awaited) as string[]) : [],
    cancelled: row.cancelled,
    age: row.age,
    deadline: row.left ?? undefined,
  };
}
