import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTablesSql, model, specOf } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { buildLinkable } from "../modules/linkable";
import type { ComputedJoin } from "./graph";
import { QueryContext } from "./query-context";
import { createShop, insert, linkable, openShop, ShopServices } from "./testing/shop";

/** What is not in the shop's tables: a content system behind HTTP, a module with data of its own, computed fields. */

interface Content {
  product_id: string;
  body: string;
}
const contents: Content[] = [
  { product_id: "prod_1", body: "<p>Poster</p>" },
  { product_id: "prod_1", body: "<p>More</p>" },
  { product_id: "prod_2", body: "<p>Pen</p>" },
];

const Supplier = model.define("supplier", {
  id: model.id({ prefix: "sup" }).primaryKey(),
  name: model.text(),
});
const suppliers = [
  { id: "sup_1", name: "Paper Ltd", secret: "x" },
  { id: "sup_2", name: "Ink Ltd", secret: "y" },
];

let database: TestDatabase;
let connection: SqlConnection;
let statements: string[];
let cms: Server;
let cmsUrl: string;
let cmsFails = false;
const requests: string[] = [];
const listed: unknown[] = [];

class CmsService {
  async list({ product_id }: { product_id: string[] }): Promise<Content[]> {
    const response = await fetch(`${cmsUrl}/contents?ids=${product_id.join()}`);
    if (!response.ok) throw new Error(`the content system answered ${response.status}`);
    return (await response.json()) as Content[];
  }
}

class SupplierService {
  async listSuppliers(filters: { id?: string[]; name?: string }) {
    listed.push(filters);
    return suppliers
      .filter(({ id, name }) => (!filters.id || filters.id.includes(id)) && (!filters.name || filters.name === name))
      .map((row) => ({ ...row }));
  }

  async listAndCountSuppliers(filters: object, { take, skip = 0 }: { take?: number; skip?: number }) {
    const all = await this.listSuppliers(filters);
    return [all.slice(skip, take === undefined ? undefined : skip + take), all.length];
  }
}

const loads: { ids: unknown[]; fields: readonly string[]; context: unknown }[] = [];
const calculatedPrice: ComputedJoin = {
  entity: "PriceSet",
  field: "calculated_price",
  requires: ["id"],
  load: (rows, { fields, context }) => {
    loads.push({ ids: rows.map((row) => row.id), fields, context });
    return rows.map((row) => ({ id: row.id, calculated_amount: 10, calculated_price: { id: "price_1", price_list_id: null } }));
  },
};

const cmsModule = { key: "cms", models: [], service: () => new CmsService(), connection: undefined };
const supplierService = new SupplierService();
const supplierModule = { key: "supply", models: [specOf(Supplier)], service: () => supplierService, connection: undefined };
const supplier = buildLinkable("supply", { Supplier }).supplier;

const open = () =>
  openShop(connection, {
    warn: false,
    modules: [cmsModule, supplierModule],
    additions: { pricing: { joins: [calculatedPrice] } },
    links: [
      [
        { linkable: linkable.product.product, field: "id" },
        { linkable: { serviceName: "cms", alias: "content", primaryKey: "product_id" } },
        { readOnly: true },
      ],
      [
        { linkable: linkable.product.product, isList: true },
        { linkable: supplier, isList: true },
      ],
    ],
  });

beforeAll(async () => {
  database = await createTestDatabase();
  ({ connection, statements } = await createShop(database.url));
  cms = createServer((request, response) => {
    requests.push(request.url!);
    const ids = new URL(request.url!, "http://cms").searchParams.get("ids")!.split(",");
    response.statusCode = cmsFails ? 503 : 200;
    response.end(JSON.stringify(contents.filter(({ product_id }) => ids.includes(product_id))));
  }).listen(0, "127.0.0.1");
  await once(cms, "listening");
  cmsUrl = `http://127.0.0.1:${(cms.address() as AddressInfo).port}`;

  await insert(
    connection,
    "product",
    ["prod_1", "prod_2", "prod_3"].map((id) => ({ id, title: `Title of ${id}` })),
  );
  await insert(connection, "product_variant", [
    { id: "variant_1", title: "S", product_id: "prod_1" },
    { id: "variant_2", title: "M", product_id: "prod_2" },
    { id: "variant_3", title: "L", product_id: "prod_2" },
  ]);
  await insert(connection, "price_set", [{ id: "pset_1" }, { id: "pset_2" }]);
  await insert(connection, "product_variant_price_set", [
    { variant_id: "variant_1", price_set_id: "pset_1", id: "pvps_1" },
    { variant_id: "variant_2", price_set_id: "pset_2", id: "pvps_2" },
  ]);
  await connection.query(
    `create table product_product_supply_supplier (product_id text, supplier_id text, id text, created_at timestamptz default now(), updated_at timestamptz default now(), deleted_at timestamptz)`,
  );
  await insert(connection, "product_product_supply_supplier", [
    { product_id: "prod_1", supplier_id: "sup_1", id: "link_1" },
    { product_id: "prod_1", supplier_id: "sup_2", id: "link_2" },
    { product_id: "prod_2", supplier_id: "sup_2", id: "link_3" },
  ]);
});

afterAll(async () => {
  cms?.close();
  await connection?.close();
  await database?.drop();
});

afterEach(() => {
  cmsFails = false;
  for (const list of [requests, listed, loads, statements]) list.splice(0);
});

describe("a virtual model behind a list method", () => {
  test("is read in one call for all rows: one record as itself, several as an array", async () => {
    const { data } = await open().query.graph({
      entity: "product",
      fields: ["id", "title", "content.*"],
      pagination: { order: { id: "ASC" } },
    });
    expect(data).toEqual([
      { id: "prod_1", title: "Title of prod_1", content: [contents[0], contents[1]] },
      { id: "prod_2", title: "Title of prod_2", content: contents[2] },
      { id: "prod_3", title: "Title of prod_3" },
    ]);
    expect(requests).toEqual(["/contents?ids=prod_1,prod_2,prod_3"]);
  });

  test("that returns too few is named, where that is an error", async () => {
    const config = { entity: "product", fields: ["id", "content.body"] };
    await expect(open().query.graph(config, { throwIfRelationNotFound: ["content"] })).rejects.toMatchObject({
      type: "not_found",
      message: 'cms.list, the source of "content", did not return the records with product_id: prod_3.',
    });
    expect(
      (await open().query.graph({ ...config, filters: { id: ["prod_1", "prod_2"] } }, { throwIfRelationNotFound: true })).data,
    ).toHaveLength(2);
  });

  test("that fails is named", async () => {
    cmsFails = true;
    await expect(open().query.graph({ entity: "product", fields: ["content.body"] })).rejects.toMatchObject({
      message: 'cms.list, the source of "content", failed: the content system answered 503',
      reason: "query.source_failed",
    });
  });
});

describe("a module with data of its own", () => {
  test("is reached over a link in one call, and the other way", async () => {
    const { query } = open();
    const forth = await query.graph({
      entity: "product",
      fields: ["title", "suppliers.name"],
      filters: { id: ["prod_1", "prod_3"] },
      pagination: { order: { id: "ASC" } },
    });
    expect(forth.data).toEqual([
      {
        id: "prod_1",
        title: "Title of prod_1",
        suppliers: [
          { id: "sup_1", name: "Paper Ltd" },
          { id: "sup_2", name: "Ink Ltd" },
        ],
      },
      { id: "prod_3", title: "Title of prod_3", suppliers: [] },
    ]);
    expect(listed).toEqual([{ id: ["sup_1", "sup_2"] }]);

    const back = await query.graph({ entity: "suppliers", fields: ["name", "products.title"], filters: { name: "Ink Ltd" } });
    const products = [
      { id: "prod_1", title: "Title of prod_1" },
      { id: "prod_2", title: "Title of prod_2" },
    ];
    expect(back.data).toEqual([{ id: "sup_2", name: "Ink Ltd", products }]);
    expect(statements).toHaveLength(2);
  });

  test("can be filtered by: its keys are fetched first", async () => {
    const { data } = await open().query.graph({ entity: "product", fields: ["id"], filters: { suppliers: { name: "Paper Ltd" } } });
    expect(data).toEqual([{ id: "prod_1" }]);
    expect(listed).toEqual([{ name: "Paper Ltd" }]);
  });

  test("cannot be ordered by", async () => {
    await expect(
      open().query.graph({ entity: "product", fields: ["id"], pagination: { order: { suppliers: { name: "ASC" } } } }),
    ).rejects.toMatchObject({
      reason: "query.remote_order",
    });
  });

  test("is read page by page through listAndCount", async () => {
    expect(await open().query.graph({ entity: "supplier", fields: ["name"], pagination: { take: 1 } })).toMatchObject({
      data: [{ name: "Paper Ltd" }],
      metadata: { skip: 0, take: 1, count: 2 },
    });
  });
});

test("a column of several keys leads to all of them, in a call of its own", async () => {
  const Bundle = model.define("bundle", { id: model.id().primaryKey(), product_ids: model.array() });
  const bundleModule = { key: "bundle", models: [specOf(Bundle)], service: () => ({}), connection };
  for (const statement of createTablesSql([specOf(Bundle)])) await connection.query(statement);
  await insert(connection, "bundle", [
    { id: "b_1", product_ids: ["prod_2", "prod_1"] },
    { id: "b_2", product_ids: [] },
  ]);
  const bundle = buildLinkable("bundle", { Bundle }).bundle;
  const { query } = openShop(connection, {
    warn: false,
    modules: [bundleModule],
    links: [
      [
        { linkable: bundle, field: "product_ids", isList: true },
        { linkable: linkable.product.product, as: "products" },
        { readOnly: true },
      ],
    ],
  });
  statements.splice(0);
  const { data } = await query.graph({ entity: "bundle", fields: ["id", "products.title"], pagination: { order: { id: "ASC" } } });
  const [first, second] = [1, 2].map((n) => ({ id: `prod_${n}`, title: `Title of prod_${n}` }));
  expect(data).toEqual([
    { id: "b_1", product_ids: ["prod_2", "prod_1"], products: [second, first] },
    { id: "b_2", product_ids: [], products: [] },
  ]);
  expect(statements).toHaveLength(2);
  const filtered = await query.graph({ entity: "bundle", fields: ["id"], filters: { products: { title: "Title of prod_2" } } });
  expect(filtered.data).toEqual([{ id: "b_1" }]);
});

describe("a list method of a module's own", () => {
  // Generated methods are typed as properties, which a method may not override.
  interface Customers {
    listCustomers(filters?: object, config?: object): Promise<{ email: string }[]>;
  }
  class CustomerService extends (ShopServices.customer as unknown as new (container: object) => Customers) {
    override async listCustomers(filters?: object, config?: object) {
      const rows = await super.listCustomers(filters, config);
      return rows.map((row) => ({ ...row, email: row.email.toUpperCase() }));
    }
  }

  test("is what a query calls, also over a link; the generated one is not", async () => {
    await insert(connection, "customer", [{ id: "cus_1", email: "c@test.dev" }]);
    await insert(connection, "review", [{ id: "rev_1", text: "good", stars: 5, customer_id: "cus_1" }]);
    const { query } = openShop(connection, { warn: false, services: { customer: CustomerService } });
    expect((await query.graph({ entity: "customer", fields: ["email"] })).data).toEqual([{ email: "C@TEST.DEV" }]);
    expect((await query.graph({ entity: "review", fields: ["customer.email"] })).data).toEqual([
      { customer_id: "cus_1", customer: { id: "cus_1", email: "C@TEST.DEV" } },
    ]);
    const { plan } = await query.explain({ entity: "review", fields: ["customer.email"] });
    expect(plan).toContain("call customer.listCustomers");
    expect((await openShop(connection).query.explain({ entity: "review", fields: ["customer.email"] })).plan).toContain(
      "customer (same statement)",
    );
  });
});

describe("computed fields", () => {
  test("are loaded once for all rows, through names that lead to them, with the context at their path", async () => {
    const context = QueryContext({ currency_code: "eur" });
    const { data } = await open().query.graph({
      entity: "product",
      fields: ["title", "variants.calculated_price.calculated_amount", "variants.calculated_price.calculated_price.id"],
      filters: { id: ["prod_1", "prod_2"] },
      context: { variants: { calculated_price: context } },
      pagination: { order: { id: "ASC" } },
    });
    const price = { calculated_amount: 10, calculated_price: { id: "price_1" } };
    expect(data).toEqual([
      { title: "Title of prod_1", variants: [{ id: "variant_1", calculated_price: price }] },
      { title: "Title of prod_2", variants: [{ id: "variant_2", calculated_price: price }, { id: "variant_3" }] },
    ]);
    expect(loads).toEqual([{ ids: ["pset_1", "pset_2"], fields: ["calculated_amount", "calculated_price.id"], context }]);
    expect(statements).toHaveLength(1);
  });

  test("take the context of the older form", async () => {
    const { query } = open();
    const price = { id: "pset_1", calculated_amount: 10, calculated_price: { id: "price_1", price_list_id: null } };
    const rows = await query({
      entryPoint: "variants",
      fields: ["calculated_price.*"],
      variables: { id: "variant_1", calculated_price: { context: { currency_code: "usd" } } },
    });
    expect(rows).toEqual([{ id: "variant_1", calculated_price: price }]);
    expect(loads[0]?.context).toEqual({ currency_code: "usd" });
  });

  test("cannot be filtered or ordered by", async () => {
    const { query } = open();
    await expect(query.graph({ entity: "price_set", fields: ["id"], filters: { calculated_price: { id: "x" } } })).rejects.toMatchObject({
      reason: "query.computed_filter",
    });
    await expect(
      query.graph({ entity: "variant", fields: ["id"], pagination: { order: { calculated_price: { calculated_amount: "ASC" } } } }),
    ).rejects.toMatchObject({
      reason: "query.computed_filter",
    });
  });

  test("that return too few values are refused by name", async () => {
    const broken: ComputedJoin = { entity: "PriceSet", field: "broken", requires: ["id"], load: () => [1] };
    const { query } = openShop(connection, { warn: false, additions: { pricing: { joins: [broken] } } });
    await expect(query.graph({ entity: "price_set", fields: ["broken"] })).rejects.toThrow(
      'pricing.broken, the source of "PriceSet", returned 1 values where one value for each of 2 rows was expected.',
    );
  });

  test("that need what is not there are refused at boot", () => {
    const broken: ComputedJoin = { entity: "PriceSet", field: "broken", requires: ["idd"], load: () => [] };
    expect(() => openShop(connection, { additions: { pricing: { joins: [broken] } } })).toThrow(
      'The join "broken" of "PriceSet" in the module "pricing" is refused: it requires "idd"',
    );
  });
});
