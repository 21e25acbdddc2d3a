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
