import { managerFor } from "@velella/data";
import { createContainer, silentLogger } from "@velella/kernel";
import type { Container, Logger, SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import type { CachingService } from "../caching/caching-service";
import type { GraphConfig, GraphOptions } from "./query";
import { memoryCaching } from "./testing/own-models";
import { createShop, insert, openShop } from "./testing/shop";

/** The options of a query that reach beyond its rows: the cache, and those that do nothing and say so. */

let database: TestDatabase;
let connection: SqlConnection;
let statements: string[];
let caching: CachingService;
let container: Container;
let warnings: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  ({ connection, statements } = await createShop(database.url));
  await insert(connection, "artist", [{ id: "a1", name: "Ann", worth: "0", raw_worth: { value: "0" } }]);
  await insert(connection, "review", [{ id: "r1", text: "a", stars: 1 }]);
});

afterAll(async () => {
  await caching?.dispose();
  await connection?.close();
  await database?.drop();
});

beforeEach(async () => {
  await caching?.dispose();
  ({ caching, container } = memoryCaching(["Artist", "Album", "Review"]));
  warnings = [];
});

const open = (options: { container?: Container; strict?: boolean } = { container }) =>
  openShop(connection, {
    ...options,
    warn: true,
    logger: { ...silentLogger(), warn: (line: string) => void warnings.push(line) } as Logger,
  }).query;

const artists: GraphConfig = { entity: "artist", fields: ["id", "name", "albums.title"], pagination: { take: 5 } };

/** How many statements each of some reads takes. */
async function counts(query: ReturnType<typeof open>, options: GraphOptions, configs: readonly GraphConfig[] = [artists, artists]) {
  const taken: number[] = [];
  for (const config of configs) {
    statements.splice(0);
    await query.graph(config, options);
    taken.push(statements.length);
  }
  return taken;
}

describe("cache", () => {
  test("keeps the answer with its metadata; another query, or another page, is another answer", async () => {
    const query = open();
    const first = await query.graph(artists, { cache: { enable: true } });
    statements.splice(0);
    expect(await query.graph(artists, { cache: { enable: true } })).toEqual(first);
    expect(statements).toEqual([]);
    expect(first.metadata).toEqual({ skip: 0, take: 5, count: 1 });
    const others = [
      { ...artists, pagination: { take: 6 } },
      { ...artists, filters: { name: "Bo" } },
    ];
    expect(await counts(query, { cache: { enable: true } }, others)).toEqual([1, 1]);
  });

  test("tells filters by null from filters that are left out", async () => {
    const query = open();
    const named = async (name: null | undefined) =>
      (await query.graph({ entity: "artist", fields: ["id"], filters: { name } as never }, { cache: { enable: true } })).data.length;
    expect([await named(null), await named(undefined), await named(null)]).toEqual([0, 1, 0]);
  });

  test("is off unless it is enabled, and inside a transaction, which sees its own writes", async () => {
    const query = open();
    expect(await counts(query, { cache: { key: "k" } })).toEqual([1, 1]);
    expect(await counts(query, { cache: { enable: false } })).toEqual([1, 1]);
    await query.graph(artists, { cache: { enable: true } });
    const seen = await connection.transaction(async (transaction) => {
      await transaction.query(`insert into artist (id, name, worth, raw_worth) values ('a2', 'Bo', 0, '{"value": "0"}')`);
      const context = { transactionManager: managerFor(transaction) };
      const { data } = await query.graph(artists, { cache: { enable: true } }, context);
      await transaction.query("delete from artist where id = 'a2'");
      return data.length;
    });
    expect(seen).toBe(2);
  });

  test("follows changes of the records in it, and of the list", async () => {
    const query = open();
    const options = { cache: { enable: true } };
    const bare = { ...artists, fields: ["name"] };
    for (const config of [artists, bare]) {
      expect(await counts(query, options, [config, config])).toEqual([1, 0]);
      await caching.changed("artist", ["a9"]);
      expect(await counts(query, options, [config, config])).toEqual([1, 0]);
    }
    await caching.changed("album", ["alb_9"]);
    expect(await counts(query, options, [artists, bare])).toEqual([1, 0]);
    expect(await counts(query, { cache: { enable: true, key: "fixed", autoInvalidate: false } })).toEqual([1, 0]);
    await caching.changed("artist", ["a1"]);
    expect(await counts(query, { cache: { enable: true, key: "fixed" } })).toEqual([0, 0]);
  });

  test("does not keep what was changed while it was read", async () => {
    const query = open();
    statements.splice(0);
    const read = query.graph(artists, { cache: { enable: true } });
    while (!statements.length) await new Promise((resolve) => setImmediate(resolve));
    await caching.changed("artist", ["a1"]);
    await read;
    expect(await counts(query, { cache: { enable: true } })).toEqual([1, 0]);
  });

  test("takes a key, tags and a time, also as functions", async () => {
    const query = open();
    const asked: unknown[] = [];
    const options: GraphOptions = {
      cache: {
        enable: async () => true,
        key: async (args, service) => {
          asked.push(args[0]);
          return service.computeKey({ mine: args[0].entity });
        },
        tags: ["shelf"],
        ttl: () => 60,
      },
    };
    expect(await counts(query, options)).toEqual([1, 0]);
    expect(asked).toEqual([artists, artists]);
    await caching.clear({ tags: ["shelf"] });
    expect(await counts(query, options)).toEqual([1, 0]);
  });

  test("keeps no error", async () => {
    const query = open();
    const missing = { entity: "artist", fields: ["id"], filters: { id: "nobody" } };
    const options = { throwIfKeyNotFound: true, cache: { enable: true } };
    for (let i = 0; i < 2; i++) await expect(query.graph(missing, options)).rejects.toMatchObject({ reason: "query.key_not_found" });
    expect((await query.graph(missing, { cache: { enable: true } })).data).toEqual([]);
  });

  test("without the caching module is left out, and said so once", async () => {
    expect(await counts(open({ container: createContainer() }), { cache: { enable: true } })).toEqual([1, 1]);
    expect(warnings).toEqual([`query.graph leaves out "cache", for the config lists no caching module.`]);
  });
});

test("options without effect say so, once", async () => {
  const query = open();
  for (let i = 0; i < 2; i++) await query.graph({ ...artists, strategy: "joined" }, { locale: "de" });
  expect(warnings).toEqual([
    expect.stringContaining('query.graph leaves out "strategy"'),
    expect.stringContaining('query.graph leaves out "locale"'),
  ]);
});

describe("throwIfRelationNotFound", () => {
  const reviews = { entity: "review", fields: ["id", "customer.email"] };

  test("with a name that is no link and no module is told of, or refused", async () => {
    await open().graph(reviews, { throwIfRelationNotFound: ["custmer", "customer", "product_link", "product"] });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^throwIfRelationNotFound names "custmer", which is neither a link nor a module\. It is not checked\. .*"customer"/,
      ),
    ]);
    await expect(open({ strict: true }).graph(reviews, { throwIfRelationNotFound: ["custmer"] })).rejects.toMatchObject({
      reason: "query.unknown_link",
    });
  });
});

describe("throwIfKeyNotFound", () => {
  test.each<[object]>([
    [{ id: "no" }],
    [{ id: ["r1", "no"] }],
    [{ id: { $eq: "no" } }],
    [{ id: { $in: ["r1", "no"] } }],
    [{ $and: [{ stars: 1 }, { id: "no" }] }],
    [{ $and: [{ $and: [{ id: { $eq: "no" } }] }] }],
  ])("sees the key in %j", async (filters) => {
    const config = { entity: "review", fields: ["text"], filters: filters as never };
    await expect(open().graph(config, { throwIfKeyNotFound: true })).rejects.toMatchObject({
      type: "not_found",
      message: "Review id not found: no",
    });
  });

  test("asks nothing where no key is demanded", async () => {
    for (const filters of [{ stars: 9 }, { $or: [{ id: "no" }, { stars: 9 }] }, { id: { $ne: "r1" } }, { $not: { id: "r1" } }])
      expect(
        (await open().graph({ entity: "review", fields: ["id"], filters: filters as never }, { throwIfKeyNotFound: true })).data,
      ).toEqual([]);
  });
});
