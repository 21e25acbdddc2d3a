import type { SqlConnection, SqlExecutor } from "@velella/kernel";
import { underLock } from "../connection/under-lock";
import type { LockedExecutor } from "../connection/under-lock";
import { migrationErrors } from "./errors";
import { adoptMigrations } from "./adopt";
import { ensureHistory, forget, hasHistory, historyOf, namesRun, record } from "./history";
import { findMigrations, type LoadModule, type ModuleMigrations, type NamedMigration } from "./load";
import { runMigration } from "./migration";

/**
 * The advisory lock under which one process at a time changes the tables of a database, as the two numbers of
 * `pg_advisory_lock`: "velella" and "migrate" by their first letters.
 */
export const migrationLock = "1986358380, 1835624306";

/** A migration that was run or undone, or one that had been run before Velella came (see `adoptMigrations`). */
export interface MigrationProgress {
  readonly module: string;
  readonly name: string;
  readonly direction: "up" | "down" | "adopt";
  readonly durationMs: number;
}

/** What is migrated or undone, and where. */
export interface MigrationOptions {
  /** Also keeps the history of what was run, and the lock: by a session where it has one, else by a transaction. */
  readonly connection: SqlConnection;
  /** Modules in the order in which they are migrated; undone in reverse. */
  readonly modules: readonly ModuleMigrations[];
  /** Called after each migration. */
  readonly onProgress?: (progress: MigrationProgress) => void;
  /** Loads a migration file. Default: `require`. */
  readonly load?: LoadModule;
  /** Makes a Knex for migrations that ask for one, bound to the executor. Default: none. */
  readonly knex?: (executor: SqlExecutor) => unknown;
}

/**
 * Runs the migrations that were not yet run: each in a transaction of its own (unless its class says otherwise), all
 * under a lock, so that of several processes one migrates and the others wait and find nothing left to do.
 *
 * A database that another system migrated is taken over first: see `adoptMigrations`.
 *
 * @returns what was taken over, then what was run, in order.
 * @throws `migration.cannot_adopt`; `migration.failed`, naming module, file and statement. What failed is rolled back whole, what came before stays.
 */
export function runMigrations(options: MigrationOptions): Promise<MigrationProgress[]> {
  return underLock(options.connection, migrationLock, async (locked) => {
    await ensureHistory(locked);
    const batch = await now(locked);
    const adopted = await locked.transaction((executor) => adoptMigrations(executor, options.modules, options.load));
    const applied: MigrationProgress[] = adopted.map((migration) => ({ ...migration, direction: "adopt", durationMs: 0 }));
    for (const progress of applied) options.onProgress?.(progress);
    for (const source of options.modules) {
      for (const migration of await pendingOf(locked, source, options.load)) {
        applied.push(await apply(locked, source.module, migration, "up", options, (executor) => record(executor, source.module, migration.name, batch)));
      }
    }
    return applied;
  });
}

/**
 * Undoes, for each module, the migrations that ran last together.
 *
 * @returns what was undone, in order.
 */
export function rollbackMigrations(options: MigrationOptions): Promise<MigrationProgress[]> {
  return underLock(options.connection, migrationLock, async (locked) => {
    await ensureHistory(locked);
    const undone: MigrationProgress[] = [];
    for (const source of options.modules.toReversed()) {
      const known = new Map((await findMigrations(source, options.load)).map((migration) => [migration.name, migration]));
      const history = await historyOf(locked, source.module);
      for (const { name } of history.filter((entry) => entry.inLastBatch).toReversed()) {
        const migration = known.get(name);
        if (!migration) throw migrationErrors.missingFile(source.module, name);
        undone.push(await apply(locked, source.module, migration, "down", options, (executor) => forget(executor, source.module, name)));
      }
    }
    return undone;
  });
}

/** The migrations that `runMigrations` would run, without running them. */
export async function pendingMigrations(options: Pick<MigrationOptions, "connection" | "modules" | "load">): Promise<{ module: string; name: string }[]> {
  const started = await hasHistory(options.connection);
  const pending: { module: string; name: string }[] = [];
  for (const source of options.modules) {
    const migrations = started ? await pendingOf(options.connection, source, options.load) : await findMigrations(source, options.load);
    pending.push(...migrations.map(({ name }) => ({ module: source.module, name })));
  }
  return pending;
}

async function pendingOf(executor: SqlExecutor, source: ModuleMigrations, load: LoadModule | undefined): Promise<NamedMigration[]> {
  const done = await namesRun(executor, source.module);
  return (await findMigrations(source, load)).filter((migration) => !done.has(migration.name));
}

async function apply(
  locked: LockedExecutor,
  module: string,
  named: NamedMigration,
  direction: "up" | "down",
  options: MigrationOptions,
  remember: (executor: SqlExecutor) => Promise<void>,
): Promise<MigrationProgress> {
  const started = performance.now();
  const { knex } = options;
  const migration = new (await named.load())();
  const transactional = migration.isTransactional();
  let statement = direction === "up" ? "up()" : "down()";
  const run = async (executor: SqlExecutor) => {
    await runMigration(migration, direction, {
      executor,
      onStatement: (text) => (statement = text),
      ...(knex && { knex: () => knex(executor) }),
    });
    await remember(executor);
  };
  try {
    await (transactional ? locked.transaction(run) : run(locked));
  } catch (cause) {
    throw migrationErrors.failed(direction, module, named.file, statement, cause instanceof Error ? cause.message : String(cause), transactional);
  }
  const progress = { module, name: named.name, direction, durationMs: performance.now() - started };
  options.onProgress?.(progress);
  return progress;
}

async function now(executor: SqlExecutor): Promise<string> {
  const { rows } = await executor.query<{ now: string }>("select clock_timestamp()::text as now");
  return rows[0]?.now ?? "now()";
}
