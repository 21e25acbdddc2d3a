import { createConnection } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { linkable, linksOf, shopModules } from "../query/testing/shop";
import type { ExtraColumn } from "./define-link";
import { syncLinks } from "./sync-links";
import type { SyncLinksOptions } from "./sync-links";

let database: TestDatabase;
let connection: SqlConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url, poolSize: 4 });
});

afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

const links = (extraColumns: Record<string, ExtraColumn>) =>
  linksOf(
    [[linkable.product.product, { linkable: linkable.review.review, isList: true }, { database: { extraColumns } }]],
    shopModules(connection),
  );

async function sync(wanted: ReturnType<typeof links>, options: SyncLinksOptions = {}) {
  let lines: string[] = [];
  const actions = await syncLinks(connection, wanted, { ...options, onPlan: (printed) => void (lines = printed) });
  return { lines, actions: actions.map(({ action, executed }) => `${action}${executed ? "!" : ""}`) };
}

const columns = async () =>
  (
    await connection.query<{ name: string }>(
      `select column_name || ' ' || data_type || ' ' || is_nullable as name from information_schema.columns where table_name = 'product_product_review_review' order by ordinal_position`,
    )
  ).rows.map((row) => row.name);

test("tables are created once, extended without loss, and never changed or dropped silently", async () => {
  expect(await sync(links({}), { mode: "plan" })).toEqual({
    lines: ["create product_product_review_review: product.Product <> review.Review"],
    actions: ["create"],
  });
  expect(await sync(links({}))).toMatchObject({ actions: ["create!"] });
  expect(await sync(links({}))).toEqual({ lines: [], actions: ["noop"] });
  expect(await columns()).toEqual([
    "product_id character varying NO",
    "review_id character varying NO",
    "id character varying NO",
    "created_at timestamp with time zone NO",
    "updated_at timestamp with time zone NO",
    "deleted_at timestamp with time zone YES",
  ]);

  const note = { note: { type: "text", nullable: true } };
  expect(await sync(links(note))).toEqual({ lines: ["update product_product_review_review: add the column note"], actions: ["update!"] });

  const changed = { note: { type: "integer", nullable: true } };
  expect(await sync(links(changed))).toEqual({
    lines: ["notify product_product_review_review: change the type of note from text to integer (left as it is: may lose data)"],
    actions: ["notify"],
  });
  expect(await columns()).toContain("note text YES");
  expect(await sync(links(changed), { mode: "all" })).toMatchObject({ actions: ["notify!"] });
  expect(await columns()).toContain("note integer YES");

  expect(await sync([])).toEqual({
    lines: ["delete product_product_review_review: no link uses this table any more (left as it is: may lose data)"],
    actions: ["delete"],
  });
  expect(await columns()).not.toEqual([]);
  expect(await sync([], { mode: "all" })).toMatchObject({ actions: ["delete!"] });
  expect(await columns()).toEqual([]);
  expect(await sync([])).toEqual({ lines: [], actions: [] });
});

test("a table that is there already is taken over, and recorded as the contract says", async () => {
  await connection.query(
    `create table product_product_review_review (product_id varchar(255) not null, review_id varchar(255) not null, id varchar(255) not null,
      created_at timestamptz(0) not null default now(), updated_at timestamptz(0) not null default now(), deleted_at timestamptz(0), primary key (product_id, review_id))`,
  );
  expect(await sync(links({}))).toMatchObject({ actions: ["noop"] });
  const { rows } = await connection.query(`select table_name, link_descriptor from link_module_migrations`);
  expect(rows).toEqual([
    {
      table_name: "product_product_review_review",
      link_descriptor: { fromModule: "product", fromModel: "Product", toModule: "review", toModel: "Review" },
    },
  ]);
});

test("several processes may do it at once", async () => {
  const wanted = linksOf([[linkable.studio.artist, linkable.review.review]], shopModules(connection));
  const all = [...links({}), ...wanted];
  const runs = await Promise.all(Array.from({ length: 4 }, () => syncLinks(connection, all)));
  expect(runs.flat().filter((action) => action.executed)).toHaveLength(1);
});
