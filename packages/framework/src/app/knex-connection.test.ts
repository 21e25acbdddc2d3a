import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "@velella/data";
import { silentLogger } from "@velella/kernel";
import type { Knex } from "knex";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import { createApp } from "./create-app";
import { knexInside, knexOn } from "./knex-connection";
import { ContainerRegistrationKeys } from "./registration-keys";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("statements of Knex run in the transaction that they are given", async () => {
  const connection = createConnection({ url: database.url });
  try {
    const undone = connection.transaction(async (transaction) => {
      const knex = knexInside(transaction);
      await knex.schema.createTable("boat", (table) => void table.text("name"));
      await knex("boat").insert([{ name: "Vela" }, { name: "Argo" }]);
      expect(await knex("boat").where("name", "Vela").update({ name: "Velella" })).toBe(1);
      expect(await knex("boat").select("name").orderBy("name")).toEqual([{ name: "Argo" }, { name: "Velella" }]);
      throw new TypeError("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect((await connection.query("select to_regclass('boat') as boat")).rows).toEqual([{ boat: null }]);
  } finally {
    await connection.close();
  }
});

test("the Knex of an app is connected as the app is: same database, schema, time-outs and name", async () => {
  const connection = createConnection({ url: database.url });
  await connection.query("create schema shop");
  await connection.close();
  const directory = mkdtempSync(join(tmpdir(), "velella-knex-"));
  const projectConfig = {
    databaseUrl: database.url.replace(/[^/]+$/, "another"),
    databaseName: new URL(database.url).pathname.slice(1),
    databaseSchema: "shop",
    databaseLogging: true,
    databaseDriverOptions: { connection: { statement_timeout: 12_345, lock_timeout: 2345, application_name: "knexed" } },
  };
  writeFileSync(join(directory, "velella.config.js"), `module.exports = ${JSON.stringify({ projectConfig })}`);
  const logged: string[] = [];
  const logger = { ...silentLogger(), info: (line: unknown) => void logged.push(String(line)) };
  const app = await createApp({ directory, mode: "migrate", logger });
  try {
    const settings = `select current_database() as db, current_schema() as schema, current_setting('statement_timeout') as statement,
      current_setting('lock_timeout') as lock, current_setting('application_name') as name`;
    const expected = { db: projectConfig.databaseName, schema: "shop", statement: "12345ms", lock: "2345ms", name: "knexed" };
    expect((await app.connection.query(settings)).rows).toEqual([expected]);
    const knex = app.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION);
    expect((await knex.raw<{ rows: unknown[] }>(settings)).rows).toEqual([expected]);

    await app.connection.query("create table boats (name text)");
    await knex("boats").insert({ name: "Vela" });
    expect((await app.connection.query("select name from shop.boats")).rows).toEqual([{ name: "Vela" }]);
    expect(await knex("boats").where("name", "Vela").first()).toEqual({ name: "Vela" });
    expect(logged.find((line) => line.includes("create table boats"))).toMatch(/^SQL, \d+\.\d ms: create table boats \(name text\)$/);
  } finally {
    await app.stop();
    rmSync(directory, { recursive: true });
  }
});

test("Knex asks for an encrypted connection where the app does", async () => {
  const knex = knexOn({ url: database.url, ssl: { rejectUnauthorized: false } });
  const isEncrypted = await knex.raw("select ssl from pg_stat_ssl where pid = pg_backend_pid()").then(
    ({ rows }: { rows: { ssl: boolean }[] }) => rows[0]?.ssl,
    (error: Error) => error.message,
  );
  await knex.destroy();
  expect([true, "The server does not support SSL connections"]).toContain(isEncrypted);
});
