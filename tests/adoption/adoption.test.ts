import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shopDirectory, velella } from "../support/command-line";
import { adminHeaders, prepareDatabase, startApp } from "../support/running-app";

/**
 * An existing database is adopted in place: the tables are those that Velella's modules have, but its bookkeeping is that
 * of the system that made them: `mikro_orm_migrations`, with names of its own for the modules that came with it.
 */

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client?.end();
  await database?.drop();
});

const shopMigrations = ["brand", "review"].flatMap((module) =>
  readdirSync(join(shopDirectory, "src", "modules", module, "migrations"))
    .filter((file) => file.startsWith("Migration"))
    .map((file) => file.replace(/\.ts$/, "")),
);

test("db:migrate takes over what is there, and the app serves it", async () => {
  const options = { directory: shopDirectory, env: { DATABASE_URL: database.url } };
  await prepareDatabase(options);
  await client.query(`insert into product (id, title, handle) values ('prod_old', 'From before', 'from-before')`);
  await client.query(`insert into brand (id, name, handle) values ('brand_old', 'Old', 'old')`);
  await client.query(`insert into product_product_brand_brand (product_id, brand_id, id) values ('prod_old', 'brand_old', 'link_old')`);
  await client.query(`
    drop table velella_migrations;
    drop index "IDX_product_tags_product_tag_id";
    create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz default current_timestamp);
    insert into mikro_orm_migrations (name) values ('InitialSetup20240401153642'), ('Migration20240601111544');
    insert into link_module_migrations (table_name, link_descriptor) values ('cart_payment_collection', '{"fromModule":"cart","toModule":"payment"}');
    create table cart_payment_collection (cart_id varchar(255), payment_collection_id varchar(255))`);
  await client.query("insert into mikro_orm_migrations (name) select unnest($1::text[])", [shopMigrations]);

  const migrated = await velella(["db:migrate"], options);
  expect(migrated.code, migrated.output).toBe(0);
  for (const name of shopMigrations) expect(migrated.output).toMatch(new RegExp(`(brand|review)/${name} \\(taken over\\)`));
  expect(migrated.output).toMatch(/product\/Migration\d+ \(taken over\)/);
  const { rows } = await client.query("select count(*)::int as n, bool_and(adopted) as adopted from velella_migrations");
  expect(rows[0].n).toBeGreaterThan(10);
  expect(rows[0].adopted).toBe(true);
  expect((await client.query(`select 1 from pg_indexes where indexname = 'IDX_product_tags_product_tag_id'`)).rowCount).toBe(1);
  // What belongs to nobody here is told, and left.
  expect(migrated.output).toContain("cart_payment_collection");
  expect((await client.query("select to_regclass('cart_payment_collection') is not null as there")).rows).toEqual([{ there: true }]);

  const again = await velella(["db:migrate"], options);
  expect(again.output).toContain("The database has every migration.");
  const app = await startApp(options);
  try {
    const admin = await adminHeaders(app);
    const { body } = await app.request("GET", "/admin/products/prod_old?fields=id,title,*brand", { headers: admin });
    expect(body.product).toMatchObject({ title: "From before", brand: { name: "Old" } });
  } finally {
    await app.stop();
  }
});
