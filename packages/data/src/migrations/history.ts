import type { SqlExecutor } from "@velella/kernel";

/** A migration that was run. */
export interface RecordedMigration {
  readonly name: string;
  /** True where it belongs to the module's last batch: to the migrations that ran last together. */
  readonly inLastBatch: boolean;
}

/** Creates the table of migrations that were run, where it is missing. `adopted`: by another system, see `adoptMigrations`. */
export async function ensureHistory(executor: SqlExecutor): Promise<void> {
  await executor.query(
    `create table if not exists "velella_migrations" ("module" text not null, "name" text not null, ` +
      `"executed_at" timestamptz not null default now(), "adopted" boolean not null default false, ` +
      `constraint "velella_migrations_pkey" primary key ("module", "name"))`,
  );
  await executor.query(`alter table "velella_migrations" add column if not exists "adopted" boolean not null default false`);
}

/** The names of what was run of a module. */
export async function namesRun(executor: SqlExecutor, module: string): Promise<Set<string>> {
  const { rows } = await executor.query<{ name: string }>(`select "name" from "velella_migrations" where "module" = $1`, [module]);
  return new Set(rows.map((row) => row.name));
}

/** True where any migration was ever run. */
export async function hasHistory(executor: SqlExecutor): Promise<boolean> {
  const { rows } = await executor.query<{ found: boolean }>(`select to_regclass('velella_migrations') is not null as found`);
  return rows[0]?.found === true;
}

/** What was run of a module, by name. */
export async function historyOf(executor: SqlExecutor, module: string): Promise<RecordedMigration[]> {
  const { rows } = await executor.query<RecordedMigration>(
    `select "name", not "adopted" and "executed_at" = max("executed_at") filter (where not "adopted") over () as "inLastBatch"
     from "velella_migrations" where "module" = $1 order by "name" collate "C"`,
    [module],
  );
  return rows;
}

/** Notes that a migration had been run by another system, at a time that may be unknown. */
export async function recordAdopted(executor: SqlExecutor, module: string, name: string, at: string | undefined): Promise<void> {
  await executor.query(
    `insert into "velella_migrations" ("module", "name", "executed_at", "adopted") values ($1, $2, coalesce($3::timestamptz, now()), true)`,
    [module, name, at ?? null],
  );
}

/** Notes that a migration was run; those of one run share the time of its beginning, which makes them a batch. */
export async function record(executor: SqlExecutor, module: string, name: string, batch: string): Promise<void> {
  await executor.query(`insert into "velella_migrations" ("module", "name", "executed_at") values ($1, $2, $3::timestamptz)`, [module, name, batch]);
}

/** Notes that a migration was undone. */
export async function forget(executor: SqlExecutor, module: string, name: string): Promise<void> {
  await executor.query(`delete from "velella_migrations" where "module" = $1 and "name" = $2`, [module, name]);
}
