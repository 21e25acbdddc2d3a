import type { SqlExecutor } from "@velella/kernel";
import { describeTables } from "../ddl/describe-tables";
import { createIndexSql } from "../ddl/statements";
import type { TableDescription } from "../ddl/table";
import { specOf } from "../model/spec-of";
import { migrationErrors } from "./errors";
import { historyOf, recordAdopted } from "./history";
import { findMigrations } from "./load";
import type { LoadModule, ModuleMigrations } from "./load";

/** Where MikroORM's migrator keeps what was run: by name, for all modules together. */
const foreignHistory = "mikro_orm_migrations";

/** A migration that was taken over instead of being run. */
export interface AdoptedMigration {
  readonly module: string;
  readonly name: string;
}

/**
 * Takes over a database that another system has migrated, as its table `mikro_orm_migrations` shows.
 *
 * - A migration whose name stands there was run. That holds for the modules of an app, whose files came along.
 * - A module none of whose names stand there, but whose tables are all there with all of their columns, is as its
 *   migrations would leave it: all of them count as run. That holds for modules that have the same tables under
 *   migrations of other names. Plain indexes that are missing are made; where tables or columns are missing, nothing
 *   is guessed.
 *
 * What was taken over is never undone by a rollback.
 *
 * @throws `migration.cannot_adopt`, naming what a module's tables lack.
 */
export async function adoptMigrations(
  executor: SqlExecutor,
  sources: readonly ModuleMigrations[],
  load: LoadModule | undefined,
): Promise<AdoptedMigration[]> {
  const foreign = await foreignNames(executor);
  if (!foreign) return [];
  const adopted: AdoptedMigration[] = [];
  for (const source of sources) {
    const names = (await findMigrations(source, load)).map(({ name }) => name);
    const done = new Set((await historyOf(executor, source.module)).map(({ name }) => name));
    const known = names.filter((name) => foreign.has(name) && !done.has(name));
    const isUnknown = done.size === 0 && known.length === 0 && names.length > 0;
    const taken = isUnknown && (await hasSameTables(executor, source)) ? names : known;
    for (const name of taken) {
      await recordAdopted(executor, source.module, name, foreign.get(name));
      adopted.push({ module: source.module, name });
    }
  }
  return adopted;
}

/** Names and times of what the other system has run; undefined where there was none. */
async function foreignNames(executor: SqlExecutor): Promise<Map<string, string> | undefined> {
  const { rows: found } = await executor.query<{ there: boolean }>("select to_regclass($1) is not null as there", [foreignHistory]);
  if (!found[0]?.there) return undefined;
  const { rows } = await executor.query<{ name: string; at: string }>(`select "name", "executed_at"::text as at from "${foreignHistory}"`);
  return new Map(rows.map((row) => [row.name, row.at]));
}

/** Whether the tables of a module are there, whole; makes their missing indexes. None at all is a module that is new. */
async function hasSameTables(executor: SqlExecutor, { module, models = [] }: ModuleMigrations): Promise<boolean> {
  const tables = describeTables(models.map(specOf));
  const present = await columnsOf(executor, tables);
  if (present.size === 0) return false;
  const missing = tables.flatMap((table) => {
    const columns = present.get(table.name);
    if (!columns) return [table.name];
    return table.columns.filter((column) => !columns.has(column.name)).map((column) => `${table.name}.${column.name}`);
  });
  if (missing.length > 0) throw migrationErrors.cannotAdopt(module, missing);
  for (const table of tables) {
    for (const index of table.indexes) if (!index.unique) await executor.query(createIndexSql(table.name, index));
  }
  return true;
}

async function columnsOf(executor: SqlExecutor, tables: readonly TableDescription[]): Promise<Map<string, Set<string>>> {
  const { rows } = await executor.query<{ table: string; names: string[] }>(
    `select c.relname::text as "table", array_agg(a.attname::text) as names
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p') and pg_table_is_visible(c.oid) and c.relname = any($1::text[]) group by 1`,
    [tables.map(({ name }) => name)],
  );
  return new Map(rows.map((row) => [row.table, new Set(row.names)]));
}
