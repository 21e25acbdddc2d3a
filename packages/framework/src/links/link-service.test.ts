import { managerFor } from "@velella/data";
import { silentLogger } from "@velella/kernel";
import type { Logger, SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { createShop, insert, linkable, linksOf, openShop } from "../query/testing/shop";
import { LinkService } from "./link-service";
import { syncLinks } from "./sync-links";

let database: TestDatabase;
let connection: SqlConnection;
let shop: ReturnType<typeof openShop>;
let link: LinkService;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ connection } = await createShop(database.url));
  await insert(
    connection,
    "product",
    ["p1", "p2"].map((id) => ({ id, title: id })),
  );
  await insert(
    connection,
    "review",
    ["r1", "r2"].map((id) => ({ id, text: id, stars: 1 })),
  );
  await insert(
    connection,
    "artist",
    ["ann", "bo"].map((id) => ({ id, name: id })),
  );
  shop = openShop(connection, { warn: false });
  link = new LinkService({
    links: shop.links,
    connection,
    service: (key) => shop.modules.find((module) => module.key === key)!.service(),
    manager: managerFor,
  });
});

afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

beforeEach(async () => {
  await connection.query(
    `truncate product_product_review_review, studio_artist_product_product, product_variant_price_set, price_set, price`,
  );
});

const review = (product_id: string, review_id: string, data?: Record<string, unknown>) => ({
  product: { product_id },
  review: { review_id },
  ...(data && { data }),
});
const artist = (artist_id: string, product_id: string) => ({ studio: { artist_id }, product: { product_id } });
const rows = async (table: string) =>
  (
    await connection.query<{ id: string; note: string; weight: number; created_at: Date; deleted_at: Date | null }>(
      `select * from ${table} order by created_at, id`,
    )
  ).rows;

describe("create", () => {
  test("writes one row per pair, with defaults and extra columns", async () => {
    const made = await link.create([review("p1", "r1", { note: "n1" }), review("p1", "r2"), review("p2", "r1")]);
    expect(made).toMatchObject([
      { product_id: "p1", review_id: "r1", note: "n1", weight: 1, deleted_at: null },
      { product_id: "p1", review_id: "r2", note: null, weight: 1 },
      { product_id: "p2", review_id: "r1", note: null, weight: 1 },
    ]);
    expect(made[0]?.id).toMatch(/^link_[0-9A-Z]{26}$/);
  });

  test("of a pair that is there gives it a new id and values, and keeps when it was made", async () => {
    const [before] = await link.create(review("p1", "r1", { note: "n1", weight: 7 }));
    const [after] = await link.create(review("p1", "r1", { note: "n2" }));
    expect(after).toMatchObject({ note: "n2", weight: 7, created_at: before?.created_at });
    expect(after?.id).not.toBe(before?.id);
    expect(await rows("product_product_review_review")).toHaveLength(1);
  });

  test("brings a dismissed pair back", async () => {
    await link.create(review("p1", "r1"));
    await link.dismiss(review("p1", "r1"));
    expect((await rows("product_product_review_review"))[0]?.deleted_at).toBeInstanceOf(Date);
    await link.create(review("p1", "r1"));
    expect((await rows("product_product_review_review"))[0]?.deleted_at).toBeNull();
  });

  test("takes a list of ids, and the same pair twice", async () => {
    expect(await link.create({ product: { product_id: ["p1", "p2"] }, review: { review_id: "r1" } })).toHaveLength(2);
    const twice = await link.create([review("p3", "r1", { note: "a" }), review("p3", "r1", { weight: 2 })]);
    expect(twice).toMatchObject([
      { note: "a", weight: 2, share: 0.5 },
      { note: "a", weight: 2 },
    ]);
  });

  test("refuses a second record on a side that is no list, from the database and within one call", async () => {
    await link.create([artist("ann", "p1"), artist("ann", "p2")]);
    await expect(link.create(artist("bo", "p1"))).rejects.toMatchObject({
      type: "invalid_data",
      message: "Cannot create multiple links between 'studio' and 'product'",
    });
    await expect(link.create([artist("ann", "p3"), artist("bo", "p3")])).rejects.toThrow("Cannot create multiple links");
    await link.create(artist("ann", "p1"));
    await link.dismiss(artist("ann", "p1"));
    expect(await link.create(artist("bo", "p1"))).toHaveLength(1);
  });

  test("refuses it also when several do it at once", async () => {
    await insert(
      connection,
      "artist",
      ["a", "b", "c", "d"].map((id) => ({ id, name: id })),
    );
    await insert(connection, "product", [{ id: "p9", title: "p9" }]);
    const attempts = await Promise.allSettled(["a", "b", "c", "d"].map((id) => link.create(artist(id, "p9"))));
    expect(attempts.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(1);
  });

  test("clears away a link whose record its service deleted alone, instead of refusing for its sake", async () => {
    await insert(connection, "artist", [{ id: "gone", name: "Gone" }]);
    await link.create(artist("gone", "p1"));
    await connection.query("update artist set deleted_at = now() where id = 'gone'");
    expect(await link.create(artist("bo", "p1"))).toHaveLength(1);
    await connection.query("update artist set deleted_at = null where id = 'gone'");
    expect(await link.list(artist("gone", "p1"))).toEqual([]);
  });

  test("joins the transaction of the shared context", async () => {
    const failing = connection.transaction(async (transaction) => {
      await link.create(review("p1", "r1"), { transactionManager: managerFor(transaction) });
      expect(await link.list(review("p1", "r1"), {}, { transactionManager: managerFor(transaction) })).toHaveLength(1);
      throw new RangeError("undo");
    });
    await expect(failing).rejects.toThrow("undo");
    expect(await rows("product_product_review_review")).toEqual([]);
  });

  test("checks the values of extra columns", async () => {
    await expect(link.create(review("p1", "r1", { weight: "heavy" }))).rejects.toMatchObject({
      reason: "data.wrong_type",
      message: expect.stringContaining("weight must be a number, but 'heavy' came."),
    });
    await expect(link.create(review("p1", "r1", { weight: null }))).rejects.toMatchObject({ reason: "data.null_not_allowed" });
    await expect(link.create(review("p1", "r1", { note: "a\0" }))).rejects.toThrow("note must be text without NUL characters");
    await expect(link.create(review("p1", "r\ud800"))).rejects.toMatchObject({ reason: "link.bad_text" });
    await expect(link.list({ product: { product_id: "p\0" }, review: { review_id: undefined } })).rejects.toMatchObject({
      reason: "link.bad_text",
    });
    expect(await link.create(review("p1", "r1", { weight: "7", note: null, unknown: 1 }))).toMatchObject([{ weight: 7, note: null }]);
  });

  test("takes values of every type", async () => {
    const links = linksOf(
      [
        [
          linkable.customer.customer,
          linkable.review.review,
          {
            database: {
              extraColumns: {
                big: { type: "bigint", nullable: true },
                at: { type: "datetime", nullable: true },
                day: { type: "date", nullable: true },
                data: { type: "json", nullable: true },
                list: { type: "array", nullable: true },
                code: { type: "uuid", nullable: true },
              },
            },
          },
        ],
      ],
      shop.modules,
    );
    await syncLinks(connection, links);
    const typed = new LinkService({ links, connection, service: () => ({}), manager: managerFor });
    const data = {
      big: "9007199254740993",
      at: new Date("2024-02-03T04:05:06.789Z"),
      day: new Date("2024-02-03T00:00:00Z"),
      data: { a: [1, { b: "c" }] },
      list: ["x", 'y"'],
      code: "4f1c1d4e-8a0b-4c53-9d0e-2f5a4b3c2d1e",
    };
    const pair = { customer: { customer_id: "c1" }, review: { review_id: "r1" } };
    expect(await typed.create({ ...pair, data } as never)).toMatchObject([{ ...data, day: "2024-02-03" }]);
    await expect(typed.create({ ...pair, data: { code: "no uuid" } } as never)).rejects.toMatchObject({ reason: "data.wrong_value" });
  });

  test("a value for a column that is not there is told of, or refused", async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger(), warn: (line: string) => void warnings.push(line) } as Logger;
    const options = { links: shop.links, connection, service: () => ({}), manager: managerFor, logger };
    const lenient = new LinkService({ ...options, warn: true });
    for (const review_id of ["r1", "r2"]) await lenient.create(review("p1", review_id, { noet: "n", weight: 2 }));
    await lenient.create({ ...artist("ann", "p1"), data: { id: "x" } });
    expect(warnings).toEqual([
      expect.stringMatching(/^The link "product_review" has no column "noet" for a value in "data"\. It is left out\. .*"note"/),
      expect.stringContaining('The link "artist_product" has no column "id"'),
    ]);
    const strict = new LinkService({ ...options, strict: true });
    await expect(strict.create(review("p2", "r1", { noet: "n" }))).rejects.toMatchObject({ reason: "link.unknown_data" });
    expect(await link.list(review("p2", "r1"))).toEqual([]);
  });

  test("that fails leaves the caller's transaction as it was before the call, and usable", async () => {
    await connection.transaction(async (transaction) => {
      const context = { transactionManager: managerFor(transaction) };
      await link.create(review("p1", "r1"), context);
      // Refused by the database itself: an id that is too long, for which the statement fails.
      const calls = [
        () => link.create([review("p1", "r2"), review("p1", "r".repeat(300))], context),
        () => link.create([artist("ann", "p1"), { product: { product_id: "p2" }, review: { review_id: "r".repeat(300) } }], context),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ reason: "data.wrong_value" });
      expect((await transaction.query("select 1 as still")).rows).toEqual([{ still: 1 }]);
      expect(await link.list([review("p1", "r1"), review("p1", "r2"), artist("ann", "p1")], {}, context)).toHaveLength(1);
    });
    expect(await rows("product_product_review_review")).toHaveLength(1);
  });

  test("tells what is wrong with the call", async () => {
    await expect(link.create({ review: { review_id: "r1" }, product: { product_id: "p1" } })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^Module to type review and product by keys review_id and product_id was not found\. Ensure the link exists, keys are correct, and link is passed in the correct order/,
      ),
      hint: expect.stringContaining('put "product" before "review"'),
    });
    await expect(link.create({ product: { product_id: "p1" }, nothing: { nothing_id: "x" } })).rejects.toThrow(
      "Module to type product and nothing",
    );
    await expect(link.create({ product: { product_id: "p1" } })).rejects.toThrow("link.create takes");
    await expect(link.create(review("p1", undefined as never))).rejects.toThrow(
      'link.create needs an id for "review_id", a non-empty string; it is undefined.',
    );
    await expect(link.create("x" as never)).rejects.toMatchObject({ reason: "link.wrong_shape" });
  });
});

describe("list", () => {
  test("gives the rows of pairs, or of one side, or definitions to create them by", async () => {
    await link.create([review("p1", "r1", { note: "n1" }), review("p1", "r2"), review("p2", "r1")]);
    expect(await link.list([review("p1", "r1"), review("p2", "r2")])).toMatchObject([{ product_id: "p1", review_id: "r1" }]);
    expect(await link.list({ product: { product_id: "p1" }, review: { review_id: undefined } })).toHaveLength(2);
    expect(await link.list({ product: { product_id: undefined }, review: { review_id: "r1" } })).toHaveLength(2);
    expect(await link.list(review("p1", "r1"), { asLinkDefinition: true })).toEqual([
      review("p1", "r1", { note: "n1", weight: 1, share: 0.5 }),
    ]);
  });
});

test("destroy deletes rows for good, dismissed ones as well", async () => {
  await link.create([review("p1", "r1"), review("p1", "r2"), review("p2", "r1")]);
  await link.dismiss(review("p1", "r1"));
  await link.destroy({ product: { product_id: "p1" }, review: { review_id: ["r1", "r2"] } });
  await link.destroy(review("p2", "r2"));
  expect(await rows("product_product_review_review")).toMatchObject([{ product_id: "p2", review_id: "r1" }]);
  await expect(link.destroy(review("p1", undefined as never))).rejects.toMatchObject({ reason: "link.id_missing" });
});

describe("delete and restore", () => {
  test("remove and bring back the links of a record, whichever side it is on", async () => {
    await link.create([review("p1", "r1"), review("p1", "r2"), review("p2", "r1"), artist("ann", "p1")]);
    expect(await link.delete({ product: { product_id: "p1" } })).toEqual([null, {}]);
    expect(await link.list({ product: { product_id: undefined }, review: { review_id: undefined } })).toMatchObject([{ product_id: "p2" }]);
    expect(await link.list(artist("ann", "p1"))).toEqual([]);
    expect(await link.restore({ product: { product_id: ["p1"] } })).toEqual([null, {}]);
    expect(await link.list({ product: { product_id: "p1" }, review: { review_id: undefined } })).toHaveLength(2);
    expect(await link.list(artist("ann", "p1"))).toHaveLength(1);
  });

  test("restore leaves alone what was dismissed before, and what was taken meanwhile", async () => {
    await link.create([review("p1", "r1"), review("p1", "r2"), artist("ann", "p1")]);
    await link.dismiss(review("p1", "r2"));
    await link.delete({ product: { product_id: "p1" } });
    await link.create(artist("bo", "p1"));
    await link.restore({ product: { product_id: "p1" } });
    expect(await link.list({ product: { product_id: "p1" }, review: { review_id: undefined } })).toMatchObject([{ review_id: "r1" }]);
    expect(await link.list({ studio: { artist_id: undefined }, product: { product_id: "p1" } })).toMatchObject([{ artist_id: "bo" }]);
  });

  test("restoring two records at once gives the place that both had to the one that had it last", async () => {
    await link.create(artist("ann", "p1"));
    await link.delete({ studio: { artist_id: "ann" } });
    await link.create(artist("bo", "p1"));
    await link.delete({ studio: { artist_id: "bo" } });
    await link.restore({ studio: { artist_id: ["ann", "bo"] } });
    expect(await link.list({ studio: { artist_id: undefined }, product: { product_id: "p1" } })).toMatchObject([{ artist_id: "bo" }]);
  });

  test("what remove took away, putBack restores, and nothing that had gone before", async () => {
    await link.create([review("p1", "r1"), review("p1", "r2")]);
    await link.delete({ review: { review_id: "r1" } });
    const removed = await link.remove({ product: { product_id: "p1" } });
    const nothing = await link.remove([{ product: { product_id: "p1" } }, { review: { review_id: "r1" } }]);
    expect(nothing.at).toBeUndefined();
    await link.putBack(nothing);
    expect(await link.list(review("p1", "r2"))).toEqual([]);
    await link.putBack(JSON.parse(JSON.stringify(removed)) as typeof removed);
    expect(await link.list([review("p1", "r1"), review("p1", "r2")])).toMatchObject([{ review_id: "r2" }]);
  });

  test("records of a deleteCascade side follow, through their service", async () => {
    await insert(connection, "price_set", [{ id: "pset_1" }, { id: "pset_2" }]);
    await link.create([
      { product: { variant_id: "v1" }, pricing: { price_set_id: "pset_1" } },
      { product: { variant_id: "v2" }, pricing: { price_set_id: "pset_2" } },
    ]);
    expect(await link.delete({ product: { variant_id: ["v1"] } })).toEqual([null, { pricing: { price_set_id: ["pset_1"] } }]);
    expect((await rows("price_set")).filter((row) => row.deleted_at).map((row) => row.id)).toEqual(["pset_1"]);
    // The key that softDelete names is the model's own; the link calls it variant_id.
    expect(await link.restore({ product: { product_variant_id: ["v1"] } })).toEqual([null, { pricing: { price_set_id: ["pset_1"] } }]);
    expect((await rows("price_set")).filter((row) => row.deleted_at)).toEqual([]);
  });

  test("a record of a deleteCascade side stays while another record holds it", async () => {
    // An artist's products are a list; as the dependent side, the artist goes with the last of them.
    const links = linksOf(
      [
        [
          { linkable: linkable.studio.artist, deleteCascade: true },
          { linkable: linkable.product.product, isList: true },
        ],
      ],
      shop.modules,
    );
    const cascading = new LinkService({
      links,
      connection,
      service: (key) => shop.modules.find((module) => module.key === key)!.service(),
      manager: managerFor,
    });
    const isThere = async () => (await connection.query("select 1 from artist where id = 'ann' and deleted_at is null")).rowCount === 1;
    await cascading.create([artist("ann", "p1"), artist("ann", "p2")]);
    expect(await cascading.delete({ product: { product_id: "p1" } })).toEqual([null, {}]);
    expect(await isThere()).toBe(true);
    expect(await cascading.delete({ product: { product_id: "p2" } })).toEqual([null, { studio: { artist_id: ["ann"] } }]);
    expect(await isThere()).toBe(false);
    await cascading.restore({ product: { product_id: "p2" } });
    expect(await isThere()).toBe(true);
    // Deleting the artist removes its links, and no product.
    expect(await cascading.delete({ studio: { artist_id: "ann" } })).toEqual([null, {}]);
    expect(await cascading.list(artist("ann", "p2"))).toEqual([]);
  });

  test("restoring a record brings back none that had been deleted before it", async () => {
    await insert(connection, "product", [{ id: "p5", title: "p5" }]);
    await insert(connection, "product_variant", [{ id: "v5", title: "v5", product_id: "p5" }]);
    await insert(connection, "price_set", [{ id: "pset_5" }]);
    const pricing = shop.modules.find((module) => module.key === "pricing")!.service() as {
      softDeletePriceSets(id: string): Promise<unknown>;
    };
    const pair = { product: { variant_id: "v5" }, pricing: { price_set_id: "pset_5" } };
    await link.create(pair);
    await pricing.softDeletePriceSets("pset_5");
    await link.delete({ pricing: { price_set_id: "pset_5" } });
    await link.delete({ product: { variant_id: "v5" } });
    expect(await link.restore({ product: { variant_id: "v5" } })).toEqual([null, {}]);
    expect((await rows("price_set")).filter((row) => row.deleted_at).map((row) => row.id)).toContain("pset_5");
    expect(await link.list(pair)).toEqual([]);
  });

  test("a cascade that fails is told, and nothing is deleted", async () => {
    const refusing = { softDeletePriceSets: async () => Promise.reject(new RangeError("refused")) };
    const broken = new LinkService({ links: shop.links, connection, service: () => refusing, manager: managerFor });
    await link.create({ product: { variant_id: "v1" }, pricing: { price_set_id: "pset_1" } });
    const [errors, removed] = await broken.delete({ product: { variant_id: "v1" } });
    expect(errors).toMatchObject([{ message: "refused" }]);
    expect(removed).toEqual({});
    expect(await link.list({ product: { variant_id: "v1" }, pricing: { price_set_id: "pset_1" } })).toHaveLength(1);
  });

  test("keys that no link knows are nothing to do", async () => {
    expect(await link.delete({ studio: { album_id: ["a1"] } })).toEqual([null, {}]);
  });
});
