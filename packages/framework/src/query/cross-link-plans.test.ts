import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import type { GraphConfig } from "./query";
import { createShop, openShop } from "./testing/shop";

// How PostgreSQL goes about filters across links: with tables of 20,000 rows, by their indexes.

const products = 20_000;
const artists = 1_000;
const large = ["product", "product_variant", "studio_artist_product_product", "product_variant_price_set", "price_set", "price"];

let database: TestDatabase;
let connection: SqlConnection;
let statements: string[];
let query: ReturnType<typeof openShop>["query"];

beforeAll(async () => {
  database = await createTestDatabase();
  ({ connection, statements } = await createShop(database.url));
  const numbers = `from generate_series(1, ${products}) n`;
  for (const statement of [
    `insert into artist (id, name, worth, raw_worth) select 'art_' || n, 'Artist ' || n, n, '{"value": "1"}' from generate_series(1, ${artists}) n`,
    `insert into product (id, title) select 'prod_' || n, 'Title ' || (n * 7919) % 100003 ${numbers}`,
    `insert into studio_artist_product_product (artist_id, product_id, id) select 'art_' || 1 + n % ${artists}, 'prod_' || n, 'link_' || n ${numbers}`,
    `insert into product_variant (id, title, product_id) select 'variant_' || n, 'Variant', 'prod_' || n ${numbers}`,
    `insert into price_set (id) select 'pset_' || n ${numbers}`,
    `insert into price (id, amount, raw_amount, currency_code, price_set_id) select 'price_' || n, n, '{"value": "1"}', 'eur', 'pset_' || n ${numbers}`,
    `insert into product_variant_price_set (variant_id, price_set_id, id) select 'variant_' || n, 'pset_' || n, 'pvps_' || n ${numbers}`,
  ]) {
    await connection.query(statement);
  }
  await connection.query("analyze");
  ({ query } = openShop(connection, { warn: false }));
});

afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

/** What a query gives, how many statements it took, and which large tables it reads from end to end. */
async function run(config: GraphConfig) {
  statements.splice(0);
  const { data, metadata } = await query.graph(config);
  const taken = statements.length;
  const { sql = "", params, postgres = "" } = await query.explain(config, { analyze: true });
  const plans = `${postgres}\n${await genericPlan(sql, params)}`;
  const scanned = [...plans.matchAll(/Seq Scan on (\w+)/g)].map(([, table]) => table as string);
  return { rows: data.length, count: metadata?.count, statements: taken, scanned: scanned.filter((table) => large.includes(table)) };
}

/** The plan that PostgreSQL makes for any parameters, and keeps for a prepared statement that runs often. */
function genericPlan(sql: string, params: readonly unknown[]): Promise<string> {
  const values = params.map((value) => `'${Array.isArray(value) ? `{${value.map((item) => `"${item}"`).join()}}` : String(value)}'`);
  return connection.transaction(async (transaction) => {
    await transaction.query("set local plan_cache_mode = force_generic_plan");
    await transaction.query(`prepare generic as ${sql}`);
    const { rows } = await transaction.query<Record<string, string>>(`explain execute generic${values.length ? `(${values.join()})` : ""}`);
    await transaction.query("deallocate generic");
    return rows.map((row) => Object.values(row)[0]).join("\n");
  });
}

const fields = ["id", "title", "artist.name"];
const filters = { artist: { name: "Artist 7" } };

test("products of an artist by name, all or a page of them with their count", async () => {
  expect(await run({ entity: "product", fields, filters })).toEqual({ rows: 20, statements: 1, scanned: [], count: undefined });
  expect(await run({ entity: "product", fields, filters, pagination: { take: 5, order: { title: "ASC" } } })).toEqual({
    rows: 5,
    count: 20,
    statements: 1,
    scanned: [],
  });
});

test("artists by the key of one of their products", async () => {
  const config = { entity: "artist", fields: ["name", "products.title"], filters: { products: { id: "prod_19999" } } };
  expect(await run(config)).toEqual({ rows: 1, statements: 1, scanned: [], count: undefined });
});

test("over a relation and a link", async () => {
  const config = { entity: "price_set", fields: ["id", "prices.amount"], filters: { variant: { product_id: "prod_12345" } } };
  expect(await run(config)).toEqual({ rows: 1, statements: 1, scanned: [], count: undefined });
});

test("products by an alternative across a link take one statement", async () => {
  const either = { $or: [{ artist: { name: ["Artist 1", "Artist 2"] } }, { id: "prod_3" }] };
  const page = { take: 10, order: { title: "ASC" as const } };
  expect(await run({ entity: "product", fields, filters: either, pagination: page })).toMatchObject({ rows: 10, count: 41, statements: 1 });
});

test("what no index serves is noticed here", async () => {
  const { scanned } = await run({ entity: "product", fields, filters: { title: "Title 7919" } });
  expect(scanned).toContain("product");
});
