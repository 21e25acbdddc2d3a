import type { EventMessage, SqlConnection, SqlExecutor } from "@velella/kernel";
import { patiently } from "../connection/patiently";
import { readErrors } from "../errors/engine-errors";
import { checkOptions, count, flag, text, texts } from "../options/option-checks";
import type { TaskState } from "../rows/task-row";
import type { Tables } from "../store/schema";
import { parse } from "../store/step-store";
import { Batcher } from "../store/batcher";
import { checkEnvelopes } from "../options/event-options";
import { eventRow, insertEventsCte } from "../store/event-store";
import type { NewEventRow } from "../store/event-store";
import { subscriberTarget, targetSql } from "./target";

/** An event as it stands in the outbox. */
export interface OutboxEvent {
  id: string;
  name: string;
  data: unknown;
  created_at: Date;
  /** When it was handed to the subscribers of then; null before. */
  routed_at: Date | null;
  /** Deliveries to be made, or put aside as dead; those that succeeded are gone. */
  deliveries: OutboxDelivery[];
}

/** What is left to do of an event for one subscriber. */
export interface OutboxDelivery {
  subscriber: string;
  state: TaskState;
  attempts: number;
  error: string | null;
  /** No instance that is there has this subscriber, nor the one that is asked. */
  orphaned: boolean;
}

/** Which events are read, and how many. */
export interface EventListOptions {
  /** Only events of this name. */
  name?: string;
  /** Only events that some subscriber failed on for good. */
  dead?: boolean;
  /** Only events with a delivery to a subscriber that no instance has, nor the one that is asked. */
  orphaned?: boolean;
  /** At most so many; 100 by default. */
  take?: number;
}

/** Which deliveries are meant: those for which all of this holds. */
export interface EventSelection {
  /** Only of these events. */
  ids?: readonly string[];
  /** Only to this subscriber. */
  subscriber?: string;
  /** Only of events of this name. */
  name?: string;
}

interface OutboxRow extends Omit<OutboxEvent, "data" | "deliveries"> {
  data: string | null;
  deliveries: OutboxDelivery[] | null;
}

const listChecks = { name: text, dead: flag, orphaned: flag, take: count };
const selectionChecks = { ids: texts, subscriber: text, name: text };

/** Reads and writes the outbox: events from the transaction that made them true until their retention has passed. */
export class OutboxStore {
  private readonly isOrphaned: string;
  /** Events that are emitted while others are being written are written together with each other. */
  private readonly emits: Batcher<NewEventRow[], void>;

  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
    /** The ids of the subscribers of this instance, which nobody may take for gone because no process runs at the moment. */
    private readonly own: () => readonly string[],
  ) {
    const { handler, instance } = tables;
    this.emits = new Batcher(async (emits) => {
      await this.insert(emits.flat(), connection);
      return emits.map(() => undefined);
    });
    const isThere = `exists (select from ${handler} h join ${instance} i on i.id = h.instance where h.target = t.target)`;
    this.isOrphaned = `(t.kind = 'event' and ${targetSql.subscriberOf("t.target")} <> all($1::text[]) and not ${isThere})`;
  }

  /** Puts events into the outbox, in the transaction of the executor when one is given. */
  async emit(messages: readonly EventMessage[], executor?: SqlExecutor): Promise<void> {
    checkEnvelopes(messages);
    const rows = messages.map(eventRow);
    // The ids are made, so that what was stored before a connection broke is not stored twice.
    await (executor ? this.insert(rows, executor) : patiently(() => this.emits.add(rows)));
  }

  private async insert(rows: readonly NewEventRow[], on: SqlExecutor): Promise<void> {
    await on.query(
      `with ${insertEventsCte(this.tables, "$1", "true")} select count(*) from inserted_events`,
      [JSON.stringify(rows)],
      this.tables.statement("emit"),
    );
  }

  /** The newest events in the outbox, with the deliveries that are still to be made or were put aside. */
  async list(options: EventListOptions = {}): Promise<OutboxEvent[]> {
    checkOptions("events.list()", options, listChecks, readErrors);
    const { name, dead, orphaned, take = 100 } = options;
    const { event, task } = this.tables;
    const { rows } = await this.connection.query<OutboxRow>(
      `select e.id, e.name, e.data, e.created_at, e.routed_at, (
        select json_agg(json_build_object('subscriber', ${targetSql.subscriberOf("t.target")}, 'state', t.state, 'attempts', t.attempts, 'error', t.error,
          'orphaned', ${this.isOrphaned}) order by t.target)
        from ${task} t where t.event_id = e.id
      ) as deliveries
      from ${event} e
      where ($2::text is null or e.name = $2)
        and (not $3 or exists (select from ${task} t where t.event_id = e.id and t.state = 'dead'))
        and (not $4 or exists (select from ${task} t where t.event_id = e.id and ${this.isOrphaned}))
      order by e.created_at desc, e.id desc limit $5`,
      [this.own(), name ?? null, dead ?? false, orphaned ?? false, take],
    );
    return rows.map(({ data, deliveries, ...row }) => ({ ...row, data: parse(data), deliveries: deliveries ?? [] }));
  }

  /** Delivers events again: to those who failed, when there are such, else to every subscriber. Returns how many. */
  async replay(ids: readonly string[]): Promise<number> {
    checkOptions("events.replay()", { ids }, { ids: texts }, readErrors);
    const { event, task } = this.tables;
    const { rows } = await this.connection.query<{ n: number }>(
      `with revived as (
        update ${task} set state = 'ready', attempts = 0, run_at = now(), owner = null, created_at = now()
        where event_id = any($1) and state = 'dead' returning event_id
      ), again as (
        update ${event} set routed_at = null, deliver_at = now()
        where id = any($1) and routed_at is not null and id not in (select event_id from revived) returning id
      )
      select count(*)::int as n from (select event_id from revived union select id from again) as replayed`,
      [ids],
    );
    return rows[0]?.n ?? 0;
  }

  /**
   * Gives up deliveries that are dead, or whose subscriber is gone: remembered no more, or named, and then forgotten. One that
   * this instance has is not gone. Returns how many.
   */
  async discard(selection: EventSelection): Promise<number> {
    checkOptions("events.discard()", selection, selectionChecks, readErrors);
    const { ids, subscriber, name } = selection;
    const { event, task, handler, instance } = this.tables;
    const target = subscriber === undefined ? null : subscriberTarget(subscriber);
    const { rows } = await this.connection.query<{ n: number }>(
      `with forgotten as (
        delete from ${handler} where target = $3 and ${targetSql.subscriberOf("target")} <> all($1) and instance not in (select id from ${instance})
      ), gone as (
        delete from ${task} t where kind = 'event' and owner is null and (
            state = 'dead' or (${this.isOrphaned} and ($3::text is not null or not exists (select from ${handler} h where h.target = t.target)))
          )
          and ($2::text[] is null or event_id = any($2)) and ($3::text is null or target = $3)
          and ($4::text is null or exists (select from ${event} e where e.id = t.event_id and e.name = $4))
        returning id
      )
      select count(*)::int as n from gone`,
      [this.own(), ids ?? null, target, name ?? null],
    );
    return rows[0]?.n ?? 0;
  }

  /** Removes events that were routed long enough ago, and are delivered. */
  async sweep(retentionSeconds: number, limit: number): Promise<number> {
    const { event, task } = this.tables;
    const { rowCount } = await this.connection.query(
      `delete from ${event} where id in (
        select id from ${event} e
        where routed_at < now() - $1::float8 * interval '1 second' and not exists (select from ${task} t where t.event_id = e.id)
        limit $2 for update skip locked
      )`,
      [retentionSeconds, limit],
    );
    return rowCount;
  }

  /** Removes deliveries that were put aside long enough ago; their events go with the next sweep. */
  async sweepDead(retentionSeconds: number, limit: number): Promise<number> {
    const { task } = this.tables;
    const { rowCount } = await this.connection.query(
      `delete from ${task} where id in (
        select id from ${task} where state = 'dead' and kind = 'event' and run_at < now() - $1::float8 * interval '1 second'
        limit $2 for update skip locked
      )`,
      [retentionSeconds, limit],
    );
    return rowCount;
  }
}
