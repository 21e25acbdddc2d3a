import { createConnection, createTablesSql } from "@velella/data";
import { createContainer, silentLogger } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../data/src/testing/database";
import type { TestDatabase } from "../../../data/src/testing/database";
import { syncLinks } from "../links/sync-links";
import { buildGraph } from "./build-graph";
import { createQuery } from "./create-query";
import { evaluate } from "./testing/evaluate";
import { Random, randomGraph } from "./testing/random-graph";
import { randomQuery } from "./testing/random-query";
import { insert, linksOf } from "./testing/shop";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database?.drop());

const graphs = 12;
const queriesPerGraph = 100;
// A failure prints its seed; VELELLA_SEED runs that one.
const seed = Number(process.env.VELELLA_SEED ?? 20_261_124);

test(`${graphs * queriesPerGraph} random queries of random graphs answer as an evaluation in memory does, each in one statement`, async () => {
  for (let g = 0; g < graphs; g++) {
    const graphSeed = seed + g;
    const random = new Random(graphSeed);
    const world = randomGraph(random);
    const schema = `graph_${g}`;
    const admin = createConnection({ url: database.url, poolSize: 1 });
    await admin.query(`create schema ${schema}`);
    await admin.close();
    const pool = createConnection({ url: database.url, poolSize: 2, schema });
    let statements = 0;
    const connection = Object.assign(Object.create(pool) as typeof pool, {
      query: (...args: Parameters<typeof pool.query>) => {
        statements++;
        return pool.query(...args);
      },
    });
    try {
      const modules = world.modules.map((module) => ({ ...module, service: () => ({}), connection }));
      for (const { models } of modules) for (const statement of createTablesSql(models)) await pool.query(statement);
      const links = linksOf(world.definitions, modules);
      await syncLinks(pool, links);
      // Parents come before children in a module's list of models.
      for (const [name, rows] of world.rows) await insert(pool, world.models.get(name)!.spec.table, rows);
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
        expect(statements, context).toBeLessThanOrEqual(metadata ? 2 : 1);
      }
    } finally {
      await pool.close();
    }
  }
});
