import type { SqlConnection } from "@velella/kernel";
import type { ExecutionRow, ExecutionState } from "../rows/execution-row";
import { awaitingStatuses } from "../rows/step-row";
import type { Phase, StepRow, StepStatus } from "../rows/step-row";
import type { Tables } from "./schema";
import { stringify } from "./step-store";

/** Runs of a workflow: those of a transaction id, of which one may live and others be kept; or a single one, by its own id. */
export type ExecutionChoice = { transactionId: string; executionId?: never } | { executionId: string; transactionId?: never };

/** What becomes of a step that waits: values as the journal keeps them. */
export type GivenAnswer = { status: "done"; output: string | null; compensateInput: string | null } | { status: "failed"; error: unknown };

/** A step of a run, by the run's workflow and the step's key in it. */
export interface StepOfRun {
  workflowId: string;
  key: string;
}

/** A run that can be set going again. */
export interface StuckExecution {
  id: string;
  transactionId: string;
}

/** A run that was changed from outside. */
export interface SteeredExecution {
  id: string;
  runId: string;
  transactionId: string;
}

/** Where a run stands, for those who asked something of it in vain. */
export interface StandingRun {
  state: ExecutionState;
  hasEnded: boolean;
  /** Why it was parked. */
  parked: string | null;
  steps: StandingStep[];
}

/** Where a step of a run stands. */
export type StandingStep = Pick<StepRow, "key" | "phase" | "status">;

type SteeredRow = Pick<ExecutionRow, "id" | "run_id" | "transaction_id">;

/** Changes runs on behalf of those who do not own them: undoes them, sets them going again, answers their steps. */
export class ExecutionSteering {
  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
  ) {}

  /**
   * Has a run undone: one that goes on, or one that is kept. Its row outlives that for those who wait for it.
   *
   * @returns undefined when there is none
   * @throws a unique violation when another run with its transaction id lives; see {@link isTwinError}
   */
  async cancel(workflowId: string, choice: ExecutionChoice): Promise<SteeredExecution | undefined> {
    const { rows } = await this.connection.query<SteeredRow>(
      `update ${this.tables.execution} e set cancelled = true, watched = true, poked = owner is not null, parked = null, finished_at = null,
        keep_until = null, state = case when state = 'done' then 'invoking' else state end,
        rested_epoch = case when state = 'done' then epoch else rested_epoch end, awaited = case when state <> 'done' then awaited end,
        wake_at = case when owner is null then now() end, updated_at = now()
      where e.id = (
        select id from ${this.tables.execution}
        where workflow_id = $1 and (transaction_id = $2 or id = $3) and (finished_at is null or state = 'done')
        order by finished_at desc nulls first limit 1
      ) and (finished_at is null or state = 'done') returning id, run_id, transaction_id`,
      [workflowId, choice.transactionId ?? null, choice.executionId ?? null],
    );
    return rows[0] && steeredOf(rows[0]);
  }

  /** The runs that were parked, or could not be undone, and that nobody has set going again; the newest first. */
  async stuck(workflowId: string, choice: ExecutionChoice): Promise<StuckExecution[]> {
    const { rows } = await this.connection.query<{ id: string; transaction_id: string }>(
      `select id, transaction_id from ${this.tables.execution}
      where workflow_id = $1 and (transaction_id = $2 or id = $3) and (parked is not null or state = 'failed') and owner is null
      order by created_at desc`,
      [workflowId, choice.transactionId ?? null, choice.executionId ?? null],
    );
    return rows.map(({ id, transaction_id: transactionId }) => ({ id, transactionId }));
  }

  /** The run that has the transaction id of another one, and has not come to its end. */
  async twinOf(id: string): Promise<{ id: string; transactionId: string } | undefined> {
    const { execution } = this.tables;
    const { rows } = await this.connection.query<{ id: string; transaction_id: string }>(
      `select twin.id, twin.transaction_id from ${execution} e
      join ${execution} twin on twin.workflow_id = e.workflow_id and twin.transaction_id = e.transaction_id
      where e.id = $1 and twin.id <> e.id and (twin.finished_at is null or twin.idempotent)`,
      [id],
    );
    return rows[0] && { id: rows[0].id, transactionId: rows[0].transaction_id };
  }

  /**
   * Sets a run going again: one that was parked, or one whose compensation failed, from there, with as many attempts as at first.
   * False: it is not stuck.
   *
   * @throws a unique violation when another run with its transaction id lives; see {@link isTwinError}
   */
  async setGoing(id: string): Promise<boolean> {
    const { rows } = await this.connection.query(
      `with stuck as (
        update ${this.tables.execution} e set parked = null, unclean = 0, wake_at = now(), updated_at = now(), finished_at = null,
          state = case when state = 'failed' then 'compensating' else state end
        where id = $1 and (parked is not null or state = 'failed') and owner is null returning id
      ), again as (
        update ${this.tables.step} s set status = 'retrying', timeout_at = null, uncounted = s.attempts
        from stuck where s.execution_id = stuck.id and s.phase = 'compensate' and s.status = 'failed'
      )
      select id from stuck`,
      [id],
    );
    return rows.length === 1;
  }

  /** Which of these steps of the runs with this transaction id are in one of these states. */
  async waiting(transactionId: string, phase: Phase, steps: readonly StepOfRun[], states: readonly StepStatus[]): Promise<StepOfRun[]> {
    const { rows } = await this.connection.query<{ workflow_id: string; key: string }>(
      `select e.workflow_id, s.key from ${this.tables.execution} e join ${this.tables.step} s on s.execution_id = e.id
      where e.transaction_id = $1 and e.workflow_id = any($2) and e.finished_at is null
        and s.phase = $3 and s.key = any($4) and s.status = any($5)`,
      [transactionId, steps.map(({ workflowId }) => workflowId), phase, steps.map(({ key }) => key), states],
    );
    const waiting = new Set(rows.map((row) => `${row.workflow_id} ${row.key}`));
    return steps.filter(({ workflowId, key }) => waiting.has(`${workflowId} ${key}`));
  }

  /** Where the run with this transaction id stands, of one of these workflows: the one that lives, or else the last that is kept. */
  async standing(transactionId: string, workflowIds: readonly string[]): Promise<StandingRun | undefined> {
    const { rows } = await this.connection.query<StandingRun>(
      `select e.state, e.finished_at is not null as "hasEnded", e.parked,
        array(select json_build_object('key', s.key, 'phase', s.phase, 'status', s.status)
          from ${this.tables.step} s where s.execution_id = e.id order by s.key) as steps
      from ${this.tables.execution} e where e.transaction_id = $1 and e.workflow_id = any($2)
      order by e.finished_at desc nulls first limit 1`,
      [transactionId, workflowIds],
    );
    return rows[0];
  }

  /**
   * Gives the answer that a step waits for, or its compensation. Undefined: it does not wait, any more or yet.
   *
   * @param isWatched Somebody waits for the end of the run, so that its row is to outlive that.
   */
  async answer(
    { workflowId, key: stepKey }: StepOfRun,
    transactionId: string,
    phase: Phase,
    answer: GivenAnswer,
    isWatched: boolean,
  ): Promise<SteeredExecution | undefined> {
    const { status } = answer;
    const [output, compensateInput] = status === "done" ? [answer.output, answer.compensateInput] : [null, null];
    const error = status === "failed" ? stringify(answer.error) : null;
    const { rows } = await this.connection.query<SteeredRow>(
      `with live as (
        select id from ${this.tables.execution}
        where workflow_id = $1 and transaction_id = $2 and finished_at is null
          and state = case when $7 = 'invoke' then 'invoking' else 'compensating' end for update
      ), answered as (
        update ${this.tables.step} s set status = $4, output = $5, compensate_input = $8, error = $6, finished_at = now()
        from live where s.execution_id = live.id and s.key = $3 and s.phase = $7 and s.status = any($10)
        returning s.execution_id
      )
      update ${this.tables.execution} e set poked = owner is not null, wake_at = case when owner is null then now() else wake_at end,
        watched = watched or $9
      from answered where e.id = answered.execution_id returning e.id, e.run_id, e.transaction_id`,
      [workflowId, transactionId, stepKey, status, output, error, phase, compensateInput, isWatched, awaitingStatuses],
      this.tables.statement("answer"),
    );
    return rows[0] && steeredOf(rows[0]);
  }

  /** Has the next attempt of a step come now, and the run with it. Undefined: the step does not wait for one. @see answer */
  async retryStep(
    { workflowId, key }: StepOfRun,
    transactionId: string,
    phase: Phase,
    isWatched: boolean,
  ): Promise<SteeredExecution | undefined> {
    const { rows } = await this.connection.query<SteeredRow>(
      `with live as (
        select id from ${this.tables.execution} where workflow_id = $1 and transaction_id = $2 and finished_at is null for update
      ), due as (
        update ${this.tables.step} s set timeout_at = now()
        from live where s.execution_id = live.id and s.key = $3 and s.phase = $4 and s.status = 'retrying'
        returning s.execution_id
      )
      update ${this.tables.execution} e set poked = owner is not null, wake_at = case when owner is null then now() else wake_at end,
        watched = watched or $5
      from due where e.id = due.execution_id returning e.id, e.run_id, e.transaction_id`,
      [workflowId, transactionId, key, phase, isWatched],
    );
    return rows[0] && steeredOf(rows[0]);
  }
}

/** Whether a run could not be made live because another one with its transaction id lives. */
export function isTwinError(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  return code === "23505" && constraint === "velella_execution_live";
}

function steeredOf({ id, run_id: runId, transaction_id: transactionId }: SteeredRow): SteeredExecution {
  return { id, runId, transactionId };
}
