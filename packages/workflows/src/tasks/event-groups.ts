import type { EventMessage, SqlConnection, SqlExecutor } from "@velella/kernel";
import { patiently } from "../connection/patiently";
import type { Tables } from "../store/schema";
import { checkEnvelopes, checkGroup } from "../options/event-options";
import { eventRow, insertEventsCte } from "../store/event-store";

/** Events that wait until someone releases their group; on disk, so that no restart loses them. */
export class EventGroups {
  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
  ) {}

  async hold(group: string, messages: readonly EventMessage[], executor?: SqlExecutor): Promise<void> {
    checkEnvelopes(messages);
    checkGroup(group);
    const rows = messages.map(eventRow);
    const insert = (on: SqlExecutor) =>
      on.query(
        `insert into ${this.tables.eventGroup} (id, group_id, name, event)
        select id, $1, name, event from unnest($2::text[], $3::text[], $4::text[]) as e(id, name, event) on conflict (id) do nothing`,
        [group, rows.map(({ id }) => id), rows.map(({ name }) => name), rows.map((row) => JSON.stringify(row))],
      );
    await (executor ? insert(executor) : patiently(() => insert(this.connection)));
  }

  /** Puts the events of a group into the outbox, in the order in which they came. Returns how many. */
  async release(group: string): Promise<number> {
    checkGroup(group);
    return this.connection.transaction(async (transaction) => {
      const { rows } = await transaction.query<{ id: string; event: string }>(
        `delete from ${this.tables.eventGroup} where group_id = $1 returning id, event`,
        [group],
      );
      const events = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ event }) => event);
      if (events.length)
        await transaction.query(`with ${insertEventsCte(this.tables, "$1", "true")} select count(*) from inserted_events`, [
          `[${events.join()}]`,
        ]);
      return events.length;
    });
  }

  /** Drops the events of a group; with names, only those. Returns how many. */
  async clear(group: string, names?: readonly string[]): Promise<number> {
    checkGroup(group);
    const { rowCount } = await this.connection.query(
      `delete from ${this.tables.eventGroup} where group_id = $1 and ($2::text[] is null or name = any($2))`,
      [group, names ?? null],
    );
    return rowCount;
  }

  /** Drops what nobody released for so long. Returns how many events, and of which groups. */
  async sweep(retentionSeconds: number): Promise<{ events: number; groups: string[] }> {
    const { rows } = await this.connection.query<{ group_id: string; n: number }>(
      `with gone as (delete from ${this.tables.eventGroup} where created_at < now() - $1::float8 * interval '1 second' returning group_id)
      select group_id, count(*)::int as n from gone group by group_id`,
      [retentionSeconds],
    );
    return { events: rows.reduce((sum, { n }) => sum + n, 0), groups: rows.map(({ group_id }) => group_id) };
  }
}
