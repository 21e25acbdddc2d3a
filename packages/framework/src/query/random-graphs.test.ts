import { createConnection, createRepository, createTablesSql, ModuleService } from "@velella/data";
import { createContainer, silentLogger } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { syncLinks } from "../links/sync-links";
import { buildGraph } from "./build-graph";
import { createQuery } from "./create-query";
import { evaluate } from "./testing/evaluate";
import { Random, randomGraph } from "./testing/random-graph";
import { randomQuery } from "./testing/random-query";
import { insert, linksOf } from "./testing/shop";

let database: TestDatabase;
let elsewhere: TestDatabase;

beforeAll(async () => {
  [database, elsewhere] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});

afterAll(async () => {
  await database?.drop();
  await elsewhere?.drop();
});

const graphs = 12;
const queriesPerGraph = 100;
// A failure prints its seed; VELELLA_SEED runs that one.
const seed = Number(process.env.VELELLA_SEED ?? 20_261_124);

test.each(Array.from({ length: graphs }, (_, g) => [g]))(
  `${queriesPerGraph} random queries of random graph %i answer as an evaluation in memory does; of one database, in one statement each`,
  async (g) => {
    const graphSeed = seed + g;
    const random = new Random(graphSeed);
    const world = randomGraph(random, g % 2 === 1);
    const schema = `graph_${g}`;
    for (const { url } of [database, elsewhere]) {
      const admin = createConnection({ url, poolSize: 1 });
      await admin.query(`create schema ${schema}`);
      await admin.close();
    }
    const pool = createConnection({ url: database.url, poolSize: 2, schema });
    const far = createConnection({ url: elsewhere.url, poolSize: 2, schema });
    let statements = 0;
    const connection = Object.assign(Object.create(pool) as typeof pool, {
      query: (...args: Parameters<typeof pool.query>) => {
        statements++;
        return pool.query(...args);
      },
    });
    try {
      const modules = world.modules.map(({ key, models, entities, isElsewhere }) => {
        const service = isElsewhere ? new (ModuleService(entities))({ baseRepository: createRepository(far) }) : {};
        return { key, models, service: () => service, connection: isElsewhere ? far : connection };
      });
      const homes = new Map(world.modules.map(({ key, isElsewhere }) => [key, isElsewhere ? far : pool]));
      for (const { key, models } of modules) for (const statement of createTablesSql(models)) await homes.get(key)!.query(statement);
      const links = linksOf(world.definitions, modules);
      await syncLinks(pool, links);
      // Parents come before children in a module's list of models.
      for (const { name, module, spec } of world.models.values())
        if (spec) await insert(homes.get(module)!, spec.table, world.rows.get(name)!);
      const pivots = new Map(
        [...world.models.values()].flatMap(({ module, edges }) =>
          [...edges.values()].flatMap(({ pivot }) => (pivot ? [[pivot.table, homes.get(module)!] as const] : [])),
        ),
      );
      for (const [table, home] of pivots) await insert(home, table, world.pivotRows.get(table)!);
      for (const [table, rows] of world.linkRows) await insert(pool, table, rows);
      const query = createQuery({
        graph: buildGraph({ modules, links, connection }),
        container: createContainer(),
        logger: silentLogger(),
        warn: false,
      });
      for (let q = 0; q < queriesPerGraph; q++) {
        const config = randomQuery(random, world);
        const expected = evaluate(world, config);
        statements = 0;
        const { data, metadata } = await query.graph(config);
        const context = `seed ${graphSeed}, query ${q}: ${JSON.stringify(config)}`;
        expect(data, context).toEqual(expected.data);
        if (metadata) expect(metadata.count, context).toBe(expected.count);
        if (world.modules.every(({ isElsewhere }) => !isElsewhere)) expect(statements, context).toBe(1);
      }
    } finally {
      await pool.close();
      await far.close();
    }
  },
);
