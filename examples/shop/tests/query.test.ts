import { openApp } from "@velella/cli";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import type { App } from "@velella/framework";
import { silentLogger } from "@velella/kernel";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { shopDirectory, velella } from "../../../tests/support/command-line";

let database: TestDatabase;
let app: App;

beforeAll(async () => {
  database = await createTestDatabase();
  const options = { directory: shopDirectory, env: { DATABASE_URL: database.url } };
  for (const args of [["db:migrate"], ["exec", "./src/scripts/seed.ts"]]) {
    const { code, output } = await velella(args, options);
    expect(code, output).toBe(0);
  }
  vi.stubEnv("DATABASE_URL", database.url);
  app = await openApp({ directory: shopDirectory, mode: "exec", logger: silentLogger() });
});
afterAll(async () => {
  await app?.stop();
  vi.unstubAllEnvs();
  await database?.drop();
});

test("a product with its brand and reviews is one SQL statement over three modules", async () => {
  const query = app.container.resolve("query");
  const { data: all } = await query.graph({ entity: "product", fields: ["id"], filters: { title: "Sail" } });
  const request = { entity: "product", fields: ["id", "title", "brand.*", "reviews.*"], filters: { id: all[0].id } };

  const statements = vi.spyOn(app.connection, "query");
  const { data } = await query.graph(request);
  expect(statements).toHaveBeenCalledTimes(1);
  statements.mockRestore();

  expect(data).toEqual([
    {
      id: all[0].id,
      title: "Sail",
      brand: expect.objectContaining({ name: "By-the-wind", handle: "by-the-wind" }),
      reviews: [expect.objectContaining({ author: "Ada", rating: 5 })],
    },
  ]);
  const { plan, sql } = await query.explain(request);
  expect(plan).toContain("brand");
  expect(sql).toMatch(/^select /);
});

test("a catalogue with options, values, variants, tags, images and brands is one statement", async () => {
  const query = app.container.resolve("query");
  const fields = ["*", "options.*", "options.values.*", "variants.*", "tags.*", "images.*", "brand.*"];
  const statements = vi.spyOn(app.connection, "query");
  const transactions = vi.spyOn(app.connection, "transaction");
  const { data, metadata } = await query.graph({ entity: "product", fields, pagination: { take: 20, order: { title: "ASC" } } });
  expect([statements.mock.calls.length, transactions.mock.calls.length]).toEqual([1, 0]);
  statements.mockRestore();
  transactions.mockRestore();
  expect(metadata?.count).toBe(data.length);
  expect(data.length).toBeGreaterThan(1);
  const sail = data.find((product: { title: string }) => product.title === "Sail");
  expect(sail).toMatchObject({
    brand: { name: "By-the-wind" },
    variants: expect.any(Array),
    tags: expect.any(Array),
    images: expect.any(Array),
  });
  expect(sail.options[0]).toMatchObject({ values: expect.any(Array) });
});

test("an update of one record by its id is one statement", async () => {
  const brand = app.container.resolve("brand");
  const [{ id }] = await brand.listBrands({}, { take: 1 });
  const statements = vi.spyOn(app.connection, "query");
  const transactions = vi.spyOn(app.connection, "transaction");
  const updated = await brand.updateBrands({ id, name: "Renamed" });
  expect([statements.mock.calls.length, transactions.mock.calls.length]).toEqual([1, 0]);
  statements.mockRestore();
  transactions.mockRestore();
  expect(updated).toMatchObject({ id, name: "Renamed" });
});
