import { managerFor } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../data/src/testing/database";
import type { TestDatabase } from "../../../data/src/testing/database";
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

/** Live rows of a link whose record on one of the sides is deleted. */
const orphansIn = (table: string, sides: readonly (readonly [key: string, table: string])[]) =>
  sides
    .map(
      ([key, records]) =>
        `select '${table}.${key}' as orphan from ${table} l join ${records} r on r.id = l.${key} where l.deleted_at is null and r.deleted_at is not null`,
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

/** Records whose deletion should have taken others along. */
const leftBehind = `select s.id from price_set s join product_variant_price_set l on l.price_set_id = s.id
  join product_variant v on v.id = l.variant_id where s.deleted_at is null and v.deleted_at is not null`;

const seed = Number(process.env.VELELLA_SEED ?? 7);

test("after any sequence of links made, dismissed, and records deleted and restored, no link refers to a deleted record", async () => {
  const { links, modules } = openShop(connection, { warn: false });
  const serviceOf = (key: string) => modules.find((module) => module.key === key)!.service();
  const link = new LinkService({ links, connection, service: serviceOf, manager: managerFor });
  const random = new Random(seed);
  const ids = (prefix: string) => Array.from({ length: 4 }, (_, i) => `${prefix}${i}`);
  await insert(
    connection,
    "product",
    ids("p").map((id) => ({ id, title: id })),
  );
  await insert(
    connection,
    "product_variant",
    ids("v").map((id, i) => ({ id, title: id, product_id: `p${i}` })),
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
  const live = async (table: string) =>
    (await connection.query<{ id: string }>(`select id from ${table} where deleted_at is null order by id`)).rows.map((row) => row.id);
  const product = { module: "product", key: "product_id", table: "product", plural: "Products", prefix: "p" };
  const review = { module: "review", key: "review_id", table: "review", plural: "Reviews", prefix: "r" };
  const artist = { module: "studio", key: "artist_id", table: "artist", plural: "Artists", prefix: "a" };
  const variant = { module: "product", key: "variant_id", table: "product_variant", plural: "ProductVariants", prefix: "v" };
  const priceSet = { module: "pricing", key: "price_set_id", table: "price_set", plural: "PriceSets", prefix: "s" };
  const pairs = [
    [artist, product],
    [product, review],
    [variant, priceSet],
  ] as const;
  const counts = { refused: 0, made: 0 };

  for (let step = 0; step < 300; step++) {
    const choice = random.next();
    if (choice < 0.55) {
      const [left, right] = random.pick(pairs);
      const [lefts, rights] = [await live(left.table), await live(right.table)];
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
      const kind = random.pick([product, review, artist, variant]);
      const chosen = random.some(ids(kind.prefix), 0.5);
      const service = serviceOf(kind.module) as Service;
      const isDelete = choice < 0.78;
      const touched = await service[`${isDelete ? "softDelete" : "restore"}${kind.plural}`]?.(chosen);
      const [errors] = await link[isDelete ? "delete" : "restore"]({ [kind.module]: { ...touched, [kind.key]: chosen } });
      expect(errors).toBeNull();
    }
    const context = `seed ${seed}, step ${step}`;
    expect((await connection.query(orphans)).rows, context).toEqual([]);
    if (step % 10 === 0) expect((await connection.query(`${leftBehind} and l.deleted_at is null`)).rows, context).toEqual([]);
  }
  expect(counts.made).toBeGreaterThan(30);
  expect(counts.refused).toBeGreaterThan(5);
});
