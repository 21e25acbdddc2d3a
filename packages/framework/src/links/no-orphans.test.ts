import { managerFor } from "@velella/data";
import { asValue, createContainer } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { createStep, createWorkflow, StepResponse, when } from "@velella/workflows";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import type { Query } from "../query/create-query";
import { Random } from "../query/testing/random-graph";
import { createShop, insert, openShop } from "../query/testing/shop";
import { createRemoteLinkStep, dismissRemoteLinkStep, removeRemoteLinkStep } from "../steps/links";
import type { DeletedRecords } from "../steps/links";
import { LinkService } from "./link-service";
import type { LinkDefinition } from "./link-service";

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

/** All that is there and is no orphan: records, and rows of links with both of their records. */
const liveRows = `
  select id from product where deleted_at is null union all select id from review where deleted_at is null
  union all select id from artist where deleted_at is null union all select id from product_variant where deleted_at is null
  union all select id from price_set where deleted_at is null
  union all select artist_id || '-' || product_id from studio_artist_product_product l where deleted_at is null
    and exists (select from artist where id = l.artist_id and deleted_at is null) and exists (select from product where id = l.product_id and deleted_at is null)
  union all select product_id || '-' || review_id from product_product_review_review l where deleted_at is null
    and exists (select from product where id = l.product_id and deleted_at is null) and exists (select from review where id = l.review_id and deleted_at is null)
  union all select variant_id || '-' || price_set_id from product_variant_price_set l where deleted_at is null
    and exists (select from product_variant where id = l.variant_id and deleted_at is null) and exists (select from price_set where id = l.price_set_id and deleted_at is null)
  order by 1`;

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

/** What workflows do, as those of the commerce modules: a step on the records, a step on their links; or fail, and take it back. */
/** Records of one kind in the walk. */
interface Kind {
  module: string;
  key: string;
  table: string;
  /** As in the names of the service's methods. */
  plural: string;
  prefix: string;
  row(id: string): Record<string, unknown>;
}

interface WalkInput {
  /** What is deleted, by module and key; its records are soft-deleted first. */
  deleted?: DeletedRecords;
  plural?: string;
  created?: LinkDefinition[];
  dismissed?: LinkDefinition[];
  fails: boolean;
}

interface Deletion {
  deleted: DeletedRecords;
  plural: string;
}

const recordsOf = ({ deleted }: Deletion) => {
  const [[module, keys]] = Object.entries(deleted) as [[string, Record<string, string[]>]];
  return { module, ids: Object.values(keys)[0]! };
};

const softDelete = createStep(
  "soft-delete",
  async (input: Deletion, { container }) => {
    const { module, ids } = recordsOf(input);
    await (container.resolve(module) as Service)[`softDelete${input.plural}`]!(ids);
    return new StepResponse(undefined, input);
  },
  async (input, { container }) => {
    if (!input) return;
    const { module, ids } = recordsOf(input);
    await (container.resolve(module) as Service)[`restore${input.plural}`]!(ids);
  },
);
const refuse = createStep("refuse", async () => {
  throw new RangeError("too late");
});

const walking = createWorkflow("walking", (input: WalkInput) => {
  when(input, ({ created }) => created !== undefined).then(() => void createRemoteLinkStep(input.created as LinkDefinition[]));
  when(input, ({ dismissed }) => dismissed !== undefined).then(() => void dismissRemoteLinkStep(input.dismissed as LinkDefinition[]));
  when(input, ({ deleted }) => deleted !== undefined).then(() => {
    softDelete(input as Deletion);
    removeRemoteLinkStep(input.deleted);
  });
  when(input, ({ fails }) => fails).then(() => void refuse());
});

const seed = Number(process.env.VELELLA_SEED ?? 7);

test("whatever was linked, deleted and restored, by services, the link service and workflows, or some of them: no query shows a link to a deleted record", async () => {
  const { links, modules, query } = openShop(connection, { warn: false });
  const serviceOf = (key: string) => modules.find((module) => module.key === key)!.service();
  const link = new LinkService({ links, connection, service: serviceOf, manager: managerFor });
  const container = createContainer();
  for (const key of ["product", "pricing", "studio", "review"]) container.register(key, asValue(serviceOf(key)));
  container.register("link", asValue(link));
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
  const product: Kind = {
    module: "product",
    key: "product_id",
    table: "product",
    plural: "Products",
    prefix: "p",
    row: (id: string) => ({ id, title: id }),
  };
  const review: Kind = {
    module: "review",
    key: "review_id",
    table: "review",
    plural: "Reviews",
    prefix: "r",
    row: (id: string) => ({ id, text: id, stars: 1 }),
  };
  const artist: Kind = {
    module: "studio",
    key: "artist_id",
    table: "artist",
    plural: "Artists",
    prefix: "a",
    row: (id: string) => ({ id, name: id }),
  };
  const variant: Kind = {
    module: "product",
    key: "variant_id",
    table: "product_variant",
    plural: "ProductVariants",
    prefix: "v",
    row: (id: string) => ({ id, title: id, product_id: "base" }),
  };
  const priceSet: Kind = {
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
  const counts = { refused: 0, made: 0, softDelete: 0, restore: 0, delete: 0, workflows: 0, takenBack: 0 };
  const everything = async () => JSON.stringify((await connection.query(liveRows)).rows);

  for (let step = 0; step < 300; step++) {
    const choice = random.next();
    if (random.chance(0.25)) {
      const kind = random.pick([product, review, artist, variant, priceSet]);
      const [left, right] = random.pick(pairs);
      const some = async (of: Kind) => random.some(await live(of), 0.3);
      const [lefts, rights, chosen] = [await some(left), await some(right), await some(kind)];
      const definition = { [left.module]: { [left.key]: lefts.slice(0, 1) }, [right.module]: { [right.key]: rights } };
      const part = lefts.length && rights.length ? random.pick(["created", "dismissed"] as const) : undefined;
      const input: WalkInput = { fails: random.chance(0.5), ...(part && { [part]: [definition] }) };
      if (chosen.length) Object.assign(input, { deleted: { [kind.module]: { [kind.key]: chosen } }, plural: kind.plural });
      // Rows that were left hidden go when one is in the way of another, whatever becomes of that one.
      const before = await everything();
      const failed = await walking(container)
        .run({ input })
        .then(
          () => false,
          (error: Error) => {
            expect(error.message).toMatch(/^(too late|Cannot create multiple links)/);
            return true;
          },
        );
      if (failed) expect(await everything(), `seed ${seed}, step ${step}: ${JSON.stringify(input)}`).toBe(before);
      counts[failed ? "takenBack" : "workflows"]++;
    } else if (choice < 0.55) {
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
  expect(Math.min(counts.workflows, counts.takenBack)).toBeGreaterThan(10);
});
