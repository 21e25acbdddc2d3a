import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { createShop, insert, linkable, openShop } from "./testing/shop";

let database: TestDatabase;
let connection: SqlConnection;
let statements: string[];
let query: ReturnType<typeof openShop>["query"];

beforeAll(async () => {
  database = await createTestDatabase();
  ({ connection, statements } = await createShop(database.url));
  await insert(connection, "artist", [
    { id: "art_ann", name: "Ann", worth: "12.5", raw_worth: { value: "12.5", precision: 20 } },
    { id: "art_bo", name: "Bo", worth: "0", raw_worth: { value: "0", precision: 20 } },
  ]);
  await insert(connection, "album", [{ id: "alb_1", title: "A1", year: 2000, artist_id: "art_ann" }]);
  await insert(connection, "product", [
    { id: "prod_1", title: "Poster", metadata: { color: "red" } },
    { id: "prod_2", title: "Pen" },
  ]);
  await insert(connection, "product_variant", [
    { id: "variant_1", title: "S", sku: "P-S", product_id: "prod_1" },
    { id: "variant_2", title: "M", product_id: "prod_1" },
  ]);
  await insert(connection, "price_set", [{ id: "pset_1" }]);
  await insert(connection, "price", [
    { id: "price_1", amount: "10", raw_amount: { value: "10", precision: 20 }, currency_code: "eur", price_set_id: "pset_1" },
    { id: "price_2", amount: "12", raw_amount: { value: "12", precision: 20 }, currency_code: "usd", price_set_id: "pset_1" },
  ]);
  await insert(connection, "customer", [{ id: "cus_1", email: "c@test.dev" }]);
  await insert(connection, "review", [
    { id: "rev_1", text: "good", stars: 5, customer_id: "cus_1" },
    { id: "rev_2", text: "bad", stars: 1 },
    { id: "rev_3", text: "lost", stars: 3, customer_id: "cus_none" },
  ]);
  await insert(connection, "studio_artist_product_product", [{ artist_id: "art_ann", product_id: "prod_1", id: "link_1" }]);
  await insert(connection, "product_product_review_review", [
    { product_id: "prod_1", review_id: "rev_1", id: "link_2", note: "n2" },
    { product_id: "prod_1", review_id: "rev_2", id: "link_3" },
    { product_id: "prod_2", review_id: "rev_1", id: "link_4" },
  ]);
  await insert(connection, "product_variant_price_set", [{ variant_id: "variant_1", price_set_id: "pset_1", id: "pvps_1" }]);
  ({ query } = openShop(connection, { warn: false }));
});

afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

beforeEach(() => void statements.splice(0));

const graph = async (config: Parameters<typeof query.graph>[0], options?: Parameters<typeof query.graph>[1]) =>
  (await query.graph(config, options)).data;

describe("fields", () => {
  test("reach over a link and on over relations, in one statement", async () => {
    const data = await graph({
      entity: "product",
      fields: ["title", "artist.name", "artist.albums.title"],
      pagination: { order: { title: "ASC" } },
    });
    expect(data).toEqual([
      { id: "prod_2", title: "Pen" },
      { id: "prod_1", title: "Poster", artist: { id: "art_ann", name: "Ann", albums: [{ id: "alb_1", title: "A1" }] } },
    ]);
    expect(statements).toHaveLength(1);
  });

  test("of a list link are an array under the plural name, empty where nothing is linked", async () => {
    expect(await graph({ entity: "artist", fields: ["name", "products.title"], pagination: { order: { name: "ASC" } } })).toEqual([
      { id: "art_ann", name: "Ann", products: [{ id: "prod_1", title: "Poster" }] },
      { id: "art_bo", name: "Bo", products: [] },
    ]);
  });

  test("of a relation of the module do not add the key of the root", async () => {
    expect(await graph({ entity: "artists", fields: ["name", "albums.title"], filters: { name: "Ann" } })).toEqual([
      { name: "Ann", albums: [{ id: "alb_1", title: "A1" }] },
    ]);
  });

  test("`*` is the own columns, digits included, and what a hasOne leads to", async () => {
    const [artist] = await graph({ entity: "artist", fields: ["*", "albums.*"], filters: { id: "art_ann" } });
    expect(artist).toMatchObject({ id: "art_ann", name: "Ann", worth: 12.5, raw_worth: { value: "12.5" }, profile: null });
    expect(artist.created_at).toBeInstanceOf(Date);
    expect(Object.keys(artist.albums[0]).sort()).toEqual(["artist_id", "created_at", "deleted_at", "id", "title", "updated_at", "year"]);
  });

  test("`*` of a linked record also tells what its hasOne leads to", async () => {
    const [product] = await graph({ entity: "product", fields: ["artist.*"], filters: { id: "prod_1" } });
    expect(product.artist).toMatchObject({ id: "art_ann", profile: null, raw_worth: { value: "12.5" } });
  });

  test("give a big number without its digits, unless these are asked for", async () => {
    expect(await graph({ entity: "artist", fields: ["worth"], filters: { id: "art_ann" } })).toEqual([{ worth: 12.5 }]);
    expect(await graph({ entity: "artist", fields: ["raw_worth"], filters: { id: "art_ann" } })).toEqual([
      { raw_worth: { value: "12.5", precision: 20 } },
    ]);
  });

  test("that nothing has, or none at all, make rows null", async () => {
    expect(await graph({ entity: "artist", fields: ["nope"] })).toEqual([null, null]);
    expect(await graph({ entity: "artist" })).toEqual([null, null]);
    expect(await graph({ entity: "artist", fields: ["nope.deeper"] })).toEqual([null, null]);
  });

  test("that name a relation alone select nothing of a list, and the key of what a column refers to", async () => {
    expect(await graph({ entity: "artist", fields: ["albums"] })).toEqual([null, null]);
    expect(await graph({ entity: "album", fields: ["artist"] })).toEqual([{ artist_id: "art_ann", artist: { id: "art_ann" } }]);
  });

  test("below a json column read the column", async () => {
    expect(await graph({ entity: "product", fields: ["metadata.color"], filters: { id: "prod_1" } })).toEqual([
      { metadata: { color: "red" } },
    ]);
  });

  test("of a belongsTo named like an entity also give its key", async () => {
    expect(await graph({ entity: "variant", fields: ["sku", "product.title"], filters: { id: "variant_1" } })).toEqual([
      { sku: "P-S", product_id: "prod_1", product: { id: "prod_1", title: "Poster" } },
    ]);
  });
});

describe("links", () => {
  test("are entities, with their columns and both records", async () => {
    const data = await graph({
      entity: "product_review",
      fields: ["note", "weight", "share", "review.text"],
      filters: { product_id: "prod_1", share: 0.5 },
    });
    expect(data).toHaveLength(2);
    expect(data).toContainEqual({ note: "n2", weight: 1, share: 0.5, review_id: "rev_1", review: { id: "rev_1", text: "good" } });
    expect(data).toContainEqual({ note: null, weight: 1, share: 0.5, review_id: "rev_2", review: { id: "rev_2", text: "bad" } });
  });

  test("show their rows under <other>_link", async () => {
    const [product] = await graph({
      entity: "product",
      fields: ["artist_link.id", "review_link.note", "review_link.share"],
      filters: { id: "prod_1" },
    });
    expect(product.artist_link).toEqual({ id: "link_1", artist_id: "art_ann", product_id: "prod_1" });
    expect(product.review_link[0].share).toBe(0.5);
    expect(product.review_link.map((row: { note: string | null }) => row.note).sort()).toEqual(["n2", null]);
  });

  test("by a key of the record itself answer with the key, and leave the record out where there is none", async () => {
    expect(await graph({ entity: "review", fields: ["text", "customer.email"], pagination: { order: { text: "ASC" } } })).toEqual([
      { text: "bad", customer_id: null },
      { text: "good", customer_id: "cus_1", customer: { id: "cus_1", email: "c@test.dev" } },
      { text: "lost", customer_id: "cus_none" },
    ]);
  });

  test("lead on under names of their own", async () => {
    const [product] = await graph({
      entity: "product",
      fields: ["title", "variants.prices.amount", "variants.title"],
      filters: { id: "prod_1" },
    });
    expect(product).toEqual({
      title: "Poster",
      variants: [
        {
          id: "variant_1",
          title: "S",
          prices: [
            { id: "price_1", amount: 10 },
            { id: "price_2", amount: 12 },
          ],
        },
        { id: "variant_2", title: "M", prices: [] },
      ],
    });
    expect(statements).toHaveLength(1);
  });

  test("that are dismissed are not there", async () => {
    await connection.query(`update product_product_review_review set deleted_at = now() where id = 'link_3'`);
    const [product] = await graph({ entity: "product", fields: ["title", "reviews.text"], filters: { id: "prod_1" } });
    await connection.query(`update product_product_review_review set deleted_at = null where id = 'link_3'`);
    expect(product).toEqual({ id: "prod_1", title: "Poster", reviews: [{ id: "rev_1", text: "good" }] });
  });
});

describe("filters, order and pages", () => {
  test("a page says how many rows there are", async () => {
    expect(await query.graph({ entity: "artist", fields: ["name"], pagination: { take: 1, skip: 1, order: { name: "ASC" } } })).toEqual({
      data: [{ name: "Bo" }],
      metadata: { skip: 1, take: 1, count: 2 },
    });
    expect(await query.graph({ entity: "artist", fields: ["name"], pagination: { skip: 1, order: { name: "ASC" } } })).toEqual({
      data: [{ name: "Bo" }],
      metadata: { skip: 1, count: 2 },
    });
    expect(await query.graph({ entity: "artist", fields: ["name"], pagination: { order: { name: "DESC" } } })).toEqual({
      data: [{ name: "Bo" }, { name: "Ann" }],
    });
  });

  test("a filter on a relation chooses rows, not what is below them", async () => {
    expect(await graph({ entity: "product", fields: ["variants.sku"], filters: { variants: { sku: "P-S" } } })).toEqual([
      {
        variants: [
          { id: "variant_1", sku: "P-S" },
          { id: "variant_2", sku: null },
        ],
      },
    ]);
  });

  test("a filter on a linked record chooses rows, in either direction and in one statement", async () => {
    expect(await graph({ entity: "product", fields: ["title"], filters: { artist: { albums: { year: { $gte: 2000 } } } } })).toEqual([
      { title: "Poster" },
    ]);
    expect(
      await query.graph({ entity: "artist", fields: ["name"], filters: { products: { title: "Poster" } }, pagination: { take: 5 } }),
    ).toEqual({
      data: [{ name: "Ann" }],
      metadata: { skip: 0, take: 5, count: 1 },
    });
    expect(await graph({ entity: "product", fields: ["title"], filters: { artist: { name: "Nobody" } } })).toEqual([]);
    expect(statements).toHaveLength(3);
  });

  test("a filter goes through names that lead further", async () => {
    expect(await graph({ entity: "variant", fields: ["title"], filters: { prices: { currency_code: "usd" } } })).toEqual([{ title: "S" }]);
    expect(
      await graph({
        entity: "product",
        fields: ["title"],
        filters: { $or: [{ variants: { prices: { amount: 12 } } }, { title: "Nothing" }] },
      }),
    ).toEqual([{ title: "Poster" }]);
  });

  test("an order goes over links", async () => {
    const byArtist = (direction: "ASC" | "DESC") =>
      graph({ entity: "product", fields: ["title"], pagination: { order: { artist: { name: direction }, title: "ASC" } } });
    expect(await byArtist("ASC")).toEqual([{ title: "Poster" }, { title: "Pen" }]);
    const prices = await graph({ entity: "variant", fields: ["title"], pagination: { order: { prices: { amount: "ASC" } } } });
    expect(prices.map((row) => row.title)).toEqual(["S", "M"]);
  });

  test("index answers with a metadata of its own and takes joinFilters", async () => {
    expect(
      await query.index({ entity: "product", fields: ["title"], joinFilters: { artist: { name: "Ann" } }, pagination: { take: 2 } }),
    ).toEqual({
      data: [{ title: "Poster" }],
      metadata: { estimate_count: 1, skip: 0, take: 2 },
    });
  });
});

describe("what is not there", () => {
  test("an unknown entity is an error with the nearest names", async () => {
    await expect(graph({ entity: "artits", fields: ["id"] })).rejects.toMatchObject({
      message: 'Service with alias "artits" was not found.',
      hint: expect.stringContaining('"artist"'),
    });
  });

  test("a key without row is an error when asked for, also when keys are not selected or the page is short", async () => {
    await expect(
      graph({ entity: "artist", fields: ["id"], filters: { id: "art_none" } }, { throwIfKeyNotFound: true }),
    ).rejects.toMatchObject({
      type: "not_found",
      message: "Artist id not found: art_none",
    });
    await expect(
      graph({ entity: "artist", fields: ["name"], filters: { id: ["art_ann", "art_x", "art_y"] } }, { throwIfKeyNotFound: true }),
    ).rejects.toThrow("Artist id not found: art_x, art_y");
    const page = {
      entity: "artist",
      fields: ["name"],
      filters: { id: ["art_ann", "art_bo"] },
      pagination: { take: 1, order: { name: "ASC" as const } },
    };
    expect(await graph(page, { throwIfKeyNotFound: true })).toEqual([{ name: "Ann" }]);
    await expect(
      graph({ entity: "artist", fields: ["name"], filters: { id: undefined } }, { throwIfKeyNotFound: true }),
    ).rejects.toMatchObject({ type: "not_found" });
  });

  test("a link to a record that is gone is an error when asked for", async () => {
    await expect(graph({ entity: "review", fields: ["customer.email"] }, { throwIfRelationNotFound: true })).rejects.toThrow(
      "Customer id not found: cus_none",
    );
    await connection.query(`update review set deleted_at = now() where id = 'rev_2'`);
    await expect(graph({ entity: "product", fields: ["reviews.text"] }, { throwIfRelationNotFound: ["reviews"] })).rejects.toThrow(
      "Review id not found: rev_2",
    );
    await connection.query(`update review set deleted_at = null where id = 'rev_2'`);
    expect(
      await graph({ entity: "product", fields: ["title", "reviews.text"], filters: { id: "prod_2" } }, { throwIfRelationNotFound: true }),
    ).toEqual([{ id: "prod_2", title: "Pen", reviews: [{ id: "rev_1", text: "good" }] }]);
  });

  test("an unknown field is a warning once, and an error when strict", async () => {
    const warnings: string[] = [];
    const logger = { warn: (message: string) => void warnings.push(message) } as never;
    const warned = openShop(connection, { logger, warn: true }).query;
    await warned.graph({ entity: "product", fields: ["title", "reviws.text"] });
    await warned.graph({ entity: "product", fields: ["title", "reviws.text"] });
    expect(warnings).toEqual(['query.graph leaves out an unknown field, "reviws" of "Product": Did you mean "reviews"?']);
    const strict = openShop(connection, { strict: true }).query;
    await expect(strict.graph({ entity: "product", fields: ["variants.skew"] })).rejects.toMatchObject({
      type: "invalid_data",
      message: '"Product" has no field "skew".',
      hint: expect.stringContaining('"sku"'),
    });
  });

  test("too many or too deep fields are refused", async () => {
    const small = openShop(connection, { limits: { depth: 3, fields: 2 } }).query;
    await expect(small.graph({ entity: "artist", fields: ["a", "b", "c"] })).rejects.toThrow("at most 2");
    await expect(small.graph({ entity: "artist", fields: ["albums.artist.albums.id"] })).rejects.toThrow("deeper than 3 levels");
  });
});

test("what a model has by itself is not hidden by a link, and the conflict is told", async () => {
  const warnings: string[] = [];
  const logger = { warn: (message: string) => void warnings.push(message) } as never;
  const clashing = openShop(connection, {
    logger,
    links: [
      [
        { linkable: linkable.customer.customer, alias: "title" },
        { linkable: linkable.product.product, alias: "favourite" },
      ],
    ],
  }).query;
  expect(warnings).toEqual([
    'src/links/test.ts: "title" of "Product" is a property already, and stays so. Give the side of the link another "alias".',
  ]);
  expect((await clashing.graph({ entity: "product", fields: ["title"], filters: { id: "prod_2" } })).data).toEqual([{ title: "Pen" }]);
});

describe("other forms", () => {
  test("a stream gives all rows in the order of their key, a few at a time", async () => {
    const rows: unknown[] = [];
    statements.splice(0);
    for await (const row of query.stream({ entity: "product_review", fields: ["note"] }, { batch: 2 })) rows.push(row);
    expect(rows).toEqual([
      { product_id: "prod_1", review_id: "rev_1", note: "n2" },
      { product_id: "prod_1", review_id: "rev_2", note: null },
      { product_id: "prod_2", review_id: "rev_1", note: null },
    ]);
    expect(statements).toHaveLength(2);
    const reading = query.stream({ entity: "artist", fields: ["name"], pagination: { take: 1 } } as never).next();
    await expect(reading).rejects.toMatchObject({ reason: "query.stream_page" });
  });

  test("remoteQuery returns the rows, or rows and metadata of a page", async () => {
    expect(await query({ entryPoint: "artist", fields: ["name"], variables: { filters: { id: "art_ann" } } })).toEqual([{ name: "Ann" }]);
    expect(await query({ entryPoint: "artist", fields: ["name"], variables: { take: 1, order: { name: "ASC" } } })).toEqual({
      rows: [{ name: "Ann" }],
      metadata: { skip: 0, take: 1, count: 2 },
    });
    expect(await query({ artist: { fields: ["name"], albums: { fields: ["title"] }, __args: { filters: { id: "art_ann" } } } })).toEqual([
      { name: "Ann", albums: [{ id: "alb_1", title: "A1" }] },
    ]);
  });

  test("explain shows the plan and the statement", async () => {
    const { plan, sql, postgres } = await query.explain(
      { entity: "product", fields: ["title", "variants.prices.amount"], filters: { artist: { name: "Ann" } } },
      { analyze: true },
    );
    expect(plan.split("\n")[0]).toBe('Product (sql "product"): title');
    expect(plan).toContain("prices = price_set.prices");
    expect(sql).toContain('"studio_artist_product_product"');
    expect(postgres).toContain("Execution Time");
  });
});
