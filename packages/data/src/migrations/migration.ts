import type { SqlExecutor, SqlManager } from "@velella/kernel";
import { managerFor } from "../service/sql-manager";
import { migrationErrors } from "./errors";

/** Something that knows its own SQL, such as a Knex builder. */
export interface SqlText {
  toQuery?(): string;
  toString(): string;
}

/** What a runner gives to the migration that it runs. */
export interface MigrationRun {
  readonly executor: SqlExecutor;
  /** A Knex bound to the same transaction, where the application has Knex. */
  readonly knex?: () => unknown;
  /** Told which statement runs, so that an error can name it. */
  readonly onStatement: (statement: string) => void;
}

const runs = new WeakMap<Migration, MigrationRun>();

/**
 * One step of a module's schema. A file in the module's `migrations` folder exports a class that extends it;
 * files run in the order of their names.
 *
 * @example
 * export class Migration20250101000000 extends Migration {
 *   override async up() {
 *     this.addSql(`alter table "artist" add column "fans" integer not null default 0;`);
 *   }
 *   override async down() {
 *     this.addSql(`alter table "artist" drop column "fans";`);
 *   }
 * }
 */
export abstract class Migration {
  private queries: string[] = [];

  constructor(..._args: unknown[]) {}

  /** What the migration does. */
  abstract up(): Promise<void> | void;

  /** How it is undone. */
  down(): Promise<void> | void {
    throw migrationErrors.irreversible(this.constructor.name);
  }

  /** False for what cannot run in a transaction, such as `create index concurrently`. */
  isTransactional(): boolean {
    return true;
  }

  /** Adds a statement, to run in order after `up` or `down` has returned. */
  addSql(sql: string | SqlText): void {
    this.queries.push(typeof sql === "string" ? sql : (sql.toQuery?.() ?? sql.toString()));
  }

  /** The statements added so far. */
  getQueries(): readonly string[] {
    return this.queries;
  }

  /** Forgets the statements added so far. */
  reset(): void {
    this.queries = [];
  }

  /** Runs a statement at once, inside the migration's transaction, with `?` or `$1` placeholders, and returns its rows. */
  async execute<Row = Record<string, unknown>>(sql: string | SqlText, params: readonly unknown[] = []): Promise<Row[]> {
    const { executor, onStatement } = runOf(this, "execute");
    const text = typeof sql === "string" ? sql : (sql.toQuery?.() ?? sql.toString());
    onStatement(text);
    return managerFor(executor).execute<Row>(text, params);
  }

  /** Raw SQL inside the migration's transaction, in the form that services know. */
  getEntityManager(): SqlManager {
    return { executor: runOf(this, "getEntityManager").executor, execute: (text, params) => this.execute(text, params) };
  }

  /** A Knex that belongs to the migration's transaction; its type is whatever the application's Knex is. */
  getKnex<Knex = unknown>(): Knex {
    const { knex } = runOf(this, "getKnex");
    if (!knex) throw migrationErrors.noKnex(this.constructor.name);
    return knex() as Knex;
  }
}

/** A migration class that can be instantiated. */
export type MigrationClass = new (...args: unknown[]) => Migration;

/** Collects what a migration adds while its `up` or `down` runs, then runs it. */
export async function runMigration(migration: Migration, direction: "up" | "down", run: MigrationRun): Promise<void> {
  runs.set(migration, run);
  try {
    migration.reset();
    await migration[direction]();
    for (const query of migration.getQueries()) {
      run.onStatement(query);
      await run.executor.query(query);
    }
  } finally {
    runs.delete(migration);
  }
}

function runOf(migration: Migration, method: string): MigrationRun {
  const run = runs.get(migration);
  if (!run) throw migrationErrors.notRunning(migration.constructor.name, method);
  return run;
}
