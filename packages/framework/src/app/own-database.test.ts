import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection, createRepository, createTablesSql, model, ModuleService, specOf } from "@velella/data";
import { asValue, createAppRegistries, createContainer, loadInto, silentLogger } from "@velella/kernel";
import type { Container, SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { connectModules } from "./connect-modules";
import { migrateModules, requireMigrated, rollbackModules } from "./migrate";
import { defineLink } from "../links/define-link";
import type { LinkService } from "../links/link-service";
import { syncLinks } from "../links/sync-links";
import type { Query } from "../query/create-query";
import { loadModules } from "../modules/load-modules";
import type { LoadedModule } from "../modules/load-modules";
import { Module } from "../modules/module";

/** Films lie in the app's database, their scans in an archive of its own, to which a loader of the module connects. */

const Film = model.define("film", { id: model.id().primaryKey(), title: model.text() });
const Scan = model.define("scan", { id: model.id().primaryKey(), format: model.text() });
class FilmService extends ModuleService({ Film }) {}
class ScanService extends ModuleService({ Scan }) {
  readonly model: unknown;
  constructor(container: { scanService: unknown }) {
    super(container);
    this.model = container.scanService;
  }
}

let databases: TestDatabase[];
let main: SqlConnection;
let archive: SqlConnection;
let folder: string;
let container: Container;
let modules: LoadedModule[];
let links: ReturnType<typeof connectModules>;

beforeAll(async () => {
  databases = [await createTestDatabase(), await createTestDatabase()];
  [main, archive] = databases.map(({ url }) => createConnection({ url })) as [SqlConnection, SqlConnection];
  for (const statement of createTablesSql([specOf(Film)])) await main.query(statement);
  folder = await mkdtemp(join(tmpdir(), "velella-archive-"));
  await mkdir(join(folder, "migrations"));
  const statements = JSON.stringify(createTablesSql([specOf(Scan)]));
  const migration = `exports.M1 = class { up() { this.q = ${statements} } down() { this.q = ["drop table scan"] } getQueries() { return this.q ?? [] } reset() { this.q = [] } isTransactional() { return true } }`;
  await writeFile(join(folder, "migrations", "M1.js"), migration);

  container = createContainer();
  const logger = silentLogger();
  const films = Module("films", { service: FilmService });
  const scans = Module("archive", {
    service: ScanService,
    loaders: [({ container: own }) => void own.register("baseRepository", asValue(createRepository(archive)))],
  });
  const resolved = [
    { key: "films", exports: films, options: {}, dependencies: [], source: "films" },
    { key: "archive", exports: scans, options: {}, dependencies: [], source: "archive", directory: folder },
  ];
  modules = await loadModules(resolved, {
    container,
    connection: main,
    logger,
    config: {},
    database: {},
    resolveProvider: () => undefined,
  });
  const registries = createAppRegistries();
  loadInto(registries, "links.ts", () => defineLink(films.linkable.film, { linkable: scans.linkable.scan, isList: true }));
  links = connectModules(modules, { container, connection: main, logger, registries, graph: undefined, strict: false });
});

afterAll(async () => {
  await Promise.all([main.close(), archive.close()]);
  for (const database of databases) await database.drop();
  await rm(folder, { recursive: true });
});

const tables = async (connection: SqlConnection) =>
  (await connection.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public' order by 1")).rows.map(
    (row) => row.name,
  );

test("a module with a database of its own is migrated, written, linked and read there", async () => {
  const loader = { load: (file: string) => require(file) } as never;
  const targets = { connection: main, modules, links, loader };
  await expect(requireMigrated(targets)).rejects.toThrow("archive/M1");
  expect(await migrateModules(targets)).toEqual(["archive/M1"]);
  await syncLinks(main, links);
  await requireMigrated(targets);
  expect(await tables(archive)).toEqual(["scan", "velella_migrations"]);
  expect(await tables(main)).not.toContain("scan");

  const films = container.resolve<InstanceType<typeof FilmService>>("films");
  const scans = container.resolve<InstanceType<typeof ScanService>>("archive");
  const link = container.resolve<LinkService>("link");
  const query = container.resolve<Query>("query");
  await films.createFilms([
    { id: "f1", title: "Metropolis" },
    { id: "f2", title: "M" },
  ]);
  await scans.createScans([
    { id: "s1", format: "4k" },
    { id: "s2", format: "dvd" },
  ]);
  expect((await archive.query("select 1 from scan")).rowCount).toBe(2);
  expect(await (scans.model as { list(): Promise<unknown[]> }).list()).toHaveLength(2);
  await link.create([
    { films: { film_id: "f1" }, archive: { scan_id: "s1" } },
    { films: { film_id: "f1" }, archive: { scan_id: "s2" } },
  ]);

  const { data } = await query.graph({ entity: "film", fields: ["title", "scans.format"], pagination: { order: { id: "ASC" } } });
  expect(data).toEqual([
    {
      id: "f1",
      title: "Metropolis",
      scans: [
        { id: "s1", format: "4k" },
        { id: "s2", format: "dvd" },
      ],
    },
    { id: "f2", title: "M", scans: [] },
  ]);
  expect((await query.explain({ entity: "film", fields: ["scans.format"] })).plan).toContain("call archive.listScans");
  expect(
    (await query.graph({ entity: "scan", fields: ["format", "film.title"], filters: { film: { title: "Metropolis" }, format: "dvd" } }))
      .data,
  ).toEqual([{ id: "s2", format: "dvd", film: { id: "f1", title: "Metropolis" } }]);
  // A record that its own database has no more is nowhere to be seen.
  await scans.softDeleteScans("s2");
  expect((await query.graph({ entity: "film", fields: ["scans.id"], filters: { id: "f1" } })).data).toEqual([
    { id: "f1", scans: [{ id: "s1" }] },
  ]);

  expect(await rollbackModules(targets, ["archive"])).toEqual(["archive/M1"]);
  expect(await tables(archive)).toEqual(["velella_migrations"]);
});
