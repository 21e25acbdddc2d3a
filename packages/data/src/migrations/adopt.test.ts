import type { SqlConnection } from "@velella/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createConnection } from "../connection/connection";
import { createTestDatabase } from "../testing/database";
import type { TestDatabase } from "../testing/database";
import { Album, Artist, Genre, Label, Profile, Ticket } from "../testing/studio/models";
import { Migration20250101000000 } from "../testing/studio/recorded-migration";
import type { ModuleMigrations } from "./load";
import { Migration } from "./migration";
import { pendingMigrations, rollbackMigrations, runMigrations } from "./run";

/** Databases that another system has migrated: what it ran is not run again. */

const models = [Artist, Album, Genre, Label, Profile, Ticket];

function migration(up: string, down = "select 1") {
  return class extends Migration {
    override up() {
      this.addSql(up);
    }
    override down() {
      this.addSql(down);
    }
  };
}

let database: TestDatabase;
let connection: SqlConnection;

beforeEach(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url, poolSize: 2 });
  // As the other system leaves it: the tables, and the names of what made them.
  const recorded = new Migration20250101000000();
  await recorded.up();
  for (const statement of recorded.getQueries()) await connection.query(statement);
  await connection.query(
    `create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz default current_timestamp);
     insert into mikro_orm_migrations (name, executed_at) values ('InitialSetup20240101000000', '2024-01-01'), ('Migration20250101000000', '2025-01-01T00:00:00Z')`,
  );
});

afterEach(async () => {
  await connection.close();
  await database.drop();
});

const adopted = async () => (await connection.query("select module, name, executed_at, adopted from velella_migrations order by module, name")).rows;
const steps = (progress: { module: string; name: string; direction: string }[]) => progress.map(({ module, name, direction }) => `${direction} ${module}/${name}`);

test("a migration of the same name counts as run; newer ones run", async () => {
  const modules = [{ module: "studio", models, migrations: { Migration20250101000000, Migration20260101000000: migration("alter table artist add column motto text") } }];
  expect(steps(await runMigrations({ connection, modules }))).toEqual(["adopt studio/Migration20250101000000", "up studio/Migration20260101000000"]);
  expect(await adopted()).toEqual([
    { module: "studio", name: "Migration20250101000000", executed_at: new Date("2025-01-01T00:00:00Z"), adopted: true },
    { module: "studio", name: "Migration20260101000000", executed_at: expect.any(Date), adopted: false },
  ]);
  expect(await pendingMigrations({ connection, modules })).toEqual([]);
  expect(await runMigrations({ connection, modules })).toEqual([]);
});

test("a module with the same tables under migrations of other names is taken as it is, and gets the indexes it lacks", async () => {
  await connection.query("insert into artist (id, name, handle) values ('a1', 'Ann', 'ann')");
  const modules = [{ module: "studio", models, migrations: { Other1: Migration20250101000000, Other2: migration("drop table artist") } }];
  expect(steps(await runMigrations({ connection, modules }))).toEqual(["adopt studio/Other1", "adopt studio/Other2"]);
  expect((await connection.query("select name from artist")).rows).toEqual([{ name: "Ann" }]);
  const { rows } = await connection.query("select 1 from pg_indexes where indexname = 'IDX_album_label_label_id'");
  expect(rows).toHaveLength(1);
});

test("nothing is undone that was not run here", async () => {
  const modules = [{ module: "studio", models, migrations: { Other1: Migration20250101000000 } }];
  await runMigrations({ connection, modules });
  expect(await rollbackMigrations({ connection, modules })).toEqual([]);
  const grown = [{ module: "studio", models, migrations: { Other1: Migration20250101000000, Other2: migration("create table extra (id text)", "drop table extra") } }];
  await runMigrations({ connection, modules: grown });
  expect(steps(await rollbackMigrations({ connection, modules: grown }))).toEqual(["down studio/Other2"]);
  expect((await connection.query("select to_regclass('artist') is not null as there")).rows).toEqual([{ there: true }]);
});

test("tables that are not the same are refused, with what they lack; nothing has been done then", async () => {
  await connection.query("alter table artist drop column bio; drop table studio_ticket");
  const modules = [{ module: "studio", models, migrations: { Other1: Migration20250101000000 } }];
  await expect(runMigrations({ connection, modules })).rejects.toMatchObject({
    reason: "migration.cannot_adopt",
    message: 'The database was migrated by another system, and the tables of the module "studio" lack artist.bio, studio_ticket.',
  });
  expect(await adopted()).toEqual([]);
});

test("a module that is new to the database is migrated from its beginning", async () => {
  const modules: ModuleMigrations[] = [
    { module: "studio", models, migrations: { Migration20250101000000 } },
    { module: "blog", models: [], migrations: { M1: migration("create table post (id text)") } },
  ];
  expect(steps(await runMigrations({ connection, modules }))).toEqual(["adopt studio/Migration20250101000000", "up blog/M1"]);
});

test("without another system's bookkeeping, tables that are there are no reason to skip anything", async () => {
  await connection.query("drop table mikro_orm_migrations");
  const modules = [{ module: "studio", models, migrations: { Migration20250101000000 } }];
  await expect(runMigrations({ connection, modules })).rejects.toMatchObject({ reason: "migration.failed" });
});
