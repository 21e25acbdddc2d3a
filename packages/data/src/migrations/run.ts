import type { SqlConnection, SqlExecutor, SqlSession } from "@velella/kernel";
import { migrationErrors } from "./errors";
import { ensureHistory, forget, hasHistory, historyOf, record } from "./history";
import { findMigrations, type LoadModule, type ModuleMigrations, type NamedMigration } from "./load";
import { runMigration } from "./migration";

/**
 * The advisory lock under which one process at a time changes the tables of a database, as the two numbers of
 * `pg_advisory_lock`: "velella" and "migrate" by their first letters.
 */
export const migrationLock = "1986358380, 1835624306";

/** A migration that was run or undone. */
export interface MigrationProgress {
  readonly module: string;
  readonly name: string;
  readonly direction: "up" | "down";
  readonly durationMs: number;
}

export interface MigrationOptions {
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
 * @returns what was run, in order.
 * @throws `migration.failed`, naming module, file and statement. What failed is rolled back whole, what came before stays.
 */
export function runMigrations(options: MigrationOptions): Promise<MigrationProgress[]> {
  return underLock(options.connection, async (session) => {
    await ensureHistory(session);
    const batch = await now(session);
    const applied: MigrationProgress[] = [];
    for (const source of options.modules) {
      for (const migration of await pendingOf(session, source, options.load)) {
        applied.push(await apply(session, source.module, migration, "up", options, () => record(session, source.module, migration.name, batch)));
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
  return underLock(options.connection, async (session) => {
    await ensureHistory(session);
    const undone: MigrationProgress[] = [];
    for (const source of options.modules.toReversed()) {
      const known = new Map((await findMigrations(source, options.load)).map((migration) => [migration.name, migration]));
      const history = await historyOf(session, source.module);
      for (const { name } of history.filter((entry) => entry.inLastBatch).toReversed()) {
        const migration = known.get(name);
        if (!migration) throw migrationErrors.missingFile(source.module, name);
        undone.push(await apply(session, source.module, migration, "down", options, () => forget(session, source.module, name)));
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
  const done = new Set((await historyOf(executor, source.module)).map((entry) => entry.name));
  return (await findMigrations(source, load)).filter((migration) => !done.has(migration.name));
}

async function apply(
  session: SqlSession,
  module: string,
  named: NamedMigration,
  direction: "up" | "down",
  options: MigrationOptions,
  remember: () => Promise<void>,
): Promise<MigrationProgress> {
  const started = performance.now();
  const { knex } = options;
  const migration = new (await named.load())();
  const transactional = migration.isTransactional();
  let statement = direction === "up" ? "up()" : "down()";
  if (transactional) await session.query("begin");
  try {
    await runMigration(migration, direction, {
      executor: session,
      onStatement: (text) => (statement = text),
      ...(knex && { knex: () => knex(session) }),
    });
    await remember();
    if (transactional) await session.query("commit");
  } catch (cause) {
    // A session that was lost has been rolled back by the server; the cause is what must be told.
    if (transactional) await session.query("rollback").catch(() => undefined);
    throw migrationErrors.failed(direction, module, named.file, statement, cause instanceof Error ? cause.message : String(cause), transactional);
  }
  const progress = { module, name: named.name, direction, durationMs: performance.now() - started };
  options.onProgress?.(progress);
  return progress;
}

/** A session of its own holds the lock, so that it is gone with the process, and no pool is blocked by waiting for it. */
async function underLock<T>(connection: SqlConnection, run: (session: SqlSession) => Promise<T>): Promise<T> {
  const session = await connection.session();
  try {
    // Waiting for another process, and rewriting a table, may take longer than any request may.
    await session.query("set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0");
    await session.query(`select pg_advisory_lock(${migrationLock})`);
    return await run(session);
  } finally {
    await session.release();
  }
}

async function now(executor: SqlExecutor): Promise<string> {
  const { rows } = await executor.query<{ now: string }>("select clock_timestamp()::text as now");
  return rows[0]?.now ?? "now()";
}
