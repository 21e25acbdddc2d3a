import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createConnection } from "../connection/connection";
import { createTablesSql } from "../ddl/create-tables";
import { model } from "../model/model";
import { specOf } from "../model/spec-of";
import { createTestDatabase, type TestDatabase } from "../testing/database";
import { Album, Artist, Genre, Label, Profile, Ticket } from "../testing/studio/models";
import { findDrift } from "./drift";

const studio = [Artist, Album, Genre, Label, Profile, Ticket];
let database: TestDatabase;
let connection: SqlConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url, poolSize: 2 });
  for (const statement of createTablesSql(studio.map((each) => specOf(each)))) await connection.query(statement);
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

test("tables that are as the models want them have no drift, and nothing is left behind", async () => {
  expect(await findDrift(connection, studio)).toEqual([]);
  expect((await connection.query("select 1 from pg_namespace where nspname = 'velella_models'")).rowCount).toBe(0);
  expect((await connection.query("show search_path")).rows).not.toEqual([{ search_path: expect.stringContaining("velella_models") }]);
});

test("what was changed by hand is told, with both sides", async () => {
  await connection.query(`alter table artist drop constraint artist_status_check`);
  await connection.query(`alter table artist alter column name drop not null, add column extra text default 'x'`);
  await connection.query(`drop index "IDX_album_artist_id"`);
  await connection.query(`create index by_hand on album (title)`);
  await connection.query(`create table other_things (id text)`);
  const drift = await findDrift(connection, studio);
  expect(drift.map(({ table, kind, side, line }) => `${side === "models" ? "+" : "-"} ${table} ${kind} ${line}`)).toEqual([
    "+ album index CREATE INDEX \"IDX_album_artist_id\" ON album USING btree (artist_id) WHERE (deleted_at IS NULL)",
    "- album index CREATE INDEX by_hand ON album USING btree (title)",
    "- artist column extra text default 'x'::text",
    "- artist column name text",
    "+ artist column name text not null",
    "+ artist constraint artist_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'live'::text, 'gone'::text])))",
  ]);
});

test("a table that is missing is one line", async () => {
  const Missing = model.define("missing", { id: model.id().primaryKey(), artist_name: model.text() });
  expect(await findDrift(connection, [Missing])).toEqual([{ table: "missing", kind: "table", line: "missing", side: "models" }]);
});
