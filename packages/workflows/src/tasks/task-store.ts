import type { SqlConnection } from "@velella/kernel";
import { Batcher } from "../store/batcher";
import type { EventRow } from "../rows/event-row";
import type { Target, TaskRow, TaskState } from "../rows/task-row";
import type { Tables } from "../store/schema";
import { parse } from "../store/step-store";
import type { ClaimedTask, DeliveredEvent } from "../transport/claimed-task";
import { errorText } from "./error-text";

/** What a target has room for, and what it takes. */
export interface Room {
  target: Target;
  /** Tasks at most. */
  slots: number;
  /** The names of the events that this instance has it for; null for all, and for jobs. */
  events: readonly string[] | null;
}

/** A task that someone carries elsewhere. */
export interface HandedOver {
  id: string;
  target: Target;
  /** The name of its event. */
  event: string;
  attempts: number;
  priority: number;
}

type TaskColumns = "id" | "target" | "event_id" | "tick" | "attempts" | "max_attempts" | "partition_key";

type EventColumns = "name" | "data" | "metadata" | "options" | "created_at" | "routed_at";

/** A task with its event, which is null for jobs, and where it is gone. */
type ClaimedRow = Pick<TaskRow, TaskColumns> & { [Column in EventColumns]: EventRow[Column] | null };

/** What a claim gives of a task, and of its event. */
const claimedColumns = `c.id, c.target, c.event_id, c.tick, c.attempts, c.max_attempts, c.partition_key,
  e.name, e.data, e.metadata, e.options, e.created_at, e.routed_at`;

// A join would have the planner read the whole table, when it is long, since it cannot know how few these are.
const pickedIds = "any(array(select id from picked))";

/** Claims tasks, and puts on record how they end. */
export class TaskStore {
  private readonly done: Batcher<ClaimedTask, void>;
  /** Holds for a task `t` when no event of its key comes before it: neither to the same subscriber, nor still in the outbox. */
  private readonly isFirstOfKey: string;
  /** Holds for a task `t` when {@link Room} `w` is for its event: other instances may have its subscriber for more than this one. */
  private readonly isWanted: string;

  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
    /** The id of this instance. */
    private readonly instance: string,
  ) {
    this.done = new Batcher(async (tasks) => {
      await connection.query(
        `delete from ${tables.task} t using unnest($1::text[], $2::int[]) as d(id, attempts)
        where t.id = d.id and t.attempts = d.attempts and t.owner = $3`,
        [tasks.map(({ id }) => id), tasks.map(({ attempts }) => attempts), instance],
        tables.statement("tasks_done"),
      );
      return tasks.map(() => undefined);
    });
    this.isFirstOfKey = `(t.partition_key is null or not (
      exists (select from ${tables.task} b
        where b.target = t.target and b.partition_key = t.partition_key and b.state = 'ready' and b.position < t.position)
      or exists (select from ${tables.event} b
        where b.partition_key = t.partition_key and b.routed_at is null and b.deliver_at <= now() and b.position < t.position)))`;
    // An event that is gone, which takes a person's hand, keeps nobody from clearing its task away.
    this.isWanted = `(w.events is null or coalesce((select e.name = any(w.events) from ${tables.event} e where e.id = t.event_id), true))`;
  }

  /** Claims tasks that are due: at most as many for each target as it has room for. */
  async claim(rooms: readonly Room[]): Promise<ClaimedTask[]> {
    if (!rooms.length) return [];
    const { task, event } = this.tables;
    const { rows } = await this.connection.query<ClaimedRow>(
      `with ${this.picked("json_to_recordset($2::json) as w(target text, slots int, events text[])", "w.slots")}, claimed as (
        update ${task} t set owner = $1, attempts = attempts + 1 where t.id = ${pickedIds} returning t.*
      )
      select ${claimedColumns} from claimed c left join ${event} e on e.id = c.event_id`,
      [this.instance, JSON.stringify(rooms)],
      this.tables.statement("claim_tasks"),
    );
    return rows.map(claimedOf);
  }

  /**
   * Tasks that are due, at most so many of each target, for someone to carry them elsewhere; they are due again after some
   * seconds, unless they were claimed.
   */
  async handOver(rooms: readonly Omit<Room, "slots">[], limit: number, seconds: number): Promise<HandedOver[]> {
    if (!rooms.length) return [];
    const { task, event } = this.tables;
    const { rows } = await this.connection.query<HandedOver>(
      `with ${this.picked("json_to_recordset($1::json) as w(target text, events text[])", "$2")}, sent as (
        update ${task} t set run_at = now() + $3::float8 * interval '1 second' where t.id = ${pickedIds}
        returning t.id, t.target, t.event_id, t.attempts, t.priority
      )
      select s.id, s.target, s.attempts, s.priority, coalesce(e.name, '') as event from sent s left join ${event} e on e.id = s.event_id`,
      [JSON.stringify(rooms), limit, seconds],
      this.tables.statement("hand_over"),
    );
    return rows;
  }

  /** The table `picked` of tasks that are due, of each target in `wanted` (a row `w`) so many, held by this statement. */
  private picked(wanted: string, limit: string): string {
    return `picked as (
        select t.id from ${wanted} cross join lateral (
          select id from ${this.tables.task} t
          where target = w.target and state = 'ready' and owner is null and run_at <= now() and ${this.isWanted} and ${this.isFirstOfKey}
          order by priority, run_at limit ${limit} for update skip locked
        ) t
      )`;
  }

  /** Claims a task that was handed over, unless someone did so already, or it was tried in another way since. */
  async accept(id: string, attempts: number): Promise<ClaimedTask | undefined> {
    const { task, event } = this.tables;
    const { rows } = await this.connection.query<ClaimedRow>(
      `with claimed as (
        update ${task} set owner = $1, attempts = attempts + 1
        where id = $2 and attempts = $3 and state = 'ready' and owner is null returning *
      )
      select ${claimedColumns} from claimed c left join ${event} e on e.id = c.event_id`,
      [this.instance, id, attempts],
      this.tables.statement("accept_task"),
    );
    return rows[0] && claimedOf(rows[0]);
  }

  /** Removes a task that is done. */
  complete(task: ClaimedTask): Promise<void> {
    return this.done.add(task);
  }

  /** Has a task tried again after some seconds, or puts it aside when it was tried often enough. */
  async fail(task: ClaimedTask, error: unknown, seconds: number): Promise<"again" | "dead"> {
    const dead = task.attempts >= task.maxAttempts;
    await this.settle(task, dead ? "dead" : "ready", errorText(error), dead ? 0 : seconds);
    return dead ? "dead" : "again";
  }

  /** Gives back a task that was not begun, for whoever has its handler. */
  async giveBack(task: ClaimedTask): Promise<void> {
    await this.connection.query(
      `update ${this.tables.task} set owner = null, attempts = attempts - 1 where id = $1 and attempts = $2 and owner = $3`,
      [task.id, task.attempts, this.instance],
    );
  }

  private async settle(task: ClaimedTask, state: TaskState, error: string, seconds: number): Promise<void> {
    await this.connection.query(
      `update ${this.tables.task} set owner = null, error = $4, state = $5, run_at = now() + $6::float8 * interval '1 second'
      where id = $1 and attempts = $2 and owner = $3`,
      [task.id, task.attempts, this.instance, error, state, seconds],
      this.tables.statement("task_failed"),
    );
  }

  /** Gives back what this instance has claimed. */
  async release(): Promise<void> {
    await this.connection.query(`update ${this.tables.task} set owner = null, attempts = greatest(attempts - 1, 0) where owner = $1`, [
      this.instance,
    ]);
  }
}

function claimedOf(row: ClaimedRow): ClaimedTask {
  return {
    id: row.id,
    target: row.target,
    event: row.event_id !== null && row.name !== null ? eventOf(row as ClaimedRow & { event_id: string; name: string }) : undefined,
    tick: row.tick ?? undefined,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    backoff: (parse(row.options) as { backoff?: unknown } | undefined)?.backoff,
    isOrdered: row.partition_key !== null,
  };
}

function eventOf(row: ClaimedRow & { event_id: string; name: string }): DeliveredEvent {
  const metadata = {
    ...(parse(row.metadata) as Record<string, unknown> | undefined),
    created_at: row.created_at?.toISOString(),
    published_at: row.routed_at?.toISOString(),
  };
  return { id: row.event_id, name: row.name, data: parse(row.data), metadata };
}
