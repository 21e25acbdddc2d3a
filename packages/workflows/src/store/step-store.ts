import type { EventMessage, SqlConnection, SqlExecutor } from "@velella/kernel";
import { withAttempt } from "../run/earlier-attempts";
import type { EarlierAttempts } from "../run/earlier-attempts";
import type { ErrorCopy } from "../run/error-copy";
import { settledStatuses } from "../rows/step-row";
import type { Phase, StepRow } from "../rows/step-row";
import type { Attempt, StepRecord } from "../run/journal";
import { Batcher } from "./batcher";
import type { Payloads } from "./payloads";
import type { Tables } from "./schema";

/** Values noted since the last record: of transforms, conditions and pure steps; `mark` as in `Journal.note`. */
export type Notes = Map<string, Note>;

interface Note {
  value?: unknown;
  events?: EventMessage[];
  mark?: string;
}

/** Values noted, as texts of JSON, by key. */
export type PackedNotes = ReadonlyMap<string, string>;

/** One row to write, and the claim that allows it. */
export interface Checkpoint {
  executionId: string;
  epoch: number;
  attempt: Pick<Attempt, "key" | "phase" | "idempotencyKey" | "startedAt" | "earlier">;
  record: Omit<StepRecord, "output" | "compensateInput">;
  output: string | null;
  compensateInput: string | null;
  notes: PackedNotes | undefined;
  /** Seconds from now until the wait for an answer is over. */
  timeout?: number | undefined;
}

/** `absent`: not written, because the run has another owner, or the step is settled already. */
export type Written = { state: "written"; cancelled: boolean } | { state: "absent" };

interface LoadedRow extends Omit<StepRow, "idempotency_key" | "timeout_at"> {
  /** Its `timeout_at` is over, or is so many seconds away. */
  expired: boolean;
  due_in: number | null;
  /** Seconds since it was written. */
  age: number;
}

/** What is on record of one run. */
export interface LoadedSteps {
  records: Map<string, StepRecord>;
  notes: Notes;
}

/** The key of the row that keeps what was noted without a step's record. */
export const notesKey = "#notes";

// By the clock of the database.
const ages = `coalesce(s.timeout_at <= now(), false) as expired, extract(epoch from s.timeout_at - now())::float8 as due_in,
        extract(epoch from now() - s.finished_at)::float8 as age`;

/** Under what a step's record is kept once it is read: a key has up to two rows, one for each phase. */
export const recordKey = (key: string, phase: Phase): string => `${phase}:${key}`;

/** Reads and writes step rows. Every write is conditional on the claim (epoch, owner) that its run was given. */
export class StepStore {
  private readonly batcher: Batcher<Checkpoint, Written>;
  private readonly insertOne: string;
  private readonly insertMany: string;
  private readonly insertOneOrFail: string;
  private readonly insertManyOrFail: string;

  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
    /** The id of this instance. */
    private readonly instance: string,
    private readonly payloads: Payloads,
  ) {
    this.insertOne = insertStatement(tables, oneCheckpoint);
    this.insertMany = insertStatement(tables, manyCheckpoints);
    this.insertOneOrFail = insertStatement(tables, { ...oneCheckpoint, orFail: true });
    this.insertManyOrFail = insertStatement(tables, { ...manyCheckpoints, orFail: true });
    this.batcher = new Batcher((checkpoints) => this.write(checkpoints));
  }

  /** Writes with other checkpoints of this moment, in one statement. */
  checkpoint(checkpoint: Checkpoint): Promise<Written> {
    return this.batcher.add(checkpoint);
  }

  /**
   * Writes within a transaction: the effects of steps of one run and their records commit together. So that the commit can be
   * sent along, records that may not be written make the statement fail, and the transaction with it.
   *
   * @returns whether the run was cancelled
   * @throws whatever the database says; {@link isFencedError} tells the refusal from the rest
   */
  async checkpointIn(executor: SqlExecutor, checkpoints: readonly Checkpoint[]): Promise<boolean> {
    const now = Date.now();
    const lists = checkpoints.map((checkpoint) => columnsOf(checkpoint, now));
    const isOne = lists.length === 1;
    const values = isOne ? (lists[0] as unknown[]) : columns.map((_, i) => lists.map((list) => list[i]));
    const { rows } = await executor.query<{ cancelled: boolean }>(
      isOne ? this.insertOneOrFail : this.insertManyOrFail,
      [this.instance, ...values],
      this.tables.statement(isOne ? "checkpoint_one_in" : "checkpoint_in"),
    );
    return rows[0]?.cancelled === true;
  }

  private async write(checkpoints: Checkpoint[]): Promise<Written[]> {
    const now = Date.now();
    const lists = checkpoints.map((checkpoint) => columnsOf(checkpoint, now));
    const [first] = lists;
    // A statement for one costs less.
    if (first && lists.length === 1) {
      const { rows } = await this.connection.query<{ cancelled: boolean }>(
        this.insertOne,
        [this.instance, ...first],
        this.tables.statement("checkpoint_one"),
      );
      return [writtenOf(rows[0]?.cancelled)];
    }
    const { rows } = await this.connection.query<Pick<StepRow, "execution_id" | "key" | "phase"> & { cancelled: boolean }>(
      this.insertMany,
      [this.instance, ...columns.map((_, i) => lists.map((values) => values[i]))],
      this.tables.statement("checkpoint"),
    );
    const written = new Map(rows.map((row) => [`${row.execution_id} ${recordKey(row.key, row.phase)}`, row.cancelled]));
    return checkpoints.map(({ executionId, attempt }) => writtenOf(written.get(`${executionId} ${recordKey(attempt.key, attempt.phase)}`)));
  }

  /** Everything on record of these executions; each is decoded when it is asked for, and may be undecodable by itself. */
  async load(executionIds: readonly string[]): Promise<Map<string, () => LoadedSteps>> {
    const { rows } = await this.connection.query<LoadedRow>(
      `select execution_id, key, phase, status, output, compensate_input, error, events, notes, attempts,
        uncounted, earlier, started_at, finished_at, ${ages}
      from ${this.tables.step} s where execution_id = any($1)`,
      [executionIds],
      this.tables.statement("load_steps"),
    );
    const byExecution = new Map<string, LoadedRow[]>(executionIds.map((id) => [id, []]));
    for (const row of rows) byExecution.get(row.execution_id)?.push(row);
    return new Map([...byExecution].map(([id, own]) => [id, () => this.loadedOf(own)]));
  }

  private loadedOf(rows: LoadedRow[]): LoadedSteps {
    const loaded: LoadedSteps = { records: new Map(), notes: new Map() };
    for (const row of rows) {
      for (const [key, note] of Object.entries((parse(row.notes) ?? {}) as Record<string, Note>))
        loaded.notes.set(key, { ...note, value: this.payloads.open(note.value) });
      if (row.key !== notesKey) loaded.records.set(recordKey(row.key, row.phase), this.recordOf(row));
    }
    return loaded;
  }

  /** What is on record of one step, if the run still belongs to this claim. */
  async read(executionId: string, epoch: number, key: string, phase: Phase): Promise<StepRecord | undefined> {
    const { rows } = await this.connection.query<LoadedRow>(
      `select s.*, ${ages}
      from ${this.tables.step} s join ${this.tables.execution} e on e.id = s.execution_id
      where s.execution_id = $1 and s.key = $2 and s.phase = $3 and e.epoch = $4 and e.owner = $5`,
      [executionId, key, phase, epoch, this.instance],
    );
    return rows[0] && this.recordOf(rows[0]);
  }

  private recordOf(row: LoadedRow): StepRecord {
    return {
      status: row.status,
      output: this.payloads.unpack(row.output),
      compensateInput: this.payloads.unpack(row.compensate_input),
      error: parse(row.error) as ErrorCopy | undefined,
      events: parse(row.events) as EventMessage[] | undefined,
      attempts: row.attempts,
      uncounted: row.uncounted ?? 0,
      earlier: earlierOf(row),
      expired: row.expired,
      dueIn: row.due_in ?? undefined,
      age: row.age,
    };
  }
}

/** The row of an attempt that is to be followed by another one is overwritten by that. */
function earlierOf({ status, attempts, error, earlier, started_at, finished_at }: LoadedRow): EarlierAttempts | undefined {
  const before = parse(earlier) as EarlierAttempts | undefined;
  if (status !== "retrying" || error === null) return before;
  const times = { startedAt: started_at.getTime(), finishedAt: finished_at.getTime() };
  return withAttempt(before, attempts, times, parse(error) as ErrorCopy);
}

/** For a JSON column: undefined becomes SQL's null, and null the JSON text `null`. */
export const stringify = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
/** What {@link stringify} has written. */
export const parse = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));

const notesText = (notes: PackedNotes): string => `{${[...notes].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join()}}`;

/** What statements take of a checkpoint, beside the owner. */
const columns = [
  ["execution_id", "text"],
  ["epoch", "int"],
  ["key", "text"],
  ["phase", "text"],
  ["status", "text"],
  ["output", "text"],
  ["compensate_input", "text"],
  ["error", "text"],
  ["events", "text"],
  ["notes", "text"],
  ["attempts", "int"],
  ["idempotency_key", "text"],
  ["timeout", "float8"],
  ["took", "float8"],
  ["earlier", "text"],
] as const;

/** Values in the order of {@link columns}. */
function columnsOf(
  { executionId, epoch, attempt, record, output, compensateInput, notes, timeout }: Checkpoint,
  now: number,
): (string | number | null)[] {
  return [
    executionId,
    epoch,
    attempt.key,
    attempt.phase,
    record.status,
    output,
    compensateInput,
    stringify(record.error),
    stringify(record.events),
    notes ? notesText(notes) : null,
    record.attempts,
    attempt.idempotencyKey,
    timeout ?? null,
    Math.max(0, now - attempt.startedAt) / 1000,
    stringify(attempt.earlier),
  ];
}

const writtenOf = (cancelled: boolean | undefined): Written =>
  cancelled === undefined ? { state: "absent" } : { state: "written", cancelled };

const manyCheckpoints = {
  input: `select * from unnest(${columns.map(([, type], i) => `$${i + 2}::${type}[]`).join(", ")}) as i(${columns.map(([name]) => name).join(", ")})`,
  claim: `(e.id, e.epoch) in (select execution_id, epoch from input)`,
};

const oneCheckpoint = {
  input: `select ${columns.map(([name, type], i) => `$${i + 2}::${type} as ${name}`).join(", ")}`,
  claim: `e.id = $2 and e.epoch = $3`,
};

const notNullViolation = "23502";

/** True for the error of {@link StepStore.checkpointIn} by which someone else's run, or a step that was settled, is kept as it is. */
export function isFencedError(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === notNullViolation;
}

/**
 * Locks the executions in the order of their ids, so that batches do not deadlock, and so that a claim by another
 * instance comes wholly before or wholly after this write.
 *
 * Notes are put together as texts of JSON objects: as `jsonb` they could not hold every string that JSON can, and lost the order
 * of their keys.
 *
 * With `orFail` it fails if there is anything that it may not write: it then writes a null that is refused.
 */
function insertStatement(
  { execution, step }: Tables,
  { input, claim, orFail }: { input: string; claim: string; orFail?: boolean },
): string {
  const isSettled = `s.status in (${settledStatuses.map((status) => `'${status}'`).join(", ")})`;
  return `with input as (
    ${input}
  ), claimed as (
    select e.id, e.cancelled from ${execution} e
    where ${claim} and e.owner = $1 and e.finished_at is null
    order by e.id for no key update
  )
  insert into ${step} as s (execution_id, key, phase, status, output, compensate_input, error, events, notes, attempts, idempotency_key, timeout_at, started_at, earlier)
  select ${orFail ? "(select id from claimed where id = execution_id)" : "execution_id"}, key, phase, status, output, compensate_input, error, events, notes, attempts, idempotency_key,
    now() + timeout * interval '1 second', now() - took * interval '1 second', earlier
  from input ${orFail ? "" : "where execution_id in (select id from claimed)"}
  on conflict (execution_id, key, phase) do update set
    status = ${orFail ? `case when not ${isSettled} then excluded.status end` : "excluded.status"}, output = excluded.output,
    compensate_input = excluded.compensate_input, error = excluded.error, events = excluded.events,
    notes = coalesce(left(s.notes, -1) || ',' || substr(excluded.notes, 2), excluded.notes, s.notes), attempts = excluded.attempts,
    timeout_at = case when excluded.status = 'waiting' then s.timeout_at else excluded.timeout_at end,
    started_at = case when s.status = 'retrying' then excluded.started_at else s.started_at end, finished_at = now(),
    earlier = coalesce(excluded.earlier, s.earlier)
  ${orFail ? "" : `where not ${isSettled}`}
  returning s.execution_id, s.key, s.phase, (select cancelled from claimed where id = s.execution_id)`;
}
