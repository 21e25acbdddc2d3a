import type { EventMessage, SqlConnection, SqlExecutor } from "@velella/kernel";
import { patiently } from "../connection/patiently";
import { Batcher } from "../store/batcher";
import type { Tables } from "../store/schema";
import { parse } from "../store/step-store";
import { eventRow, insertEventsCte } from "./event-store";

/** An event as a subscriber gets it: with the id that stays the same when it is delivered again. */
export interface DeliveredEvent<Data = unknown> extends EventMessage<Data> {
  id: string;
}

/** A task that this instance has claimed. */
export interface ClaimedTask {
  id: string;
  /** `event:SUBSCRIBER` or `job:NAME`. */
  target: string;
  event: DeliveredEvent | undefined;
  tick: Date | undefined;
  attempts: number;
  maxAttempts: number;
}

/** A task that someone carries elsewhere. */
export interface HandedOver {
  id: string;
  target: string;
  /** The name of its event. */
  event: string;
  attempts: number;
  priority: number;
}

/** An event as it stands in the outbox. */
export interface OutboxEvent {
  id: string;
  name: string;
  data: unknown;
  created_at: Date;
  /** When it was handed to the subscribers of then; null before. */
  routed_at: Date | null;
  /** Deliveries to be made, or put aside as dead; those that succeeded are gone. */
  deliveries: { subscriber: string; state: "ready" | "dead"; attempts: number; error: string | null }[];
}

export interface EventListOptions {
  /** Only events of this name. */
  name?: string;
  /** Only events that some subscriber failed on for good. */
  dead?: boolean;
  /** At most so many; 100 by default. */
  take?: number;
}

interface OutboxRow extends Omit<OutboxEvent, "data" | "deliveries"> {
  data: string | null;
  deliveries: OutboxEvent["deliveries"] | null;
}

interface TaskRow {
  id: string;
  target: string;
  event_id: string | null;
  tick: Date | null;
  attempts: number;
  max_attempts: number;
  name: string | null;
  data: string | null;
  metadata: string | null;
  created_at: Date | null;
  routed_at: Date | null;
}

/** Reads and writes the outbox and the tasks that come of it. */
export class TaskStore {
  private readonly done: Batcher<ClaimedTask, void>;

  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
    private readonly owner: string,
  ) {
    this.done = new Batcher(async (tasks) => {
      await connection.query(
        `delete from ${tables.task} t using unnest($1::text[], $2::int[]) as d(id, attempts)
        where t.id = d.id and t.attempts = d.attempts and t.owner = $3`,
        [tasks.map(({ id }) => id), tasks.map(({ attempts }) => attempts), owner],
        tables.statement("tasks_done"),
      );
      return tasks.map(() => undefined);
    });
  }

  /** Puts events into the outbox, in the transaction of the executor when one is given. */
  async emit(messages: EventMessage[], executor?: SqlExecutor): Promise<void> {
    const rows = JSON.stringify(messages.map(eventRow));
    const insert = async (on: SqlExecutor) => {
      await on.query(
        `with ${insertEventsCte(this.tables, "$1", "true")} select count(*) from inserted_events`,
        [rows],
        this.tables.statement("emit"),
      );
    };
    // The ids are made, so that what was stored before a connection broke is not stored twice.
    await (executor ? insert(executor) : patiently(() => insert(this.connection)));
  }

  /**
   * Makes a task for each subscriber of the events that are due.
   *
   * @param subscriptions Pairs of subscriber and event, `*` for all.
   * @returns How many events were routed.
   */
  async route(
    subscriptions: readonly (readonly [subscriber: string, event: string])[],
    maxAttempts: number,
    limit: number,
  ): Promise<number> {
    const { rows } = await this.connection.query<{ routed: number }>(
      `with picked as (
        select id from ${this.tables.event} where routed_at is null and deliver_at <= now()
        order by priority, deliver_at limit $4 for update skip locked
      ), routed as (
        update ${this.tables.event} e set routed_at = now() from picked where e.id = picked.id returning e.id, e.name, e.priority, e.max_attempts
      ), tasks as (
        insert into ${this.tables.task} (id, kind, target, event_id, priority, max_attempts)
        select distinct r.id || ':' || s.subscriber, 'event', 'event:' || s.subscriber, r.id, r.priority, coalesce(r.max_attempts, $3)
        from routed r join unnest($1::text[], $2::text[]) as s(subscriber, event) on s.event = r.name or s.event = '*'
        on conflict (id) do nothing
      )
      select count(*)::int as routed from routed`,
      [subscriptions.map(([subscriber]) => subscriber), subscriptions.map(([, event]) => event), maxAttempts, limit],
      this.tables.statement("route"),
    );
    return rows[0]?.routed ?? 0;
  }

  /** Claims tasks that are due: at most as many for each target as it has room for. */
  async claim(room: ReadonlyMap<string, number>): Promise<ClaimedTask[]> {
    if (!room.size) return [];
    const { task, event } = this.tables;
    const { rows } = await this.connection.query<TaskRow>(
      `with picked as (
        select t.id from unnest($2::text[], $3::int[]) as w(target, slots) cross join lateral (
          select id from ${task} where target = w.target and state = 'ready' and owner is null and run_at <= now()
          order by priority, run_at limit w.slots for update skip locked
        ) t
      ), claimed as (
        update ${task} t set owner = $1, attempts = attempts + 1 from picked where t.id = picked.id returning t.*
      )
      select c.id, c.target, c.event_id, c.tick, c.attempts, c.max_attempts, e.name, e.data, e.metadata, e.created_at, e.routed_at
      from claimed c left join ${event} e on e.id = c.event_id`,
      [this.owner, [...room.keys()], [...room.values()]],
      this.tables.statement("claim_tasks"),
    );
    return rows.map(claimedOf);
  }

  /** Tasks that are due, for someone to carry them elsewhere; they are due again after some seconds, unless they were claimed. */
  async handOver(targets: readonly string[], limit: number, seconds: number): Promise<HandedOver[]> {
    if (!targets.length) return [];
    const { task, event } = this.tables;
    const { rows } = await this.connection.query<HandedOver>(
      `with picked as (
        select id from ${task} where target = any($1) and state = 'ready' and owner is null and run_at <= now()
        order by priority, run_at limit $2 for update skip locked
      ), sent as (
        update ${task} t set run_at = now() + $3::float8 * interval '1 second' from picked where t.id = picked.id
        returning t.id, t.target, t.event_id, t.attempts, t.priority
      )
      select s.id, s.target, s.attempts, s.priority, coalesce(e.name, '') as event from sent s left join ${event} e on e.id = s.event_id`,
      [targets, limit, seconds],
      this.tables.statement("hand_over"),
    );
    return rows;
  }

  /** Claims a task that was handed over, unless someone did so already, or it was tried in another way since. */
  async accept(id: string, attempts: number): Promise<ClaimedTask | undefined> {
    const { task, event } = this.tables;
    const { rows } = await this.connection.query<TaskRow>(
      `with claimed as (
        update ${task} set owner = $1, attempts = attempts + 1
        where id = $2 and attempts = $3 and state = 'ready' and owner is null returning *
      )
      select c.id, c.target, c.event_id, c.tick, c.attempts, c.max_attempts, e.name, e.data, e.metadata, e.created_at, e.routed_at
      from claimed c left join ${event} e on e.id = c.event_id`,
      [this.owner, id, attempts],
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
    const text = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
    const dead = task.attempts >= task.maxAttempts;
    await this.connection.query(
      `update ${this.tables.task} set owner = null, error = $4, state = $5, run_at = now() + $6::float8 * interval '1 second'
      where id = $1 and attempts = $2 and owner = $3`,
      [task.id, task.attempts, this.owner, text, dead ? "dead" : "ready", seconds],
      this.tables.statement("task_failed"),
    );
    return dead ? "dead" : "again";
  }

  /** The newest events in the outbox, with the deliveries that are still to be made or were put aside. */
  async list({ name, dead, take = 100 }: EventListOptions = {}): Promise<OutboxEvent[]> {
    const { rows } = await this.connection.query<OutboxRow>(
      `select e.*, (
        select json_agg(json_build_object('subscriber', substr(t.target, 7), 'state', t.state, 'attempts', t.attempts, 'error', t.error) order by t.target)
        from ${this.tables.task} t where t.event_id = e.id
      ) as deliveries
      from ${this.tables.event} e
      where ($1::text is null or e.name = $1)
        and (not $2 or exists (select from ${this.tables.task} t where t.event_id = e.id and t.state = 'dead'))
      order by e.created_at desc, e.id desc limit $3`,
      [name ?? null, dead ?? false, take],
    );
    return rows.map(({ id, name: event, data, created_at, routed_at, deliveries }) => ({
      id,
      name: event,
      data: parse(data),
      created_at,
      routed_at,
      deliveries: deliveries ?? [],
    }));
  }

  /** Delivers events again: to those who failed, when there are such, else to every subscriber. Returns how many. */
  async replay(ids: readonly string[]): Promise<number> {
    const { rows } = await this.connection.query<{ n: number }>(
      `with revived as (
        update ${this.tables.task} set state = 'ready', attempts = 0, run_at = now(), owner = null
        where event_id = any($1) and state = 'dead' returning event_id
      ), again as (
        update ${this.tables.event} set routed_at = null, deliver_at = now()
        where id = any($1) and routed_at is not null and id not in (select event_id from revived) returning id
      )
      select count(*)::int as n from (select event_id from revived union select id from again) as replayed`,
      [ids],
    );
    return rows[0]?.n ?? 0;
  }

  /** Gives back what this instance has claimed. */
  async release(): Promise<void> {
    await this.connection.query(`update ${this.tables.task} set owner = null, attempts = greatest(attempts - 1, 0) where owner = $1`, [
      this.owner,
    ]);
  }

  /** Removes events that were routed long enough ago, and are delivered. */
  async sweep(retentionSeconds: number, limit: number): Promise<number> {
    const { rowCount } = await this.connection.query(
      `delete from ${this.tables.event} where id in (
        select id from ${this.tables.event} e
        where routed_at < now() - $1::float8 * interval '1 second' and not exists (select from ${this.tables.task} t where t.event_id = e.id)
        limit $2 for update skip locked
      )`,
      [retentionSeconds, limit],
    );
    return rowCount;
  }
}

function claimedOf(row: TaskRow): ClaimedTask {
  return {
    id: row.id,
    target: row.target,
    event: row.event_id !== null && row.name !== null ? eventOf(row as TaskRow & { event_id: string; name: string }) : undefined,
    tick: row.tick ?? undefined,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
  };
}

function eventOf(row: TaskRow & { event_id: string; name: string }): DeliveredEvent {
  const metadata = {
    ...(parse(row.metadata) as Record<string, unknown> | undefined),
    created_at: row.created_at?.toISOString(),
    published_at: row.routed_at?.toISOString(),
  };
  return { id: row.event_id, name: row.name, data: parse(row.data), metadata };
}
