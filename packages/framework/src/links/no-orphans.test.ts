import { managerFor } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../data/src/testing/database";
import type { TestDatabase } from "../../../data/src/testing/database";
import type { Query } from "../query/create-query";
import { Random } from "../query/testing/random-graph";
import { createShop, insert, openShop } from "../query/testing/shop";
import { LinkService } from "./link-service";

let database: TestDatabase;
let connection: SqlConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ connection } = await createShop(database.url));
});

afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

type Service = Record<string, (ids: string[]) => Promise<Record<string, string[]>>>;

/** Live rows of a link whose record on one of the sides is not there. */
const orphansIn = (table: string, sides: readonly (readonly [key: string, table: string])[]) =>
  sides
    .map(
      ([key, records]) =>
        `select '${table}.${key}' as orphan from ${table} l left join ${records} r on r.id = l.${key} and r.deleted_at is null
         where l.deleted_at is null and r.id is null`,
    )
    .join(" union all ");

const orphans = [
  orphansIn("studio_artist_product_product", [
    ["artist_id", "artist"],
    ["product_id", "product"],
  ]),
  orphansIn("product_product_review_review", [
    ["product_id", "product"],
    ["review_id", "review"],
  ]),
  orphansIn("product_variant_price_set", [
    ["variant_id", "product_variant"],
    ["price_set_id", "price_set"],
  ]),
].join(" union all ");

/** What a query shows of links: rows with both of their records, from every side. */
async function visibleOrphans(query: Query): Promise<unknown[]> {
  const found: unknown[] = [];
  const note = (place: string, rows: readonly Record<string, unknown>[], names: readonly string[]) => {
    for (const row of rows) if (names.some((name) => !row[name])) found.push([place, row]);
  };
  const rowsOf = async (entity: string, names: readonly string[]) =>
    note(entity, (await query.graph({ entity, fields: ["id", ...names.map((name) => `${name}.id`)] })).data, names);
  await rowsOf("product_review", ["product", "review"]);
  await rowsOf("artist_product", ["artist", "product"]);
  await rowsOf("product_variant_price_set", ["variant", "price_set"]);
  const { data: products } = await query.graph({
    entity: "product",
    fields: ["id", "reviews.id", "review_link.*", "review_link.review.id", "artist.id", "artist_link.*", "artist_link.artist.id"],
  });
  for (const product of products) {
    note("review_link", product.review_link, ["review"]);
    note("artist_link", [product.artist_link ?? []].flat(), ["artist"]);
    if (product.reviews.length !== product.review_link.length) found.push(["reviews", product]);
    if (Boolean(product.artist) !== Boolean(product.artist_link)) found.push(["artist", product]);
  }
  const filtered = await query.graph({ entity: "product", fields: ["id"], filters: { review_link: { id: { $ne: null } } } });
  const withReviews = products
    .filter((product: { reviews: unknown[] }) => product.reviews.length > 0)
    .map((product: { id: string }) => product.id);
  if (JSON.stringify(filtered.data.map((row) => row.id)) !== JSON.stringify(withReviews))
    found.push(["filter", filtered.data, withReviews]);
  return found;
}

const seed = Number(process.env.VELELLA_SEED ?? 7);

test("whatever was linked, deleted and restored, by services, by the link service or both: no query shows a link to a deleted record", async () => {
  const { links, modules, query } = openShop(connection, { warn: false });
  const serviceOf = (key: string) => modules.find((module) => module.key === key)!.service();
  const link = new LinkService({ links, connection, service: serviceOf, manager: managerFor });
  const random = new Random(seed);
  const ids = (prefix: string) => Array.from({ length: 4 }, (_, i) => `${prefix}${i}`);
  await insert(
    connection,
    "product",
    ["base", ...ids("p")].map((id) => ({ id, title: id })),
  );
  await insert(
    connection,
    "product_variant",
    ids("v").map((id) => ({ id, title: id, product_id: "base" })),
  );
  await insert(
    connection,
    "artist",
    ids("a").map((id) => ({ id, name: id })),
  );
  await insert(
    connection,
    "review",
    ids("r").map((id) => ({ id, text: id, stars: 1 })),
  );
  await insert(
    connection,
    "price_set",
    ids("s").map((id) => ({ id })),
  );
  const live = async ({ table, prefix }: { table: string; prefix: string }) =>
    (
      await connection.query<{ id: string }>(`select id from ${table} where deleted_at is null and id like $1 order by id`, [`${prefix}_`])
    ).rows.map((row) => row.id);
  const product = {
    module: "product",
    key: "product_id",
    table: "product",
    plural: "Products",
    prefix: "p",
    row: (id: string) => ({ id, title: id }),
  };
  const review = {
    module: "review",
    key: "review_id",
    table: "review",
    plural: "Reviews",
    prefix: "r",
    row: (id: string) => ({ id, text: id, stars: 1 }),
  };
  const artist = {
    module: "studio",
    key: "artist_id",
    table: "artist",
    plural: "Artists",
    prefix: "a",
    row: (id: string) => ({ id, name: id }),
  };
  const variant = {
    module: "product",
    key: "variant_id",
    table: "product_variant",
    plural: "ProductVariants",
    prefix: "v",
    row: (id: string) => ({ id, title: id, product_id: "base" }),
  };
  const priceSet = {
    module: "pricing",
    key: "price_set_id",
    table: "price_set",
    plural: "PriceSets",
    prefix: "s",
    row: (id: string) => ({ id }),
  };
  const pairs = [
    [artist, product],
    [product, review],
    [variant, priceSet],
  ] as const;
  const counts = { refused: 0, made: 0, softDelete: 0, restore: 0, delete: 0 };

  for (let step = 0; step < 300; step++) {
    const choice = random.next();
    if (choice < 0.55) {
      const [left, right] = random.pick(pairs);
      const [lefts, rights] = [await live(left), await live(right)];
      if (!lefts.length || !rights.length) continue;
      const definition = { [left.module]: { [left.key]: random.pick(lefts) }, [right.module]: { [right.key]: random.pick(rights) } };
      if (choice < 0.15) await link.dismiss(definition);
      else
        await link.create(definition).then(
          () => counts.made++,
          (error: Error) => {
            expect(error.message).toContain("Cannot create multiple links");
            counts.refused++;
          },
        );
    } else {
      const kind = random.pick([product, review, artist, variant, priceSet]);
      const chosen = random.some(ids(kind.prefix), 0.5);
      const service = serviceOf(kind.module) as Service;
      const method = choice < 0.76 ? "softDelete" : choice < 0.97 ? "restore" : "delete";
      const touched = await service[`${method}${kind.plural}`]?.(chosen);
      counts[method]++;
      // Workflows tell the link service; code that calls a module alone does not.
      if (random.next() < 0.5) {
        const [errors] = await link[method === "restore" ? "restore" : "delete"]({ [kind.module]: { ...touched, [kind.key]: chosen } });
        expect(errors).toBeNull();
      }
      // What was deleted for good is made anew, so that the walk does not run out of records.
      if (method === "delete")
        await insert(
          connection,
          kind.table,
          chosen.map((id) => kind.row(id)),
        );
    }
    expect(await visibleOrphans(query), `seed ${seed}, step ${step}`).toEqual([]);
  }

  // Told of everything that is deleted, the link service cleans up whatever was left.
  for (const kind of [product, review, artist, variant, priceSet]) {
    const there = await live(kind);
    await link.delete({ [kind.module]: { [kind.key]: ids(kind.prefix).filter((id) => !there.includes(id)) } });
  }
  expect((await connection.query(orphans)).rows).toEqual([]);
  expect(Math.min(counts.softDelete, counts.restore, counts.delete)).toBeGreaterThan(3);
  expect(counts.made).toBeGreaterThan(30);
  expect(counts.refused).toBeGreaterThan(5);
});
