import { rmSync } from "node:fs";
import { join } from "node:path";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { velella } from "../support/command-line";
import { scratchApp } from "../support/scratch-app";
import type { ScratchApp } from "../support/scratch-app";

/** Migrations as an app from elsewhere has them, run by real processes against the tables of all modules. */

const moduleOf = (name: string, model: string, properties: string) => `
import { MedusaService, model, Module } from "@medusajs/framework/utils";

const ${model} = model.define("${model}", { id: model.id().primaryKey(), ${properties} });

export default Module("${name}", { service: class extends MedusaService({ ${model} }) {} });
`;
const config = (...modules: string[]) => `
import { defineConfig } from "@medusajs/framework/utils";

module.exports = defineConfig({
  projectConfig: { databaseDriverOptions: { connection: { application_name: "boats" } } },
  admin: { disable: true },
  modules: [${modules.map((name) => `{ resolve: "./src/modules/${name}" }`).join(", ")}],
});
`;
/** As MikroORM writes it: its own package's base class, "if exists", and a down. */
const oldMigration = `
import { Migration } from "@mikro-orm/migrations";

export class Migration20240101000000 extends Migration {

  override async up(): Promise<void> {
    this.addSql(\`create table if not exists "boat" ("id" text not null, "name" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "boat_pkey" primary key ("id"));\`);
    this.addSql(\`CREATE INDEX IF NOT EXISTS "IDX_boat_deleted_at" ON "boat" ("deleted_at") WHERE deleted_at IS NULL;\`);
  }

  override async down(): Promise<void> {
    this.addSql(\`drop table if exists "boat" cascade;\`);
  }

}
`;

let database: TestDatabase;
let app: ScratchApp;
let env: Record<string, string | undefined>;

beforeAll(async () => {
  database = await createTestDatabase();
  env = { DATABASE_URL: database.url };
  app = scratchApp({
    "medusa-config.ts": config("boat"),
    "src/modules/boat/index.ts": moduleOf("boat", "Boat", "name: model.text()"),
    "src/modules/boat/migrations/Migration20240101000000.ts": oldMigration,
    "src/scripts/knex.ts": `
import { ContainerRegistrationKeys } from "@medusajs/framework/utils";

export default async function ({ container }) {
  const knex = container.resolve(ContainerRegistrationKeys.PG_CONNECTION);
  await knex("boat").insert({ id: "b1", name: "Vela" });
  const [boat] = await container.resolve("boat").listBoats({ name: "Vela" });
  const { rows } = await knex.raw("select current_setting('application_name') as name");
  console.log("read", boat.id, (await knex("boat").select("name"))[0].name, rows[0].name);
}
`,
  });
});
afterAll(async () => {
  app?.remove();
  await database?.drop();
});

const run = (...args: string[]) => velella(args, { directory: app.directory, env });

async function sql<Row extends object>(text: string): Promise<Row[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

test("two processes that migrate at once run each migration once, also one that extends MikroORM's class", async () => {
  const [first, second] = await Promise.all([run("db:migrate"), run("db:migrate")]);
  expect(first.code, first.output).toBe(0);
  expect(second.code, second.output).toBe(0);
  const applied = [first, second].flatMap(({ output }) => output.match(/^ {2}\w+\/Migration\d+$/gm) ?? []);
  expect(applied).toContain("  boat/Migration20240101000000");
  expect(new Set(applied).size).toBe(applied.length);
  const recorded = await sql<{ name: string }>(`select '  ' || "module" || '/' || "name" as name from velella_migrations`);
  expect(applied.toSorted()).toEqual(recorded.map(({ name }) => name).toSorted());
});

test("the tables of all modules are as their models have them after their migrations, and what was changed by hand is told", async () => {
  const clean = await run("db:diff");
  expect(clean.code, clean.output).toBe(0);
  expect(clean.output).toContain("The tables are as the models have them.");
  await sql(`alter table boat alter column name drop not null`);
  await sql(`create index by_hand on boat (name)`);
  const { code, output } = await run("db:diff", "boat");
  expect(code).toBe(1);
  expect(output).toContain(
    "boat\n  - boat: column name text\n  + boat: column name text not null\n  - boat: index CREATE INDEX by_hand ON boat USING btree (name)\n",
  );
  expect(output).toContain("The tables of boat are not as the models have them.");
  await sql(`drop index by_hand`);
  await sql(`alter table boat alter column name set not null`);
});

test("a script reads and writes by Knex where the app does", async () => {
  const { code, output } = await run("exec", "./src/scripts/knex.ts");
  expect(code, output).toBe(0);
  expect(output).toContain("read b1 Vela boats");
});

test("a second module with a table that is there is refused before anything is written, and the first one keeps its rows", async () => {
  app.write("src/modules/mine/index.ts", moduleOf("mine", "Boat", "length: model.number()"));
  app.write("medusa-config.ts", config("boat", "mine"));
  const refused = `Two make the table "boat": the model "Boat" of the module "boat", and the model "Boat" of the module "mine".`;
  const generated = await run("db:generate", "mine");
  expect(generated.code).toBe(1);
  expect(generated.output).toContain(refused);

  app.write("src/modules/mine/migrations/Migration20240101000001.ts", oldMigration.replace("00000 ", "00001 "));
  for (const command of [["db:migrate"], ["db:rollback", "mine"], ["db:diff"]]) {
    const { code, output } = await run(...command);
    expect(code).toBe(1);
    expect(output).toContain(refused);
  }
  expect(await sql("select id from boat")).toEqual([{ id: "b1" }]);
  rmSync(join(app.directory, "src", "modules", "mine"), { recursive: true });
  app.write("medusa-config.ts", config("boat"));
});
