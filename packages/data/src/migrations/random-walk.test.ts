import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SqlConnection } from "@velella/kernel";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createConnection } from "../connection/connection";
import { createTablesSql } from "../ddl/create-tables";
import type { AnyEntity, DmlEntity } from "../model/entity";
import { model } from "../model/model";
import type { Property } from "../model/property";
import { specOf } from "../model/spec-of";
import { createTestDatabase, type TestDatabase } from "../testing/database";
import { introspect } from "../testing/introspect";
import { describeTables } from "../ddl/describe-tables";
import type { ColumnDescription } from "../ddl/table";
import { type GeneratedMigration, type GenerateOptions, generateMigration } from "./generate";
import { isSettled, type RenameAnswer, type RenameQuestion } from "./renames";

let database: TestDatabase;
let connection: SqlConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url, poolSize: 1 });
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

const kinds = {
  text: () => model.text(),
  textDefault: () => model.text().default("x"),
  textNull: () => model.text().nullable(),
  unique: () => model.text().unique(),
  number: () => model.number().index(),
  numberDefault: () => model.number().default(7),
  float: () => model.float().nullable(),
  bigNumber: () => model.bigNumber(),
  bigDefault: () => model.bigNumber().default(2),
  boolean: () => model.boolean().default(false),
  dateTime: () => model.dateTime(),
  json: () => model.json().default({ a: 1 }),
  array: () => model.array(),
  enumA: () => model.enum(["a", "b"]),
  enumB: () => model.enum(["a", "b", "c"]).default("c"),
  serial: () => model.autoincrement(),
  computed: () => model.number().computed(),
};

const property = fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[]));
const table = fc.record({
  properties: fc.dictionary(fc.constantFrom("alpha", "beta", "gamma", "order"), property, { maxKeys: 4 }),
  parent: fc.constantFrom("none", "required", "nullable", "cascade", "one", "many"),
  indexed: fc.boolean(),
  checked: fc.boolean(),
});
/** Which of three models exist, and how they look. The first is always there; the others refer to it. */
const schema = fc.record({ first: table, second: fc.option(table), third: fc.option(table) });
type Table = typeof table extends fc.Arbitrary<infer T> ? T : never;

function build(shape: typeof schema extends fc.Arbitrary<infer S> ? S : never): AnyEntity[] {
  const own = (each: Table) => Object.fromEntries(Object.entries(each.properties).map(([name, kind]) => [name, kinds[kind]()]));
  const back: Parameters<typeof model.define>[1] = {};
  const children: AnyEntity[] = [];
  const cascade: string[] = [];
  for (const name of ["second", "third"] as const) {
    const each = shape[name];
    if (!each) continue;
    const belongsTo = model.belongsTo(() => First, { mappedBy: name });
    const relation: Record<string, ReturnType<typeof model.belongsTo> | ReturnType<typeof model.manyToMany>> = {};
    if (each.parent === "many") {
      relation.firsts = model.manyToMany(() => First, { mappedBy: name });
      back[name] = model.manyToMany(() => child, { mappedBy: "firsts" });
    } else if (each.parent !== "none") {
      relation.first = each.parent === "nullable" ? belongsTo.nullable() : belongsTo;
      back[name] = each.parent === "one" ? model.hasOne(() => child, { mappedBy: "first" }) : model.hasMany(() => child, { mappedBy: "first" });
      if (each.parent === "cascade") cascade.push(name);
    }
    const child: AnyEntity = finish(model.define(name, { id: model.id().primaryKey(), ...own(each), ...relation }), each);
    children.push(child);
  }
  const First: AnyEntity = finish(model.define("first", { id: model.id().primaryKey(), ...own(shape.first), ...back }), shape.first, cascade);
  return [First, ...children];
}

/** The names are not known to the type checker here, so the model is taken for one with any names. */
function finish(made: object, each: Table, cascade: string[] = []): AnyEntity {
  const entity = made as DmlEntity<{ id: Property<string> }>;
  if (each.indexed) entity.indexes([{ on: ["id", "created_at"], unique: true, where: "id <> 'x'" }]);
  if (each.checked) entity.checks([{ name: "is_dated", expression: "created_at is not null" }]);
  return entity.cascades({ delete: cascade as never[] });
}

/** Generates, and answers what is asked until nothing is. */
async function generateAnswered(options: GenerateOptions, isRename: (question: RenameQuestion, index: number) => boolean): Promise<GeneratedMigration> {
  const answers: RenameAnswer[] = [];
  for (;;) {
    const generated = await generateMigration({ ...options, answers });
    if (generated.status !== "questions") return generated;
    for (const question of generated.questions)
      answers.push({ ...question, renamed: !isSettled(question, answers) && isRename(question, answers.length) });
  }
}

async function run(statements: readonly string[]): Promise<void> {
  for (const statement of statements) await connection.query(statement);
}

test("any walk of model changes, renames among them, ends in the same tables as starting afresh, and every step goes back", async () => {
  const walk = fc.array(fc.record({ shape: schema, yes: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }) }), { minLength: 2, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(walk, async (steps) => {
      const directory = await mkdtemp(join(tmpdir(), "velella-walk-"));
      await connection.query("drop schema public cascade; create schema public");
      for (const { shape, yes } of steps) {
        const options = { module: "walk", models: build(shape), directory, allowDestructive: true };
        const { up, down } = await generateAnswered(options, (_question, index) => yes[index % yes.length] === true);
        const before = await introspect(connection);
        await run(up);
        const after = await introspect(connection);
        await run(down);
        expect(await introspect(connection)).toEqual(before);
        await run(up);
        expect(await introspect(connection)).toEqual(after);
      }
      const walked = await introspect(connection);
      await connection.query("drop schema public cascade; create schema public");
      const last = steps.at(-1);
      if (last) await run(createTablesSql(build(last.shape).map((each) => specOf(each))));
      expect(walked).toEqual(await introspect(connection));
      await rm(directory, { recursive: true });
    }),
    { numRuns: 6, endOnFailure: true },
  );
});

/** A model of which each property is named in a check and in the predicate of an index. */
function mentioned(name: string, properties: Record<string, keyof typeof kinds>): AnyEntity {
  const own = Object.fromEntries(Object.entries(properties).map(([property, kind]) => [property, kinds[kind]()]));
  const names = Object.keys(properties).filter((property) => properties[property] !== "computed");
  const made = model.define(name, { id: model.id().primaryKey(), ...own }) as unknown as DmlEntity<{ id: Property<string> }>;
  made.checks(names.map((property) => (columns: Record<string, string>) => `${columns[property]} is not null or id <> ''`));
  made.indexes(names.map((property) => ({ name: `by_${properties[property]}_${names.indexOf(property)}`, on: ["id"], where: { [property]: { $ne: null } } })));
  return made;
}

const samples: Readonly<Record<string, string>> = {
  text: "'a'",
  integer: "3",
  numeric: "12.50",
  real: "1.5",
  boolean: "true",
  timestamptz: "'2020-01-02T03:04:05Z'",
  jsonb: `'{"value":"12.50"}'`,
  "text[]": "'{a,b}'",
};

async function insert(entity: AnyEntity, id: string): Promise<void> {
  const [table] = describeTables([specOf(entity)]);
  const columns = (table?.columns ?? []).filter(({ name, type }) => name !== "id" && type in samples);
  const value = ({ type }: ColumnDescription) => samples[type] ?? "default";
  await connection.query(
    `insert into "${table?.name}" (${["id", ...columns.map(({ name }) => name)].map((name) => `"${name}"`).join(", ")}) values ('${id}', ${columns.map(value).join(", ")})`,
  );
}

const rowsOf = async (table: string) =>
  (await connection.query<{ row: Record<string, unknown> }>(`select to_jsonb(t) as row from "${table}" t order by id`)).rows.map(({ row }) => row);

test("what was renamed keeps its data, forth and back, whatever its kind and what names it", async () => {
  const shapes = fc.dictionary(fc.constantFrom("alpha", "beta", "gamma", "delta", "order"), property, { minKeys: 2 }).filter((each) => Object.values(each).some((kind) => kind !== "computed"));
  const cases = fc.record({ properties: shapes, moved: fc.subarray(["alpha", "beta", "gamma", "delta", "order"], { minLength: 1 }) });
  await fc.assert(
    fc.asyncProperty(cases, async ({ properties, moved }) => {
      const directory = await mkdtemp(join(tmpdir(), "velella-renames-"));
      await connection.query("drop schema public cascade; create schema public");
      const to = (name: string) => (moved.includes(name) ? `new ${name}` : name);
      const renamed = Object.fromEntries(Object.entries(properties).map(([name, kind]) => [to(name), kind]));
      const [first, second, third] = [mentioned("article", properties), mentioned("article", renamed), mentioned("essay", renamed)];
      const options = { module: "renames", directory, allowDestructive: true };
      const isRename = ({ column, from, to: next }: RenameQuestion) => !column || next === to(from) || next === `raw_${to(from.slice("raw_".length))}`;

      await run((await generateAnswered({ ...options, models: [first] }, isRename)).up);
      await insert(first, "1");
      const rows = await rowsOf("article");
      const isStored = (name: string) => properties[name] !== "computed";
      const under = (row: Record<string, unknown>) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => {
            const raw = name.startsWith("raw_");
            const own = raw ? name.slice("raw_".length) : name;
            return [own in properties && isStored(own) ? (raw ? `raw_${to(own)}` : to(own)) : name, value];
          }),
        );

      const columns = await generateAnswered({ ...options, models: [second] }, isRename);
      expect(columns.destructive).toEqual([]);
      await run(columns.up);
      expect(await rowsOf("article")).toEqual(rows.map(under));
      const table = await generateAnswered({ ...options, models: [third] }, isRename);
      await run(table.up);
      expect(await rowsOf("essay")).toEqual(rows.map(under));
      await insert(third, "2");
      const walked = await introspect(connection);
      await run(table.down);
      await run(columns.down);
      expect((await rowsOf("article")).slice(0, 1)).toEqual(rows);
      await insert(first, "3");

      await connection.query("drop schema public cascade; create schema public");
      await run(createTablesSql([specOf(third)]));
      expect(walked).toEqual(await introspect(connection));
      await rm(directory, { recursive: true });
    }),
    { numRuns: 8, endOnFailure: true },
  );
});
