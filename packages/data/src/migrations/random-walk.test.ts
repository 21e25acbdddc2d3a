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
import { generateMigration } from "./generate";

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

test("any walk of model changes ends in the same tables as starting afresh, and every step goes back", async () => {
  const walk = fc.array(schema, { minLength: 2, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(walk, async (steps) => {
      const directory = await mkdtemp(join(tmpdir(), "velella-walk-"));
      await connection.query("drop schema public cascade; create schema public");
      for (const shape of steps) {
        const models = build(shape);
        const options = { module: "walk", models, directory, allowDestructive: true };
        const asked = await generateMigration(options);
        const answers = asked.questions.map((question) => ({ ...question, renamed: false }));
        const { up, down } = asked.status === "questions" ? await generateMigration({ ...options, answers }) : asked;
        const before = await introspect(connection);
        for (const statement of up) await connection.query(statement);
        const after = await introspect(connection);
        for (const statement of down) await connection.query(statement);
        expect(await introspect(connection)).toEqual(before);
        for (const statement of up) await connection.query(statement);
        expect(await introspect(connection)).toEqual(after);
      }
      const walked = await introspect(connection);
      await connection.query("drop schema public cascade; create schema public");
      const last = steps.at(-1);
      if (last) for (const statement of createTablesSql(build(last).map((each) => specOf(each)))) await connection.query(statement);
      expect(walked).toEqual(await introspect(connection));
      await rm(directory, { recursive: true });
    }),
    { numRuns: 8, endOnFailure: true },
  );
});
