import { afterAll, beforeAll, expect, test } from "vitest";
import type { SqlConnection } from "@velella/kernel";
import { createConnection } from "../connection/connection";
import { runMigrations } from "../migrations/run";
import { model } from "../model/model";
import { specOf } from "../model/spec-of";
import { createTestDatabase, type TestDatabase } from "../testing/database";
import { introspect } from "../testing/introspect";
import { Album, Artist, Genre, Label, Profile, Ticket } from "../testing/studio/models";
import { Migration20250101000000 } from "../testing/studio/recorded-migration";
import { createTablesSql } from "./create-tables";

const databases: TestDatabase[] = [];
const connections: SqlConnection[] = [];

async function emptyDatabase(): Promise<SqlConnection> {
  const database = await createTestDatabase();
  const connection = createConnection({ url: database.url, poolSize: 2 });
  databases.push(database);
  connections.push(connection);
  return connection;
}

let fromModels: SqlConnection;

beforeAll(async () => {
  fromModels = await emptyDatabase();
});

afterAll(async () => {
  for (const connection of connections) await connection.close();
  for (const database of databases) await database.drop();
});

test("tables made from models equal those that a recorded migration makes", async () => {
  for (const statement of createTablesSql([Artist, Album, Genre, Label, Profile, Ticket].map(specOf))) await fromModels.query(statement);
  const recorded = await emptyDatabase();
  await runMigrations({ connection: recorded, modules: [{ module: "studio", migrations: [Migration20250101000000] }] });

  const [ours, theirs] = [await introspect(fromModels), await introspect(recorded)];
  expect(theirs.columns.length).toBeGreaterThan(40);
  expect(ours.columns).toEqual(theirs.columns);
  // Pairs are found from both ends; the recorded tables know only the one of the primary key.
  const wayBack = 'CREATE INDEX "IDX_album_label_label_id" ON public.album_label USING btree (label_id)';
  expect(ours.indexes).toEqual([...theirs.indexes, wayBack].sort());
  expect(ours.constraints).toEqual(theirs.constraints);
});

test("a foreign key holds what the other primary key holds", async () => {
  const connection = await emptyDatabase();
  const Receipt = model.define("receipt", {
    number: model.autoincrement().primaryKey(),
    lines: model.hasMany(() => Line),
    tags: model.manyToMany(() => Stamp),
  });
  const Line = model.define("line", { id: model.id(), receipt: model.belongsTo(() => Receipt) });
  const Stamp = model.define("stamp", { code: model.number().primaryKey(), receipts: model.manyToMany(() => Receipt) });
  for (const statement of createTablesSql([Receipt, Line, Stamp].map(specOf))) await connection.query(statement);
  const { rows } = await connection.query<{ line: string }>(
    "select table_name || '.' || column_name || ' ' || data_type as line from information_schema.columns where table_schema = 'public' and column_name ~ '_(number|code)$' order by 1",
  );
  expect(rows.map((row) => row.line)).toEqual([
    "line.receipt_number integer",
    "receipt_stamps.receipt_number integer",
    "receipt_stamps.stamp_code integer",
  ]);
});

test("every kind of default, name and condition survives the way into the database", async () => {
  const connection = await emptyDatabase();
  const Order = model
    .define("order", {
      id: model.id().primaryKey(),
      limit: model.number().default(-1),
      firstName: model.text().default('O\'Neil \\ "x"'),
      tags: model.array().default(["a,b", 'q"', "\\"]),
      settings: model.json().default({ a: "it's" }),
      total: model.bigNumber().default("0.10"),
      since: model.dateTime().default(new Date("2020-01-02T03:04:05.678Z")),
      kind: model.enum(["a'b", "c"]).default("a'b"),
      made: model.text().default(() => "by the service"),
      price: model.bigNumber().computed(),
    })
    .indexes([
      { on: ["limit"], where: { limit: { $ne: null }, kind: "a'b" } },
      { on: ["firstName"], unique: true, where: "deleted_at IS NOT NULL" },
      { on: ["settings"], type: "GIN" },
    ])
    .checks([(columns) => `${columns.limit} >= -1 and ${columns.firstName} <> ''`]);
  for (const statement of createTablesSql([specOf(Order)])) await connection.query(statement);
  await connection.query(`insert into "order" (id, made) values ('1', 'x')`);
  const { rows } = await connection.query(`select * from "order"`);
  expect(rows[0]).toMatchObject({
    limit: -1,
    firstName: 'O\'Neil \\ "x"',
    tags: ["a,b", 'q"', "\\"],
    settings: { a: "it's" },
    total: "0.1",
    since: new Date("2020-01-02T03:04:05.678Z"),
    kind: "a'b",
  });
  expect(rows[0]).not.toHaveProperty("price");
  const { indexes } = await introspect(connection);
  expect(indexes.find((line) => line.includes("IDX_order_limit"))).toMatch(
    /WHERE \(\(.?"limit" IS NOT NULL\) AND \(kind = 'a''b'::text\) AND \(deleted_at IS NULL\)\)/,
  );
  expect(indexes.find((line) => line.includes("IDX_order_firstName_unique"))).toMatch(/UNIQUE INDEX .* WHERE \(deleted_at IS NOT NULL\)/);
  expect(indexes.find((line) => line.includes("IDX_order_settings"))).toContain("USING gin");
  await expect(connection.query(`insert into "order" (id, made, "limit") values ('2', 'x', -2)`)).rejects.toThrow(/order_check_/);
});
