import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection, generateMigration, model, ModuleService } from "@velella/data";
import type { AnyEntity } from "@velella/data";
import { createContainer, silentLogger } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import type { LinkSpec } from "../links/link-spec";
import { loadModules } from "../modules/load-modules";
import { Module } from "../modules/module";
import { generateForModules, migrateLinks, migrateModules, requireMigrated, rollbackModules } from "./migrate";

const Product = model.define("product", { id: model.id().primaryKey(), title: model.text() });
const Note = model.define("product", { id: model.id().primaryKey(), note: model.text() });
const Box = model.define("box", { id: model.id().primaryKey(), lids: model.manyToMany(() => Lid, { pivotTable: "product" }) });
const Lid = model.define("lid", { id: model.id().primaryKey() });

let database: TestDatabase;
let connection: SqlConnection;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url, poolSize: 2 });
  folder = await mkdtemp(join(tmpdir(), "velella-own-tables-"));
});
afterAll(async () => {
  await connection.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function targetsOf(modules: Record<string, Record<string, AnyEntity>>, links: LinkSpec[] = []) {
  const resolved = Object.entries(modules).map(([key, models]) => ({
    key,
    exports: Module(key, { service: class extends ModuleService(models) {} }),
    options: {},
    dependencies: [],
    source: key,
    directory: join(folder, key),
  }));
  const environment = {
    container: createContainer(),
    connection,
    logger: silentLogger(),
    config: {},
    database: {},
    resolveProvider: () => undefined,
  };
  const loader = { load: (file: string) => require(file) } as never;
  return { connection, modules: await loadModules(resolved, environment), links, loader };
}

const both = /Two make the table "product": the model "Product" of the module "core", and .* "mine"\. Nothing was generated or migrated/;

test("a module that makes a table of another module is refused before anything is generated, migrated or undone", async () => {
  const targets = await targetsOf({ core: { Product }, mine: { Note } });
  await mkdir(join(folder, "core", "migrations"), { recursive: true });
  await mkdir(join(folder, "mine"), { recursive: true });
  // As long as it has no migrations, its model may describe what lies elsewhere.
  await requireMigrated(targets);
  await expect(generateForModules(targets, ["mine"], { importFrom: "@velella/data" })).rejects.toThrow(both);
  expect(existsSync(join(folder, "mine", "migrations"))).toBe(false);

  await generateMigration({ module: "mine", models: [Note], directory: join(folder, "mine", "migrations") });
  expect(await readdir(join(folder, "mine", "migrations"))).toHaveLength(2);
  await expect(migrateModules(targets)).rejects.toThrow(both);
  await expect(rollbackModules(targets, ["mine"])).rejects.toThrow(both);
  await expect(requireMigrated(targets)).rejects.toThrow(both);
  expect((await connection.query("select 1 from pg_tables where schemaname = 'public'")).rowCount).toBe(0);
});

test("the pairs of a relation and the tables of links count as well", async () => {
  const pairs = await targetsOf({ core: { Product }, mine: { Box, Lid } });
  await expect(migrateModules(pairs)).rejects.toThrow(
    /"Product" of the module "core", and the relation "lids" of "Box" of the module "mine"/,
  );
  const link = { kind: "table", table: "product", entryPoint: "a_b", file: "src/links/a.ts" } as LinkSpec;
  const linked = await targetsOf({ core: { Product } }, [link]);
  await expect(migrateLinks(linked)).rejects.toThrow(/"Product" of the module "core", and the link "a_b" of src\/links\/a\.ts/);
});
