import { createConnection, createRepository, createTablesSql, model, ModuleService, specOf } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { syncLinks } from "../links/sync-links";
import { buildLinkable } from "../modules/linkable";
import type { GraphModule } from "./graph";
import { createShop, insert, linkable, openShop } from "./testing/shop";

/** A filter answers the same wherever the records lie that it asks about: here, in another database, behind a list method. */

const Supplier = model.define("supplier", {
  id: model.id({ prefix: "sup" }).primaryKey(),
  name: model.text(),
  country: model.text().nullable(),
  offers: model.hasMany(() => Offer, { mappedBy: "supplier" }),
});
const Offer = model.define("offer", {
  id: model.id({ prefix: "off" }).primaryKey(),
  amount: model.number(),
  supplier: model.belongsTo(() => Supplier, { mappedBy: "offers" }),
});
const SupplyService = ModuleService({ Supplier, Offer });
const supplier = buildLinkable("supply", { Supplier, Offer }).supplier;

let databases: TestDatabase[];
let main: SqlConnection;
let elsewhere: SqlConnection;
let near: ReturnType<typeof openShop>["query"];
let far: ReturnType<typeof openShop>["query"];
const asked: unknown[] = [];

/** The module in a database, and links to it: a table of its own, and the key that a review holds. */
function shopWith(connection: SqlConnection) {
  const service = new SupplyService({ baseRepository: createRepository(connection) });
  const supply: GraphModule = { key: "supply", models: [Supplier, Offer].map(specOf), service: () => service, connection };
  const cms: GraphModule = {
    key: "cms",
    models: [],
    connection: undefined,
    service: () => ({
      // As such a source is written: it knows no filter but the key.
      list: async (filters: { product_id: string[] }) => {
        asked.push(filters);
        return filters.product_id.filter((id) => id === "prod_1").map((product_id) => ({ product_id, body: "text" }));
      },
    }),
  };
  return openShop(main, {
    warn: false,
    modules: [supply, cms],
    links: [
      [linkable.product.product, { linkable: supplier, forwards: { offers: { path: "offers", many: true } } }],
      [{ linkable: linkable.review.review, field: "customer_id" }, { linkable: supplier, alias: "author" }, { readOnly: true }],
      [
        { linkable: linkable.product.product, field: "id" },
        { linkable: { serviceName: "cms", alias: "content", primaryKey: "product_id" } },
        { readOnly: true },
      ],
    ],
  });
}

beforeAll(async () => {
  databases = [await createTestDatabase(), await createTestDatabase()];
  ({ connection: main } = await createShop(databases[0]!.url));
  elsewhere = createConnection({ url: databases[1]!.url, poolSize: 2 });
  for (const connection of [main, elsewhere]) {
    for (const statement of createTablesSql([Supplier, Offer].map(specOf))) await connection.query(statement);
    await insert(connection, "supplier", [
      { id: "s1", name: "Paper", country: "de" },
      { id: "s2", name: "Ink" },
      { id: "s3", name: "Gone", deleted_at: new Date() },
      { id: "s4", name: "Bare" },
    ]);
    await insert(connection, "offer", [
      { id: "o1", amount: 1, supplier_id: "s1" },
      { id: "o2", amount: 2, supplier_id: "s2" },
    ]);
  }
  await insert(
    main,
    "product",
    ["prod_1", "prod_2", "prod_3", "prod_4", "prod_5"].map((id) => ({ id, title: id })),
  );
  await insert(main, "review", [
    { id: "rev_1", text: "a", stars: 1, customer_id: "s1" },
    { id: "rev_2", text: "b", stars: 2, customer_id: "s3" },
    { id: "rev_3", text: "c", stars: 3, customer_id: null },
    { id: "rev_4", text: "d", stars: 4, customer_id: "nobody" },
  ]);
  const here = shopWith(main);
  await syncLinks(main, here.links);
  await insert(main, "product_product_supply_supplier", [
    { product_id: "prod_1", supplier_id: "s1", id: "l1" },
    { product_id: "prod_2", supplier_id: "s2", id: "l2" },
    { product_id: "prod_3", supplier_id: "s3", id: "l3" },
    { product_id: "prod_5", supplier_id: "s4", id: "l5" },
  ]);
  near = here.query;
  far = shopWith(elsewhere).query;
});

afterAll(async () => {
  await Promise.all([main?.close(), elsewhere?.close()]);
  for (const database of databases ?? []) await database.drop();
});

const idsOf = async (query: typeof near, entity: string, filters: object) =>
  (await query.graph({ entity, fields: ["id"], filters: filters as never, pagination: { order: { id: "ASC" } } })).data.map(
    (row: { id: string }) => row.id,
  );

const products = (...numbers: number[]) => numbers.map((n) => `prod_${n}`);
const reviews = (...numbers: number[]) => numbers.map((n) => `rev_${n}`);

describe.each(["here", "elsewhere"])("records that lie %s", (place) => {
  const query = () => (place === "here" ? near : far);

  test.each<[string, object, string[]]>([
    ["none", { supplier: null }, products(3, 4)],
    ["none, by $exists", { supplier: { $exists: false } }, products(3, 4)],
    ["one", { supplier: { $exists: true } }, products(1, 2, 5)],
    ["nothing", { supplier: {} }, products(1, 2, 3, 4, 5)],
    ["nothing, in many words", { supplier: { $and: [{}, { $or: [{ name: "Ink" }, {}] }], name: undefined } }, products(1, 2, 3, 4, 5)],
    ["undefined", { supplier: undefined }, products(1, 2, 3, 4, 5)],
    ["a field", { supplier: { name: "Paper" } }, products(1)],
    ["not a field", { $not: { supplier: { name: "Paper" } } }, products(2, 3, 4, 5)],
    ["another field than", { supplier: { name: { $ne: "Paper" } } }, products(2, 5)],
    ["a field that is null", { supplier: { country: null } }, products(2, 5)],
    ["a key", { supplier: "s1" }, products(1)],
    ["keys", { supplier: ["s1", "s2"] }, products(1, 2)],
    ["an operator on the key", { supplier: { $ne: "s1" } }, products(2, 5)],
    ["a list of alternatives", { supplier: [{ name: "Ink" }, { country: "de" }] }, products(1, 2)],
    ["one of two, or none", { $or: [{ supplier: { name: "Ink" } }, { supplier: null }] }, products(2, 3, 4)],
    ["what they are related with", { supplier: { offers: { amount: 2 } } }, products(2)],
    ["what they are not related with", { supplier: { offers: null } }, products(5)],
    ["a forwarded name", { offers: { amount: { $gte: 1 } } }, products(1, 2)],
    ["nothing behind a forwarded name", { offers: null }, products(3, 4, 5)],
    ["rows of the link", { supplier_link: { id: "l2" } }, products(2)],
    ["records over rows of the link", { supplier_link: { supplier: { name: "Ink" } } }, products(2)],
  ])("a product with: %s", async (_name, filters, expected) => {
    expect(await idsOf(query(), "product", filters)).toEqual(expected);
  });

  test.each<[string, object, string[]]>([
    ["none", { author: null }, reviews(2, 3, 4)],
    ["one", { author: { $exists: true } }, reviews(1)],
    ["nothing", { author: {} }, reviews(1, 2, 3, 4)],
    ["a field", { author: { name: "Paper" } }, reviews(1)],
    ["not a field, where there may be no key", { $not: { author: { name: "Paper" } } }, reviews(2, 3, 4)],
    ["not none", { $not: { author: null } }, reviews(1)],
  ])("a review with a key of: %s", async (_name, filters, expected) => {
    expect(await idsOf(query(), "review", filters)).toEqual(expected);
  });

  test.each<[string, object, string[]]>([
    ["none", { product: null }, []],
    ["one", { product: { $exists: true } }, ["s1", "s2", "s4"]],
    ["a field", { product: { title: "prod_2" } }, ["s2"]],
    ["not a field", { $not: { product: { title: "prod_2" } } }, ["s1", "s4"]],
  ])("a supplier with a product: %s", async (_name, filters, expected) => {
    expect(await idsOf(query(), "supplier", filters)).toEqual(expected);
  });
});

test("a source that knows only its key is asked by it", async () => {
  asked.splice(0);
  expect(await idsOf(near, "product", { content: null })).toEqual(products(2, 3, 4, 5));
  expect(await idsOf(near, "product", { content: { $exists: true } })).toEqual(products(1));
  expect(await idsOf(near, "product", { content: {} })).toHaveLength(5);
  expect(asked).toEqual([{ product_id: products(1, 2, 3, 4, 5) }, { product_id: products(1, 2, 3, 4, 5) }]);
});
