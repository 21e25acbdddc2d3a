import { managerFor } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { LinkService } from "../links/link-service";
import { createShop, insert, openShop } from "./testing/shop";

/** What comes to `query.graph` and `link` from outside: mistakes, and attempts to have a text become SQL. */

let database: TestDatabase;
let connection: SqlConnection;
let statements: string[];
let query: ReturnType<typeof openShop>["query"];
let link: LinkService;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ connection, statements } = await createShop(database.url));
  await insert(connection, "product", [{ id: "p1", title: "One" }]);
  await insert(connection, "review", [{ id: "r1", text: "good", stars: 5 }]);
  const shop = openShop(connection, { warn: false });
  ({ query } = shop);
  const service = (key: string) => shop.modules.find((module) => module.key === key)!.service();
  link = new LinkService({ links: shop.links, connection, service, manager: managerFor });
  await link.create({ product: { product_id: "p1" }, review: { review_id: "r1" } });
});

afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

beforeEach(() => {
  statements.length = 0;
});

// Everything here is wrong on purpose, and so has no type that fits.
const graph = (config: object, options?: object) => query.graph(config as never, options as never);
const deep = (levels: number, name: string, end: unknown) => {
  let value = end;
  for (let level = 0; level < levels; level++) value = { [name]: value };
  return value as Record<string, unknown>;
};

const deepTrip = (levels: number, there: string, back: string, end: unknown) => {
  let value = end;
  for (let level = 0; level < levels; level++) value = { [there]: { [back]: value } };
  return value as Record<string, unknown>;
};
/** A filter that contains itself. */
const round = (group: string, times = 1) => {
  const filter: Record<string, unknown> = {};
  filter[group] = Array.from({ length: times }, () => filter);
  return filter;
};
const roundTrip = (there: string, back: string, value: Record<string, unknown>) => Object.assign(value, { [there]: { [back]: value } });

describe("mistakes are told by name", () => {
  test.each<[string, object, object]>([
    ["no entity", { fields: ["id"] }, { reason: "query.no_entity" }],
    ["an entity that is no name", { entity: { name: "product" }, fields: ["id"] }, { reason: "query.no_entity" }],
    [
      "an unknown property in a filter",
      { entity: "product", fields: ["id"], filters: { nope: 1 } },
      { message: "Trying to query by not existing property Product.nope" },
    ],
    [
      "an unknown property of a linked record",
      { entity: "product", fields: ["id"], filters: { reviews: { nope: 1 } } },
      { message: "Trying to query by not existing property Review.nope" },
    ],
    [
      "an unknown property in an order",
      { entity: "product", fields: ["id"], pagination: { order: { nope: "ASC" } } },
      { message: "Trying to order by not existing property Product.nope" },
    ],
    [
      "an unknown property in an order over a link",
      { entity: "product", fields: ["id"], pagination: { order: { artist: { nope: "ASC" } } } },
      { message: "Trying to order by not existing property Artist.nope" },
    ],
    [
      "a value of a wrong type over a link",
      { entity: "product", fields: ["id"], filters: { reviews: { stars: "many" } } },
      { message: "Review.stars must be a number, but 'many' came." },
    ],
    [
      "an operator that does not fit",
      { entity: "review", fields: ["id"], filters: { stars: { $like: "5%" } } },
      { message: "$like cannot be used on Review.stars, which is of kind number." },
    ],
    ["NUL", { entity: "product", fields: ["id"], filters: { title: "a\0b" } }, { reason: "data.wrong_type" }],
    [
      "a lone surrogate over a link",
      { entity: "product", fields: ["id"], filters: { artist: { name: "\ud800" } } },
      { reason: "data.wrong_type" },
    ],
    [
      "a filter nested too deep",
      { entity: "product", fields: ["id"], filters: deep(60, "$not", { title: "x" }) },
      { reason: "data.filter_too_deep" },
    ],
    [
      "a filter that goes round and round",
      { entity: "artist", fields: ["id"], filters: deep(40, "albums", deep(1, "artist", { name: "x" })) },
      { message: expect.any(String) },
    ],
    [
      "an order nested too deep",
      { entity: "album", fields: ["id"], pagination: { order: deep(1, "artist", deep(30, "profile", { website: "ASC" })) } },
      { message: expect.any(String) },
    ],
    [
      "a filter nested much too deep",
      { entity: "product", fields: ["id"], filters: deep(20_000, "$not", { title: "x" }) },
      { reason: "data.filter_too_deep" },
    ],
    [
      "a filter over links nested much too deep",
      { entity: "product", fields: ["id"], filters: deepTrip(10_000, "artist", "products", { title: "x" }) },
      { reason: "data.filter_too_deep" },
    ],
    ["a filter that contains itself", { entity: "product", fields: ["id"], filters: round("$and") }, { reason: "data.filter_too_deep" }],
    [
      "a filter that contains itself many times",
      { entity: "product", fields: ["id"], filters: round("$or", 20) },
      { reason: "data.filter_too_deep" },
    ],
    [
      "a filter over links that contains itself",
      { entity: "product", fields: ["id"], filters: roundTrip("artist", "products", {}) },
      { reason: "data.filter_too_deep" },
    ],
    [
      "an order nested much too deep",
      { entity: "artist", fields: ["id"], pagination: { order: deepTrip(5_000, "albums", "artist", { name: "ASC" }) } },
      { reason: "data.filter_too_deep" },
    ],
    [
      "an order that contains itself",
      { entity: "artist", fields: ["id"], pagination: { order: roundTrip("albums", "artist", {}) } },
      { reason: "data.filter_too_deep" },
    ],
    [
      "an order with too many names",
      { entity: "artist", fields: ["id"], pagination: { order: { [`${"albums.artist.".repeat(3000)}name`]: "ASC" } } },
      { reason: "data.filter_too_deep" },
    ],
    ["fields that are no list", { entity: "product", fields: "id" }, { reason: "query.bad_fields" }],
    ["a page that is no number", { entity: "product", fields: ["id"], pagination: { take: "ten" } }, { reason: "data.bad_page" }],
    ["a field that is no text", { entity: "product", fields: [7] }, { reason: "query.bad_field" }],
    ["a field nested too deep", { entity: "album", fields: ["artist.albums.".repeat(20)] }, { reason: "query.too_deep" }],
  ])("%s", async (_name, config, error) => {
    await expect(graph(config)).rejects.toMatchObject(error);
  });

  test("an id that is null finds nothing; that is undefined, where it must be found, is refused", async () => {
    expect((await graph({ entity: "product", fields: ["id"], filters: { id: null } })).data).toEqual([]);
    await expect(
      graph({ entity: "product", fields: ["id"], filters: { id: undefined } }, { throwIfKeyNotFound: true }),
    ).rejects.toMatchObject({
      type: "not_found",
      message: "Product id must be defined",
    });
  });

  test.each<[string, object]>([
    ["null", { product: { product_id: null }, review: { review_id: "r1" } }],
    ["a number", { product: { product_id: 7 }, review: { review_id: "r1" } }],
    ["empty", { product: { product_id: "" }, review: { review_id: "r1" } }],
    ["an object", { product: { product_id: { $ne: null } }, review: { review_id: "r1" } }],
  ])("a link to an id that is %s", async (_name, definition) => {
    for (const act of ["create", "dismiss"] as const)
      await expect(link[act](definition as never)).rejects.toMatchObject({ reason: "link.id_missing" });
  });

  test("more than 65,535 keys, in filters and links", async () => {
    const ids = ["p1", ...Array.from({ length: 70_000 }, (_, i) => `none${i}`)];
    expect((await graph({ entity: "product", fields: ["id"], filters: { id: ids } })).data).toEqual([{ id: "p1" }]);
    expect((await graph({ entity: "review", fields: ["id"], filters: { products: { id: ids } } })).data).toEqual([{ id: "r1" }]);
    expect(await link.list({ product: { product_id: ids }, review: { review_id: undefined } })).toHaveLength(1);
    expect(await link.delete({ product: { product_id: ids.slice(1) } })).toEqual([null, {}]);
  });
});

describe("nothing that a caller writes becomes SQL", () => {
  const mark = "zq9";
  const hostile = fc
    .tuple(
      fc.constantFrom("'", '"', "\\'", "$1", "$$", "--", "/*", ";", "?", "\\", ")", "::text", '"."', "'||'", "\n", "->>", "\u2019"),
      fc.constantFrom("; drop table product; --", " or 1=1", " union select version()", "; delete from review; --", "' or ''='"),
      fc.string({ unit: "binary", maxLength: 4 }),
    )
    .map(([quote, attack, rest]) => `${quote}${mark}${attack}${quote}${rest}`);
  const name = fc.oneof(
    hostile,
    fc.constantFrom("id", "title", "reviews", "artist", "variants", "review_link", "metadata", "$or", "$and", "$not", "$in", "$like", "q"),
  );
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: "small" }, hostile, tie("list"), tie("object")),
    list: fc.array(tie("any"), { maxLength: 3 }),
    object: fc.dictionary(name, tie("any"), { maxKeys: 3 }),
  })).any;
  const filters = fc.dictionary(name, value, { maxKeys: 3 });
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("."));

  const allowed = /^(Trying to (query|order) by not existing property|Service with alias|Module to type)/;

  async function attempt(act: () => Promise<unknown>): Promise<void> {
    statements.length = 0;
    const error = (await act().then(
      () => undefined,
      (failure: unknown) => failure,
    )) as { type?: string; message: string } | undefined;
    const text = statements.join("\n");
    expect(text).not.toContain(mark);
    expect(text).not.toMatch(/drop table|union select|1=1|delete from review/);
    if (error && !allowed.test(error.message))
      expect(error).toMatchObject({ type: expect.stringMatching(/^(invalid_data|invalid_argument|not_found|not_allowed)$/) });
  }

  test("in entities, fields, filters, orders, pages and contexts", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, path, filters, value, async (text, field, given, anything) => {
        await attempt(() => graph({ entity: text, fields: ["id"] }));
        await attempt(() => graph({ entity: "product", fields: [field, `reviews.${field}`, `*${text}`, text] }));
        await attempt(() => graph({ entity: "product", fields: ["id", field], filters: given, pagination: { take: 5 } }));
        await attempt(() =>
          graph({ entity: "product", fields: ["id"], filters: { title: anything, reviews: given, artist: { name: text } } }),
        );
        await attempt(() => graph({ entity: "product", fields: ["id"], pagination: { order: { [field]: text, title: "ASC" } } }));
        await attempt(() => graph({ entity: "product", fields: ["id"], pagination: { order: { reviews: { [text]: text } } } }));
        await attempt(() => graph({ entity: "product", fields: ["id"], pagination: { take: text, skip: text, count: text } }));
        await attempt(() =>
          graph({
            entity: "product",
            fields: ["id", "variants.id"],
            context: { variants: { [text]: text } },
            filters: { metadata: { [text]: anything } },
          }),
        );
        await attempt(() =>
          graph(
            { entity: "product_review", fields: ["*", field], filters: given },
            { throwIfKeyNotFound: true, throwIfRelationNotFound: [text] },
          ),
        );
        await attempt(() =>
          query.index({ entity: "product", fields: [field], filters: given, joinFilters: { reviews: { text } } } as never),
        );
        await attempt(() =>
          query({
            entryPoint: "product",
            fields: [field],
            variables: { filters: given, order: { [text]: text }, [text]: anything },
          } as never),
        );
        await attempt(() => query.explain({ entity: "product", fields: [field], filters: given } as never));
      }),
      { numRuns: 80 },
    );
    expect((await graph({ entity: "product", fields: ["title", "reviews.text"] })).data).toEqual([
      { id: "p1", title: "One", reviews: [{ id: "r1", text: "good" }] },
    ]);
  });

  test("in the modules, keys, ids and columns of links", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, value, async (text, anything) => {
        const calls: ("create" | "dismiss" | "delete" | "restore" | "list")[] = ["create", "dismiss", "delete", "restore", "list"];
        const forms = [
          { product: { product_id: text }, review: { review_id: text }, data: { note: text, [text]: text, weight: 1 } },
          { product: { product_id: anything }, review: { review_id: [text] } },
          { product: { [text]: text }, review: { review_id: text } },
          { [text]: { product_id: text }, review: { review_id: text } },
        ];
        for (const call of calls) for (const form of forms) await attempt(() => (link[call] as (form: unknown) => Promise<unknown>)(form));
      }),
      { numRuns: 40 },
    );
    expect(await link.list({ product: { product_id: "p1" }, review: { review_id: "r1" } })).toHaveLength(1);
  });
});
