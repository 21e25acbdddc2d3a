import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createConnection } from "../connection/connection";
import { createTestDatabase, type TestDatabase } from "../testing/database";
import { Migration, type MigrationClass } from "./migration";
import { pendingMigrations, rollbackMigrations, runMigrations } from "./run";

let database: TestDatabase;
let connection: SqlConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url, poolSize: 2 });
});

beforeEach(async () => {
  await connection.query("drop schema public cascade; create schema public");
});

afterAll(async () => {
  await connection.close();
  await database.drop();
});

/** A migration of one statement each way. */
function migration(up: string, down = ""): MigrationClass {
  return class extends Migration {
    override up() {
      this.addSql(up);
    }
    override down() {
      if (down) this.addSql(down);
    }
  };
}

const tables = async () =>
  (await connection.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = 'public' order by 1`)).rows
    .map((row) => row.name)
    .filter((name) => name !== "velella_migrations");

const blog = {
  module: "blog",
  migrations: { M2: migration("alter table post add title text", "alter table post drop title"), M1: migration("create table post (id text)", "drop table post") },
};

test("migrations run once, in the order of their names, and are recorded by module", async () => {
  const seen: string[] = [];
  const done = await runMigrations({ connection, modules: [blog], onProgress: (progress) => seen.push(progress.name) });
  expect(done.map(({ name, direction }) => [name, direction])).toEqual([["M1", "up"], ["M2", "up"]]);
  expect(seen).toEqual(["M1", "M2"]);
  expect(await runMigrations({ connection, modules: [blog] })).toEqual([]);
  const { rows } = await connection.query("select module, name from velella_migrations order by 2");
  expect(rows).toEqual([{ module: "blog", name: "M1" }, { module: "blog", name: "M2" }]);
});

test("what is pending is known before and after", async () => {
  expect(await pendingMigrations({ connection, modules: [blog] })).toHaveLength(2);
  await runMigrations({ connection, modules: [blog] });
  expect(await pendingMigrations({ connection, modules: [blog] })).toEqual([]);
});

test("a failing migration is rolled back whole, named, and run again once corrected", async () => {
  const bad = { module: "shop", migrations: { M1: migration("create table a (id text)"), M2: migration("create table b (id text); insert into nowhere values (1)") } };
  const failure = await runMigrations({ connection, modules: [blog, bad] }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ reason: "migration.failed", type: "database_error" });
  const { message } = failure as Error;
  expect(message).toContain('module "shop"');
  expect(message).toContain("M2");
  expect(message).toContain("insert into nowhere");
  expect(message).toContain('relation "nowhere" does not exist');
  expect(await tables()).toEqual(["a", "post"]);
  const good = { module: "shop", migrations: { ...bad.migrations, M2: migration("create table b (id text)") } };
  expect((await runMigrations({ connection, modules: [good] })).map(({ name }) => name)).toEqual(["M2"]);
});

test("a rollback undoes the last batch of each module, newest first", async () => {
  const first = { module: "blog", migrations: { M1: blog.migrations.M1 } };
  await runMigrations({ connection, modules: [first] });
  await runMigrations({ connection, modules: [blog] });
  expect((await rollbackMigrations({ connection, modules: [blog] })).map(({ name }) => name)).toEqual(["M2"]);
  expect(await tables()).toEqual(["post"]);
  expect((await rollbackMigrations({ connection, modules: [blog] })).map(({ name }) => name)).toEqual(["M1"]);
  expect(await rollbackMigrations({ connection, modules: [blog] })).toEqual([]);
  expect(await tables()).toEqual([]);
});

test("a batch of several migrations is undone in one go", async () => {
  await runMigrations({ connection, modules: [blog] });
  expect((await rollbackMigrations({ connection, modules: [blog] })).map(({ name }) => name)).toEqual(["M2", "M1"]);
});

test("a rollback refuses what it cannot undo, and leaves it", async () => {
  class OneWay extends Migration {
    override up() {
      this.addSql("create table kept (id text)");
    }
  }
  const modules = [{ module: "m", migrations: [OneWay] }];
  await runMigrations({ connection, modules });
  await expect(rollbackMigrations({ connection, modules })).rejects.toThrow(/has no down\(\)/);
  await expect(rollbackMigrations({ connection, modules: [{ module: "m", migrations: {} }] })).rejects.toMatchObject({ reason: "migration.missing_file" });
  expect(await tables()).toEqual(["kept"]);
});

test("several processes at once run every migration once", async () => {
  const slow = { module: "slow", migrations: { M1: migration("select pg_sleep(0.2); create table once (id text)"), M2: migration("create table twice (id text)") } };
  const others = [1, 2, 3].map(() => createConnection({ url: database.url, poolSize: 1 }));
  const runs = await Promise.all([connection, ...others].map((each) => runMigrations({ connection: each, modules: [slow] })));
  await Promise.all(others.map((each) => each.close()));
  expect(runs.map((run) => run.length).sort()).toEqual([0, 0, 0, 2]);
});

test("several processes at once do not hinder an index that is made concurrently", async () => {
  class Index extends Migration {
    override up() {
      this.addSql("create index concurrently once_id on once (id)");
    }
    override isTransactional() {
      return false;
    }
  }
  const modules = [{ module: "m", migrations: { M1: migration("create table once (id text)"), M2: Index } }];
  const others = [1, 2, 3].map(() => createConnection({ url: database.url, poolSize: 1 }));
  const runs = await Promise.all([connection, ...others].map((each) => runMigrations({ connection: each, modules })));
  await Promise.all(others.map((each) => each.close()));
  expect(runs.map((run) => run.length).sort()).toEqual([0, 0, 0, 2]);
});

test("a migration reads and writes data inside its own transaction", async () => {
  class Fill extends Migration {
    override async up() {
      await this.execute("create table numbers (n integer, note text)");
      await this.execute("insert into numbers values (?, '?'), (?, ?)", [1, 2, "it's"]);
      const rows = await this.getEntityManager().execute<{ n: number }>("select n from numbers where n > $1", [1]);
      this.addSql(`update numbers set n = ${Number(rows[0]?.n) * 10} where n = 2`);
      expect(this.getQueries()).toHaveLength(1);
    }
  }
  await runMigrations({ connection, modules: [{ module: "m", migrations: [Fill] }] });
  expect((await connection.query("select * from numbers order by n")).rows).toEqual([{ n: 1, note: "?" }, { n: 20, note: "it's" }]);
});

test("a migration may do without a transaction", async () => {
  await connection.query("create table big (id text)");
  class Concurrent extends Migration {
    override up() {
      this.addSql("create index concurrently big_id on big (id)");
    }
    override isTransactional() {
      return false;
    }
  }
  await runMigrations({ connection, modules: [{ module: "m", migrations: [Concurrent] }] });
  expect((await connection.query("select 1 from pg_indexes where indexname = 'big_id'")).rows).toHaveLength(1);
});

test("Knex is what the application gives, and its absence is explained", async () => {
  class Asks extends Migration {
    override up() {
      this.addSql(this.getKnex<{ raw(sql: string): { toQuery(): string } }>().raw("create table knexed (id text)"));
    }
  }
  const modules = [{ module: "m", migrations: [Asks] }];
  await expect(runMigrations({ connection, modules })).rejects.toThrow(/asks for Knex/);
  await runMigrations({ connection, modules, knex: () => ({ raw: (sql: string) => ({ toQuery: () => sql }) }) });
  expect(await tables()).toEqual(["knexed"]);
});

let directory: string | undefined;
afterEach(async () => {
  if (directory) await rm(directory, { recursive: true });
  directory = undefined;
});

test("migration files are found in a folder; a broken one is named", async () => {
  directory = await mkdtemp(join(tmpdir(), "velella-migrations-"));
  const file = (table: string) => `exports.M = class { addSql(s){(this.q??=[]).push(s)} getQueries(){return this.q??[]} reset(){} isTransactional(){return true} up(){this.addSql("create table ${table} (id text)")} }`;
  await writeFile(join(directory, "Migration2.js"), file("two"));
  await writeFile(join(directory, "Migration1.cjs"), file("one"));
  await writeFile(join(directory, "Migration1.d.ts"), "");
  await writeFile(join(directory, ".snapshot-m.json"), "{}");
  const modules = [{ module: "m", directory }, { module: "none", directory: join(directory, "missing") }];
  expect((await runMigrations({ connection, modules })).map(({ name }) => name)).toEqual(["Migration1", "Migration2"]);
  await writeFile(join(directory, "Migration3.js"), "exports.nothing = 1");
  await expect(runMigrations({ connection, modules })).rejects.toThrow(/Migration3\.js .*exports no migration class/);
});
