import type { SqlConnection } from "@velella/kernel";
import type { ExecutionRow, ExecutionState } from "../rows/execution-row";
import { isFinal } from "../run/outcome";
import type { StepFailure } from "../run/outcome";
import { isMisfit } from "./misfits";
import type { Payloads } from "./payloads";
import type { Tables } from "./schema";
import { parse } from "./step-store";

/** A run as those see it who wait for its end elsewhere. */
export interface ExecutionStatus {
  id: string;
  runId: string;
  state: ExecutionState;
  result: unknown;
  errors: StepFailure[];
  /** Goes on later, if at all: it is parked, or waits for an answer or for a later time. */
  rests: boolean;
  /** Waits for someone to take it up: one of the right version, if it is parked. */
  isDue: boolean;
}

interface StatusRow extends Pick<ExecutionRow, "id" | "run_id" | "state" | "result" | "errors"> {
  rests: boolean;
  due: boolean;
}

interface JoinRow extends StatusRow {
  joined: boolean;
  /** It is idempotent, and no longer kept. */
  over: boolean;
  removed: boolean;
}

/** Reads what becomes of runs that others have. */
export class ExecutionWatch {
  private readonly columns: string;

  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
    private readonly payloads: Payloads,
  ) {
    const unowned = "finished_at is null and parked is null and owner is null and";
    const later = "(wake_at is null or wake_at > now() + interval '1 second')";
    this.columns = `id, run_id, state, result, errors, (finished_at is null and parked is not null and not (${isMisfit})) or (${unowned} ${later}) as rests,
      (${unowned} not ${later}) or (parked is not null and ${isMisfit}) as due`;
  }

  /**
   * Finds the run with this transaction id, the live one or the one that ended last, and has its row outlive its end for a
   * minute, in one statement: a run that was found cannot be gone before its end is read. An idempotent one that has been kept long
   * enough is removed: nobody may have been there to sweep.
   *
   * @returns undefined when there is none any more, `busy` when it is being written at this very moment: ask again
   */
  async join(workflowId: string, transactionId: string): Promise<ExecutionStatus | "busy" | undefined> {
    const { execution } = this.tables;
    // A row that is locked is not waited for: its owner may be frozen, and the connection is needed.
    const { rows } = await this.connection.query<JoinRow>(
      `with found as (
        select ${this.columns}, finished_at is not null or watched as stays,
          idempotent and finished_at is not null and coalesce(keep_until <= now(), false) as over from ${execution}
        where workflow_id = $1 and transaction_id = $2 order by finished_at desc nulls first limit 1
      ), free as (
        select id from ${execution} where id = (select id from found where not stays) for update skip locked
      ), watched as (
        update ${execution} e set watched = true from free where e.id = free.id returning e.id
      ), removed as (
        delete from ${execution} where id = (
          select id from ${execution} where id = (select id from found where over) and keep_until <= now() for update skip locked
        ) returning id
      ), steps as (delete from ${this.tables.step} s using removed where s.execution_id = removed.id)
      select *, stays or exists (select from watched) as joined, exists (select from removed) as removed from found`,
      [workflowId, transactionId],
      this.tables.statement("join"),
    );
    const row = rows[0];
    if (!row || row.removed) return undefined;
    return row.joined && !row.over ? this.statusOf(row) : "busy";
  }

  /** A run by its id. */
  async look(id: string): Promise<ExecutionStatus | undefined> {
    const { rows } = await this.connection.query<StatusRow>(
      `select ${this.columns} from ${this.tables.execution} where id = $1`,
      [id],
      this.tables.statement("watch"),
    );
    return rows[0] && this.statusOf(rows[0]);
  }

  /** Whether the end of a run that was written under this claim stands; undefined when its row is gone. */
  async endedUnder(id: string, epoch: number): Promise<boolean | undefined> {
    const { rows } = await this.connection.query<Pick<ExecutionRow, "state" | "epoch">>(
      `select state, epoch from ${this.tables.execution} where id = $1`,
      [id],
    );
    return rows[0] && isFinal(rows[0].state) && rows[0].epoch === epoch;
  }

  private statusOf({ id, run_id: runId, state, result, errors, rests, due: isDue }: StatusRow): ExecutionStatus {
    return { id, runId, state, rests, isDue, result: this.payloads.unpack(result), errors: (parse(errors) ?? []) as StepFailure[] };
  }
}
