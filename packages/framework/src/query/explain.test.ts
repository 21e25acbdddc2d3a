import { createConnection, createRepository, createTablesSql, model, ModuleService, specOf } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { buildLinkable } from "../modules/linkable";
import { createShop, insert, linkable, openShop } from "./testing/shop";

/** `query.explain` names every statement that the query then sends. */

const Bundle = model.define("bundle", { id: model.id().primaryKey(), product_ids: model.array() });
const Scan = model.define("scan", { id: model.id().primaryKey(), format: model.text() });

let databases: TestDatabase[];
let connection: SqlConnection;
let archive: SqlConnection;
let statements: string[];
let query: ReturnType<typeof openShop>["query"];

beforeAll(async () => {
  databases = [await createTestDatabase(), await createTestDatabase()];
  ({ connection, statements } = await createShop(databases[0]!.url));
  archive = createConnection({ url: databases[1]!.url, poolSize: 1 });
  for (const sql of createTablesSql([specOf(Bundle)])) await connection.query(sql);
  for (const sql of createTablesSql([specOf(Scan)])) await archive.query(sql);
  const scans = new (ModuleService({ Scan }))({ baseRepository: createRepository(archive) });
  const bundle = { key: "bundle", models: [specOf(Bundle)], service: () => ({}), connection };
  const scan = { key: "archive", models: [specOf(Scan)], service: () => scans, connection: archive };
  ({ query } = openShop(connection, {
    warn: false,
    modules: [bundle, scan],
    links: [
      [
        { linkable: buildLinkable("bundle", { Bundle }).bundle, field: "product_ids", isList: true },
        { linkable: linkable.product.product, as: "products" },
        { readOnly: true },
      ],
      [
        { linkable: linkable.review.review, field: "customer_id" },
        { linkable: buildLinkable("archive", { Scan }).scan },
        { readOnly: true },
      ],
    ],
  }));
  await insert(connection, "product", [{ id: "p1", title: "One" }]);
  await insert(connection, "bundle", [{ id: "b1", product_ids: ["p1"] }]);
  await insert(connection, "review", [{ id: "r1", text: "a", stars: 1, customer_id: "s1" }]);
  await insert(archive, "scan", [{ id: "s1", format: "4k" }]);
});

afterAll(async () => {
  await Promise.all([connection?.close(), archive?.close()]);
  for (const database of databases ?? []) await database.drop();
});

/** The statements of a query as explained, and as it sends them. */
async function both(config: Parameters<typeof query.graph>[0]) {
  const explained = await query.explain(config);
  statements.splice(0);
  await query.graph(config);
  return {
    explained: explained.statements.map(({ purpose }) => purpose),
    texts: explained.statements.map(({ sql }) => sql),
    sent: [...statements],
  };
}

test("one statement, where one is all it takes", async () => {
  const config = { entity: "product", fields: ["id", "reviews.text"], filters: { artist: { name: "Ann" } } };
  const { explained, texts, sent } = await both(config);
  expect(explained).toEqual(["rows"]);
  expect(sent).toEqual(texts);
});

test("a page carries its count; the statement that would tell it otherwise is listed too", async () => {
  const config = { entity: "product", fields: ["id"], filters: { title: "One" }, pagination: { take: 5, skip: 7 } };
  const { explained, texts, sent } = await both(config);
  expect(explained).toEqual(["rows", "count"]);
  expect(sent).toEqual(texts.slice(0, 1));
  const count = (await query.explain(config)).statements[1]!;
  expect((await connection.query(count.sql, count.params)).rows).toEqual([{ n: 1 }]);
});

test("what is read by keys is listed with where it hangs", async () => {
  const config = { entity: "bundle", fields: ["id", "products.reviews.text"], filters: { id: "b1" } };
  const { explained, texts, sent } = await both(config);
  expect(explained).toEqual(["rows", "products"]);
  expect(sent).toEqual(texts);
  expect((await query.explain(config)).statements[1]?.params).toEqual([[]]);
});

test("what filters need of other sources is listed with its parameters", async () => {
  const config = { entity: "review", fields: ["id"], filters: { scan: null } };
  const { explained, texts, sent } = await both(config);
  expect(explained).toEqual(["filter", "rows"]);
  expect(sent).toEqual(texts);
  const { sql, params, postgres } = await query.explain(config, { analyze: true });
  expect([sql, params]).toEqual([texts[1], [["s1"]]]);
  expect(postgres).toContain("actual time");
});

test("of an entity that a service reads, only what lies in the app's database", async () => {
  const { sql, params, statements: listed } = await query.explain({ entity: "scan", fields: ["id", "format"] });
  expect({ sql, params, listed }).toEqual({ sql: undefined, params: [], listed: [] });
});
