import type { Logger, SqlConnection } from "@velella/kernel";
import { isRefusalOfData } from "../connection/errors";
import type { Tables } from "../store/schema";
import { errorText } from "./error-text";
import { targetSql } from "./target";

/** What an {@link EventRouter} works with. */
export interface EventRouterOptions {
  connection: SqlConnection;
  tables: Tables;
  logger: Logger;
  /** This instance. */
  instance: string;
  /** Pairs of subscriber and event, `*` for all: those of this instance, whose rows may be behind. */
  subscriptions(): (readonly [subscriber: string, event: string])[];
  /** How often an event is tried with a subscriber that fails, where the event does not say. */
  maxAttempts: number;
}

/** What came of a look for events that are due. */
export interface Routed {
  /** How many events were dealt with. */
  routed: number;
  /** Whether some are for subscribers that are not here. */
  elsewhere: boolean;
}

const isDue = "routed_at is null and deliver_at <= now()";

/** Makes a task of each event that is due for each subscriber that some instance has, or had a while ago. */
export class EventRouter {
  constructor(private readonly options: EventRouterOptions) {}

  /** Routes what is due, so many at most. One event of which the database takes no task does not hold up the others. */
  async route(limit: number): Promise<Routed> {
    try {
      return await this.routeAll(limit);
    } catch (error) {
      if (!isRefusalOfData(error)) throw error;
      return this.routeEach(limit);
    }
  }

  private async routeAll(limit: number): Promise<Routed> {
    const { connection, tables } = this.options;
    const picked = `select id from ${tables.event} where ${isDue} order by priority, deliver_at limit $5 for update skip locked`;
    const { rows } = await connection.query<Routed>(this.routing(picked), [...this.wanted(), limit], tables.statement("route"));
    return rows[0] ?? { routed: 0, elsewhere: false };
  }

  private async routeEach(limit: number): Promise<Routed> {
    const { connection, tables } = this.options;
    const { rows } = await connection.query<{ id: string; name: string }>(
      `select id, name from ${tables.event} where ${isDue} order by priority, deliver_at limit $1`,
      [limit],
    );
    const all: Routed = { routed: 0, elsewhere: false };
    for (const event of rows) {
      const { routed, elsewhere } = await this.routeOne(event);
      all.routed += routed;
      all.elsewhere ||= elsewhere;
    }
    return all;
  }

  private async routeOne({ id, name }: { id: string; name: string }): Promise<Routed> {
    const { connection, logger } = this.options;
    try {
      const { rows } = await connection.query<Routed>(this.routing(this.pickedOne), [...this.wanted(), id]);
      return rows[0] ?? { routed: 0, elsewhere: false };
    } catch (error) {
      if (!isRefusalOfData(error)) throw error;
      const isAside = await this.putAside(id, errorText(error));
      logger.error(`Event "${name}" (${id}) cannot be routed, and is ${isAside ? "put aside as dead" : "tried again in an hour"}`, error);
      return { routed: 1, elsewhere: false };
    }
  }

  /**
   * Puts an event aside as dead, for each of its subscribers. Its key, which may be what the database does not take, is left
   * out: it has lost its place. Returns false when not even this could be stored; then the event is put off.
   */
  private async putAside(id: string, error: string): Promise<boolean> {
    const { connection, tables } = this.options;
    try {
      await connection.query(this.routing(this.pickedOne, { state: "'dead'", error: "$6", key: "null" }), [...this.wanted(), id, error]);
      return true;
    } catch (again) {
      if (!isRefusalOfData(again)) throw again;
      await connection.query(`update ${tables.event} set deliver_at = now() + interval '1 hour' where id = $1 and ${isDue}`, [id]);
      return false;
    }
  }

  /**
   * Waits for the row: the statement of which the server has said that it failed may hold it a moment longer, and skipped now,
   * the event would wait for the next look.
   */
  private get pickedOne(): string {
    return `select id from ${this.options.tables.event} where id = $5 and ${isDue} for update`;
  }

  /** The parameters $1 to $4 of {@link EventRouter.routing}. */
  private wanted(): unknown[] {
    const { subscriptions, maxAttempts, instance } = this.options;
    const own = subscriptions();
    return [own.map(([subscriber]) => subscriber), own.map(([, event]) => event), maxAttempts, instance];
  }

  /** The statement that routes the events whose ids a query gives. */
  private routing(picked: string, { state = "'ready'", error = "null", key = "r.partition_key" } = {}): string {
    const { event, task, handler } = this.options.tables;
    return `with picked as (
        ${picked}
      ), routed as (
        update ${event} e set routed_at = now() from picked where e.id = picked.id
        returning e.id, e.name, e.priority, e.max_attempts, e.partition_key, e.position
      ), own as materialized (
        select ${targetSql.subscriber("subscriber")} as target, event from unnest($1::text[], $2::text[]) as own(subscriber, event)
      ), wanted as materialized (
        select target, event from own
        union select target, event from ${handler} where ${targetSql.isSubscriber("target")} and instance <> $4
      ), tasks as (
        insert into ${task} (id, kind, target, event_id, priority, max_attempts, partition_key, position, state, error)
        select distinct r.id || ':' || ${targetSql.subscriberOf("w.target")}, 'event', w.target, r.id, r.priority, coalesce(r.max_attempts, $3),
          ${key}::text, r.position, ${state}, ${error}::text
        from routed r join wanted w on w.event = r.name or w.event = '*'
        on conflict (id) do nothing returning target, event_id
      )
      select (select count(*)::int from routed) as routed,
        exists (
          select from tasks t join routed r on r.id = t.event_id
          where not exists (select from own where own.target = t.target and own.event in (r.name, '*'))
        ) as elsewhere`;
  }
}
