import type { Logger, SqlConnection } from "@velella/kernel";
import { patiently } from "../connection/patiently";
import type { Target } from "../rows/task-row";
import type { Tables } from "../store/schema";
import { shownTarget } from "./target";

/** A subscriber with one of its events, or a job, which has none. */
export interface Handled {
  target: Target;
  event: string;
}

/** What {@link Handlers} work with. */
export interface HandlersOptions {
  connection: SqlConnection;
  tables: Tables;
  logger: Logger;
  /** This instance. */
  instance: string;
  /** Seconds that what an instance had is remembered, once none has it any more. */
  rememberSeconds: number;
  /** What this instance has. */
  own(): Handled[];
}

/**
 * Who has which subscribers and jobs, over all instances. Events are routed by it, so that an instance which has not
 * somebody's subscriber does not swallow its events; and what an instance had is remembered for a while after it has gone,
 * since most come back.
 */
export class Handlers {
  private isAnnounced = false;
  private announcing: Promise<void> = Promise.resolve();

  constructor(private readonly options: HandlersOptions) {}

  /** Makes known what this instance has. */
  async start(): Promise<void> {
    this.isAnnounced = true;
    await this.announce();
  }

  /** Something was added after the start: the others learn of it in this moment, and not before. */
  changed(): void {
    if (!this.isAnnounced) return;
    this.announcing = this.announcing
      .then(() => this.announce())
      .catch((error: unknown) => this.options.logger.warn(`Other instances will learn of a new subscriber or job later: ${String(error)}`));
  }

  private async announce(): Promise<void> {
    const { connection, tables, instance, own } = this.options;
    const handled = own();
    await patiently(() =>
      connection.query(
        `with gone as (
          delete from ${tables.handler} h where instance = $1
            and not exists (select from unnest($2::text[], $3::text[]) as own(target, event) where own.target = h.target and own.event = h.event)
        )
        insert into ${tables.handler} (target, event, instance) select distinct target, event, $1 from unnest($2::text[], $3::text[]) as own(target, event)
        on conflict (target, event, instance) do update set left_at = null where ${tables.handler}.left_at is not null`,
        [instance, handled.map(({ target }) => target), handled.map(({ event }) => event)],
        tables.statement("announce"),
      ),
    );
  }

  /** Remembers who has gone, and in time forgets what nobody has had since; deliveries to it are then put aside as dead. */
  async sweep(): Promise<void> {
    if (!this.isAnnounced) return;
    await this.announce();
    const { connection, tables, logger, rememberSeconds } = this.options;
    const { handler, instance } = tables;
    const { rows } = await connection.query<{ target: Target }>(
      `with alive as (
        select id from ${instance}
      ), away as (
        select target, event, instance, left_at from ${handler} where instance not in (select id from alive) for update skip locked
      ), left_now as (
        update ${handler} h set left_at = now() from away a
        where a.left_at is null and h.target = a.target and h.event = a.event and h.instance = a.instance
      ), came_back as (
        update ${handler} set left_at = null where left_at is not null and instance in (select id from alive)
      ), gone as (
        delete from ${handler} h using away a
        where h.target = a.target and h.event = a.event and h.instance = a.instance and (
          a.left_at < now() - $1::float8 * interval '1 second'
          or exists (select from ${handler} o join alive on alive.id = o.instance where o.target = h.target and o.event = h.event)
        ) returning h.target, h.event, h.instance
      )
      select distinct target from gone where not exists (
        select from ${handler} h where h.target = gone.target
          and not exists (select from gone g where g.target = h.target and g.event = h.event and g.instance = h.instance)
      )`,
      [rememberSeconds],
      tables.statement("handlers"),
    );
    for (const { target } of rows) logger.warn(`No instance has had ${shownTarget(target)} for ${rememberSeconds} s; it is forgotten`);
    await this.buryOrphans();
  }

  private async buryOrphans(): Promise<void> {
    const { connection, tables, logger, rememberSeconds } = this.options;
    const { task, event, handler } = tables;
    const { rows } = await connection.query<{ target: Target; event: string | null; n: number }>(
      `with orphans as (
        select o.id, case when exists (select from ${handler} h where h.target = o.target) then e.name end as event
        from ${task} o left join ${event} e on e.id = o.event_id
        where o.kind = 'event' and o.state = 'ready' and o.owner is null and o.created_at < now() - $1::float8 * interval '1 second'
          and not exists (select from ${handler} h where h.target = o.target and (e.name is null or h.event in (e.name, '*')))
        limit 1000 for update of o skip locked
      ), dead as (
        update ${task} t set state = 'dead', run_at = now(), error = coalesce(error || E'\\n', '') ||
          case when o.event is null then 'No instance has this subscriber any more.' else format('The subscriber is not for "%s" any more.', o.event) end
        from orphans o where t.id = o.id returning t.target, o.event
      )
      select target, event, count(*)::int as n from dead group by target, event`,
      [rememberSeconds],
      tables.statement("orphans"),
    );
    for (const { target, event: name, n } of rows) {
      const whose = name === null ? shownTarget(target) : `${shownTarget(target)} for event "${name}"`;
      logger.warn(`No instance has ${whose}; ${n} of its deliveries are put aside as dead`);
    }
  }
}
