import { model, specOf } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import type { GraphModule } from "./graph";
import { createShop, insert, linkable, openShop } from "./testing/shop";

/** What a list method gives, and should not: it is named, instead of being dropped in silence or read for ever. */

const Supplier = model.define("supplier", {
  id: model.id({ prefix: "sup" }).primaryKey(),
  name: model.text(),
  offers: model.hasMany(() => Offer, { mappedBy: "supplier" }),
});
const Offer = model.define("offer", {
  id: model.id().primaryKey(),
  supplier: model.belongsTo(() => Supplier, { mappedBy: "offers" }),
});

type List = (filters: Record<string, unknown>, config: { take?: number }) => unknown;

let database: TestDatabase;
let connection: SqlConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ connection } = await createShop(database.url));
  await insert(
    connection,
    "product",
    ["prod_1", "prod_2"].map((id) => ({ id, title: id })),
  );
});

afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

function open(list: List) {
  const module = (key: string, service: object, models = [] as GraphModule["models"]): GraphModule => ({
    key,
    models,
    service: () => service,
    connection: undefined,
  });
  const modules = [module("cms", { list }), module("supply", { listSuppliers: list }, [Supplier, Offer].map(specOf))];
  const content = { serviceName: "cms", alias: "content", primaryKey: "product_id" };
  return openShop(connection, {
    warn: false,
    modules,
    links: [[{ linkable: linkable.product.product, field: "id" }, { linkable: content }, { readOnly: true }]],
  }).query;
}

const contents = (list: List) => open(list).graph({ entity: "product", fields: ["id", "content.*"] });

describe("rows of a source", () => {
  test.each<[string, unknown[], string]>([
    ["null", [null], "returned one with null where an array of objects was expected"],
    ["a text", ["x"], "returned one with a string where an array of objects was expected"],
    ["a list", [[]], "returned one with an array where"],
    ["no key", [{ body: "x" }], 'returned a row without it (it has body) where rows with "product_id" as it was asked for was expected'],
  ])("that are or have %s are refused", async (_name, rows, message) => {
    await expect(contents(() => rows)).rejects.toMatchObject({ reason: "query.source_shape", message: expect.stringContaining(message) });
    await expect(contents(() => rows)).rejects.toThrow('cms.list, the source of "content"');
  });

  test("that have their key as another type are refused", async () => {
    await insert(connection, "product", [{ id: "7", title: "seven" }]);
    await expect(contents(() => [{ product_id: 7 }])).rejects.toThrow(
      'returned the number 7 for the string "7" where rows with "product_id"',
    );
    await connection.query("delete from product where id = '7'");
  });

  test("that nobody asked for are no matter", async () => {
    expect((await contents(() => [{ product_id: "prod_1" }, { product_id: "other" }])).data).toEqual([
      { id: "prod_1", content: { product_id: "prod_1" } },
      { id: "prod_2" },
    ]);
  });

  test("with something else in a relation are refused", async () => {
    const query = open(() => [{ id: "s1", offers: ["x"] }]);
    await expect(query.graph({ entity: "supplier", fields: ["id", "offers.id"] })).rejects.toMatchObject({ reason: "query.source_shape" });
  });

  test("without the key that a filter has to go by are refused", async () => {
    const query = open(() => [{ body: "x" }]);
    await expect(query.graph({ entity: "product", fields: ["id"], filters: { content: { body: "x" } } })).rejects.toMatchObject({
      reason: "query.source_shape",
    });
  });
});

describe("a stream", () => {
  const suppliers = Array.from({ length: 7 }, (_, i) => ({ id: `s${i}`, name: `S${i}` }));
  const read = async (query: ReturnType<typeof open>, batch?: number) => {
    const ids: string[] = [];
    for await (const row of query.stream({ entity: "supplier", fields: ["name"] }, batch === undefined ? {} : { batch })) ids.push(row.id);
    return ids;
  };

  test.each([[0], [-1], [1.5], [Number.NaN], [Infinity], ["2"]])("of a batch of %s is refused", async (batch) => {
    const reading = read(
      open(() => suppliers),
      batch as number,
    );
    await expect(reading).rejects.toMatchObject({
      reason: "query.bad_batch",
      message: expect.stringContaining(`is ${String(batch)}; it is the number of rows`),
    });
  });

  test("of a source that minds filter, order and take gives every row once", async () => {
    const query = open((filters, { take }) => {
      const after = (filters.$and as [object, { id: { $gt: string } }] | undefined)?.[1].id.$gt;
      return suppliers.filter(({ id }) => after === undefined || id > after).slice(0, take);
    });
    expect(await read(query, 3)).toEqual(suppliers.map(({ id }) => id));
  });

  test("of a source that minds none of them ends, named, before a row comes twice", async () => {
    const seen: string[] = [];
    const reading = (async () => {
      for await (const row of open(() => suppliers.slice(0, 2)).stream({ entity: "supplier", fields: ["name"] }, { batch: 2 }))
        seen.push(row.id);
    })();
    await expect(reading).rejects.toThrow(
      'supply.listSuppliers, the source of "Supplier", returned ["s0"] again where rows after ["s1"] in the order of id was expected.',
    );
    expect(seen).toEqual(["s0", "s1"]);
  });

  test("of a source that gives all at once is over after them", async () => {
    const query = open((filters) => (filters.$and ? [] : suppliers));
    expect(await read(query, 2)).toHaveLength(7);
  });
});
