import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createConnection } from "../connection/connection";
import { createTablesSql } from "../ddl/create-tables";
import { model } from "../model/model";
import { specOf } from "../model/spec-of";
import type { AnyEntity } from "../model/entity";
import { createTestDatabase, type TestDatabase } from "../testing/database";
import { introspect } from "../testing/introspect";
import { Album, Artist, Genre, Label, Profile, Ticket } from "../testing/studio/models";
import { type GeneratedMigration, type GenerateOptions, generateMigration } from "./generate";

const studio = [Artist, Album, Genre, Label, Profile, Ticket];
const now = new Date("2025-01-02T03:04:05Z");
let database: TestDatabase;
let connection: SqlConnection;
let directory: string;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url, poolSize: 1 });
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "velella-generate-"));
  await connection.query("drop schema public cascade; create schema public");
});
afterEach(() => rm(directory, { recursive: true }));
afterAll(async () => {
  await connection.close();
  await database.drop();
});

const generate = (models: readonly AnyEntity[], options: Partial<GenerateOptions> = {}) =>
  generateMigration({ module: "studio", models, directory, now, ...options });

async function run(statements: readonly string[]): Promise<void> {
  for (const statement of statements) await connection.query(statement);
}

/** What a database has that was made from the models at once. */
async function fresh(models: readonly AnyEntity[]) {
  await connection.query("drop schema public cascade; create schema public");
  await run(createTablesSql(models.map((each) => specOf(each))));
  return introspect(connection);
}

/** Runs the migration forth and back and forth again, and compares each end with the database it should be. */
async function expectBothWays(generated: GeneratedMigration, models: readonly AnyEntity[]): Promise<void> {
  const before = await introspect(connection);
  await run(generated.up);
  const after = await introspect(connection);
  await run(generated.down);
  expect(await introspect(connection)).toEqual(before);
  await run(generated.up);
  expect(await introspect(connection)).toEqual(after);
  expect(after).toEqual(await fresh(models));
}

test("the first migration makes everything, the next call finds nothing to do", async () => {
  const generated = await generate(studio);
  expect(generated).toMatchObject({ status: "written", file: join(directory, "Migration20250102030405.ts"), destructive: [] });
  await expectBothWays(generated, studio);
  expect(await generate(studio)).toMatchObject({ status: "unchanged", up: [] });
});

test("the same models give the same bytes, whatever their order", async () => {
  const first = await generate(studio);
  const snapshot = await readFile(join(directory, ".snapshot-studio.json"), "utf8");
  const source = await readFile(first.file as string, "utf8");
  await rm(directory, { recursive: true });
  const second = await generate(studio.toReversed());
  expect(await readFile(join(directory, ".snapshot-studio.json"), "utf8")).toBe(snapshot);
  expect(await readFile(second.file as string, "utf8")).toBe(source);
  expect(source).toContain("export class Migration20250102030405 extends Migration {");
});

const post = (properties: Parameters<typeof model.define>[1]) => model.define("post", { id: model.id().primaryKey(), ...properties });

test("added and changed properties become statements, and a second file in the same second gets its own name", async () => {
  const before = post({ title: model.text(), rank: model.number(), kind: model.enum(["a", "b"]) });
  const after = post({
    title: model.text().nullable().unique(),
    rank: model.number().default(1),
    kind: model.enum(["a", "b", "c"]).default("a"),
    price: model.bigNumber().default(3),
    serial: model.autoincrement(),
  });
  await run((await generate([before])).up);
  const generated = await generate([after]);
  expect(generated.file).toContain("Migration20250102030406");
  expect(generated.destructive).toEqual([]);
  await run(generated.up);
  const migrated = await introspect(connection);
  expect(migrated).toEqual(await fresh([after]));
});

test("what loses data is kept without the flag, and rows can still be written", async () => {
  const before = post({ title: model.text(), old: model.text(), rank: model.number() });
  const after = post({ title: model.text(), rank: model.boolean() });
  const extra = model.define("extra", { id: model.id().primaryKey(), size: model.float() });
  await run((await generate([before, extra])).up);
  const careful = await generate([after]);
  expect(careful.destructive).toEqual([
    'drops the table "extra"',
    'changes the type of "rank" of "post" from integer to boolean',
    'drops the column "old" of "post"',
  ]);
  expect(careful.up.join()).not.toMatch(/drop table|drop column|type boolean/);
  await run(careful.up);
  await connection.query("insert into post (id, title, rank) values ('1', 'x', 1)");
  expect(await generate([after])).toMatchObject({ status: "unchanged", destructive: careful.destructive });

  const bold = await generate([after], { allowDestructive: true });
  await run(bold.up);
  expect(await introspect(connection)).toEqual(await fresh([after]));
});

test("what may be a rename is asked, and moves the data once confirmed", async () => {
  const before = post({ name: model.text(), cost: model.bigNumber() });
  const after = post({ title: model.text(), price: model.bigNumber() });
  await run((await generate([before])).up);
  await connection.query(`insert into post (id, name, cost, raw_cost) values ('1', 'x', 2, '{"value":"2"}')`);
  const asked = await generate([after]);
  expect(asked.status).toBe("questions");
  expect(asked.file).toBeUndefined();
  expect(asked.questions).toEqual([
    { table: "post", column: true, from: "name", to: "title" },
    { table: "post", column: true, from: "cost", to: "price" },
  ]);
  const generated = await generate([after], { answers: asked.questions.map((question) => ({ ...question, renamed: true })) });
  expect(generated).toMatchObject({ status: "written", destructive: [] });
  await run(generated.up);
  expect((await connection.query("select title, price, raw_price from post")).rows).toEqual([{ title: "x", price: "2", raw_price: { value: "2" } }]);
  await run(generated.down);
  expect((await connection.query("select name, raw_cost from post")).rows).toEqual([{ name: "x", raw_cost: { value: "2" } }]);
  await run(generated.up);
  expect(await introspect(connection)).toEqual(await fresh([after]));
});

test("a renamed column that an enum, a check and a predicate name goes forth and back, and one that counts up keeps its sequence", async () => {
  const shape = (kind: string, serial: string) =>
    post({ [kind]: model.enum(["a", "b"]).default("a"), [serial]: model.autoincrement() })
      .checks([(columns) => `${(columns as Record<string, string>)[kind]} <> 'z'`])
      .indexes([{ name: "live", on: ["id"], where: `${kind} = 'a'` }]);
  await run((await generate([shape("kind", "place")])).up);
  await connection.query("insert into post (id, kind) values ('1', 'b')");
  const asked = await generate([shape("sort", "rank")]);
  expect(asked.questions.map(({ from, to }) => [from, to])).toEqual([
    ["kind", "sort"],
    ["place", "rank"],
  ]);
  const answers = asked.questions.map((question) => ({ ...question, renamed: true }));
  const generated = await generate([shape("sort", "rank")], { answers });
  await expectBothWays(generated, [shape("sort", "rank")]);
});

test("two answers that give one name to two things are refused", async () => {
  await generate([post({ a: model.text(), b: model.text() })]);
  const answers = ["a", "b"].map((from) => ({ table: "post", column: true, from, to: "c", renamed: true }));
  await expect(generate([post({ c: model.text() })], { answers })).rejects.toMatchObject({ reason: "migration.changed_needs_answer" });
});

test("a table that may have been renamed is asked about; no leaves both", async () => {
  const before = model.define("article", { id: model.id().primaryKey(), title: model.text(), body: model.text() });
  const after = model.define("essay", { id: model.id().primaryKey(), title: model.text(), body: model.text() });
  await run((await generate([before])).up);
  const asked = await generate([after]);
  expect(asked.questions).toEqual([{ table: "article", column: false, from: "article", to: "essay" }]);
  const renamed = await generate([after], { answers: [{ ...asked.questions[0]!, renamed: true }] });
  await run(renamed.up);
  expect(await introspect(connection)).toEqual(await fresh([after]));
});

test("no to a rename drops the old and adds the new", async () => {
  const before = post({ name: model.text().nullable() });
  const after = post({ title: model.text().nullable() });
  await run((await generate([before])).up);
  const asked = await generate([after]);
  const generated = await generate([after], { answers: [{ ...asked.questions[0]!, renamed: false }], allowDestructive: true });
  await expectBothWays(generated, [after]);
});

test("a snapshot that cannot be read is named", async () => {
  await generate(studio);
  await writeFile(join(directory, ".snapshot-studio.json"), `{"version":1,"tables":[{}]}`);
  await expect(generate(studio)).rejects.toMatchObject({ reason: "migration.bad_snapshot" });
});

test("a MikroORM snapshot is read, so that only what changed since is generated", async () => {
  const column = (name: string, type: string, rest: object = {}) => ({ name, type, unsigned: false, primary: false, nullable: false, mappedType: type, ...rest });
  const date = { length: 6, default: "now()", mappedType: "datetime" };
  const tables = [
    {
      name: "post",
      schema: "public",
      columns: {
        id: column("id", "text"),
        title: column("title", "text"),
        kind: column("kind", "text", { enumItems: ["a", "b"], mappedType: "enum" }),
        created_at: column("created_at", "timestamptz", date),
        updated_at: column("updated_at", "timestamptz", date),
        deleted_at: column("deleted_at", "timestamptz", { nullable: true, length: 6 }),
      },
      indexes: [
        { keyName: "IDX_post_deleted_at", columnNames: [], composite: false, constraint: false, primary: false, unique: false, expression: 'CREATE INDEX IF NOT EXISTS "IDX_post_deleted_at" ON "post" ("deleted_at") WHERE deleted_at IS NULL' },
        { keyName: "post_pkey", columnNames: ["id"], composite: false, constraint: true, primary: true, unique: true },
      ],
      checks: [],
      foreignKeys: {},
      nativeEnums: {},
    },
  ];
  await writeFile(join(directory, ".snapshot-studio.json"), JSON.stringify({ namespaces: ["public"], name: "public", tables, nativeEnums: {} }));
  const generated = await generate([post({ title: model.text(), kind: model.enum(["a", "b"]), rank: model.number().default(0) })]);
  expect(generated.up).toEqual([`alter table if exists "post" add column if not exists "rank" integer not null default 0;`]);
});
