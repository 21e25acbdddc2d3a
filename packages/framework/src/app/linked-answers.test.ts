import { createConnection, createTablesSql, managerFor, model, ModuleService, specOf } from "@velella/data";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { asValue, createAppRegistries, createContainer, loadInto, silentLogger } from "@velella/kernel";
import type { Container, SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CachingService } from "../caching/caching-service";
import { MemoryCache } from "../caching/memory-cache";
import { defineLink } from "../links/define-link";
import type { LinkService } from "../links/link-service";
import { syncLinks } from "../links/sync-links";
import { loadModules } from "../modules/load-modules";
import { Module } from "../modules/module";
import type { Query } from "../query/create-query";
import { connectModules } from "./connect-modules";

// Answers that are kept in the cache, and links that change what they would be.

const Film = model.define("film", { id: model.id().primaryKey(), title: model.text() });
const Star = model.define("star", { id: model.id().primaryKey(), name: model.text() });

let database: TestDatabase;
let connection: SqlConnection;
let caching: CachingService;
let container: Container;
let link: LinkService;
let query: Query;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url });
  for (const statement of createTablesSql([specOf(Film), specOf(Star)])) await connection.query(statement);
  await connection.query(`insert into film (id, title) values ('f1', 'M'), ('f2', 'Metropolis')`);
  await connection.query(`insert into star (id, name) values ('s1', 'Peter'), ('s2', 'Brigitte')`);
  container = createContainer();
  const logger = silentLogger();
  const films = Module("films", { service: class extends ModuleService({ Film }) {} });
  const stars = Module("stars", { service: class extends ModuleService({ Star }) {} });
  const resolved = [
    { key: "films", exports: films, options: {}, dependencies: [], source: "films" },
    { key: "stars", exports: stars, options: {}, dependencies: [], source: "stars" },
  ];
  const modules = await loadModules(resolved, {
    container,
    connection,
    logger,
    config: {},
    database: {},
    resolveProvider: () => undefined,
  });
  const registries = createAppRegistries();
  loadInto(registries, "links.ts", () =>
    defineLink({ linkable: films.linkable.film, isList: true, deleteCascade: true }, { linkable: stars.linkable.star, isList: true }),
  );
  const provider = { id: "memory", identifier: "memory", isDefault: true, options: {}, service: new MemoryCache() };
  caching = new CachingService({ cachingProviders: [provider], logger });
  caching.useModels(["Film", "Star"]);
  container.register({ caching: asValue(caching) });
  await syncLinks(connection, connectModules(modules, { container, connection, logger, registries, graph: undefined, strict: false }));
  link = container.resolve<LinkService>("link");
  query = container.resolve<Query>("query");
});
afterAll(async () => {
  await caching.dispose();
  await connection.close();
  await database.drop();
});

const names = async (filters: Record<string, unknown> = {}) => {
  const { data } = await query.graph(
    { entity: "film", fields: ["title", "stars.name"], filters, pagination: { order: { id: "ASC" } } },
    { cache: { enable: true } },
  );
  return data.map((film) => [film.title, (film.stars as { name: string }[]).map(({ name }) => name).sort()]);
};
const pair = (film: string, star: string) => ({ films: { film_id: film }, stars: { star_id: star } });

test("an answer that shows links follows them: when they are made, dismissed, and removed with their records", async () => {
  const empty = [
    ["M", []],
    ["Metropolis", []],
  ];
  expect(await names()).toEqual(empty);
  await link.create([pair("f1", "s1"), pair("f2", "s2")]);
  expect(await names()).toEqual([
    ["M", ["Peter"]],
    ["Metropolis", ["Brigitte"]],
  ]);
  await link.dismiss(pair("f2", "s2"));
  expect(await names()).toEqual([
    ["M", ["Peter"]],
    ["Metropolis", []],
  ]);
  await link.delete({ stars: { star_id: "s1" } });
  expect(await names()).toEqual([["Metropolis", []]]);
  await link.restore({ stars: { star_id: "s1" } });
  expect(await names()).toEqual([
    ["M", ["Peter"]],
    ["Metropolis", []],
  ]);
  await link.destroy(pair("f1", "s1"));
  expect(await names()).toEqual(empty);
});

test("so does one that is chosen by them", async () => {
  const withBrigitte = { stars: { name: "Brigitte" } };
  expect(await names(withBrigitte)).toEqual([]);
  await link.create(pair("f2", "s2"));
  expect(await names(withBrigitte)).toEqual([["Metropolis", ["Brigitte"]]]);
  await link.destroy(pair("f2", "s2"));
  expect(await names(withBrigitte)).toEqual([]);
});

test("in a transaction they are followed once that has committed", async () => {
  const before = await names();
  await connection
    .transaction(async (transaction) => {
      await link.create(pair("f1", "s2"), { transactionManager: managerFor(transaction) });
      expect(await names()).toEqual(before);
      throw new Error("rolled back");
    })
    .catch(() => undefined);
  expect(await names()).toEqual(before);
  await connection.transaction(async (transaction) => {
    await link.create(pair("f1", "s2"), { transactionManager: managerFor(transaction) });
  });
  expect(await names()).toEqual([
    ["M", ["Brigitte"]],
    ["Metropolis", []],
  ]);
});
