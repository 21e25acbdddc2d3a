import type { SqlConnection } from "@velella/kernel";

/** A step as it sees itself: `workflow/step/action`, and the idempotency key that it was given. */
export interface Sighting {
  step: string;
  key: string;
}

/**
 * What the workflows of the crash tests change: things that are there or not, however often they are put there, and
 * counters, which show how often something was done. It also remembers the idempotency keys that steps came with.
 */
export class World {
  constructor(readonly connection: SqlConnection) {}

  async create(): Promise<void> {
    await this.connection.query(
      `create table world (run text, thing text, value text, primary key (run, thing));
       create table counter (run text, thing text, n int not null, primary key (run, thing));
       create table sighting (run text, step text, key text, n int not null, primary key (run, step, key));
       create table told (run text, event text, primary key (run, event))`,
    );
  }

  async put(run: string, thing: string, value: string, seen?: Sighting): Promise<void> {
    const insert = `insert into world values ($1, $2, $3) on conflict (run, thing) do update set value = excluded.value`;
    if (seen) await this.connection.query(`${seeing("$4", "$5")} ${insert}`, [run, thing, value, seen.step, seen.key]);
    else await this.connection.query(insert, [run, thing, value]);
  }

  async remove(run: string, thing: string, { step, key }: Sighting): Promise<void> {
    await this.connection.query(`${seeing("$3", "$4")} delete from world where run = $1 and thing = $2`, [run, thing, step, key]);
  }

  /** Takes down that an event of a run was delivered. */
  async hear(run: string, event: string): Promise<void> {
    await this.connection.query(`insert into told values ($1, $2) on conflict do nothing`, [run, event]);
  }

  /** Everything that is there, `thing=value`, and every counter, `thing#n`. */
  async look(run: string): Promise<string[]> {
    const { rows } = await this.connection.query<{ line: string }>(
      `select thing || '=' || value as line from world where run = $1 union all select thing || '#' || n from counter where run = $1 order by 1`,
      [run],
    );
    return rows.map(({ line }) => line);
  }

  /** How many events of a run were delivered, each counted once. */
  async told(run: string): Promise<number> {
    const { rows } = await this.connection.query<{ n: number }>(`select count(*)::int as n from told where run = $1`, [run]);
    return rows[0]?.n ?? 0;
  }

  /** Each step of a run with each key that it was seen with, and how often. */
  async sightings(run: string): Promise<(Sighting & { n: number })[]> {
    const { rows } = await this.connection.query<Sighting & { n: number }>(
      `select step, key, n from sighting where run = $1 order by step, key`,
      [run],
    );
    return rows;
  }
}

/** Part of a `with` clause that takes a sighting down; `$1` is the run. */
const seeing = (step: string, key: string) =>
  `with seen as (insert into sighting as s values ($1, ${step}, ${key}, 1) on conflict (run, step, key) do update set n = s.n + 1)`;

/** Counts a thing in a run: `[run, thing, by how much, step, key]`. */
export const countStatement = `${seeing("$4", "$5")} insert into counter as c values ($1, $2, $3) on conflict (run, thing) do update set n = c.n + excluded.n`;
