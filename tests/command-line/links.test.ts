import { createConnection } from "@velella/data";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { velella } from "../support/command-line";
import { scratchApp } from "../support/scratch-app";
import type { ScratchApp } from "../support/scratch-app";

/** What the commands make of the tables of links: what loses nothing by default, the rest where it is asked for. */

const shelfModule = `
import { MedusaService, model, Module } from "@medusajs/framework/utils";

const Shelf = model.define("shelf", { id: model.id().primaryKey(), name: model.text() });

export default Module("shelf", { service: class extends MedusaService({ Shelf }) {} });
`;
const link = (type: string) => `
import { defineLink } from "@medusajs/framework/utils";
import ProductModule from "@medusajs/medusa/product";
import ShelfModule from "../modules/shelf";

export default defineLink(ProductModule.linkable.product, ShelfModule.linkable.shelf, {
  database: { extraColumns: { place: { type: "${type}", nullable: true } } },
});
`;
const none = "export {};";
const table = "product_product_shelf_shelf";

let database: TestDatabase;
let app: ScratchApp;

beforeAll(async () => {
  database = await createTestDatabase();
  app = scratchApp({
    "medusa-config.ts": `
import { defineConfig } from "@medusajs/framework/utils";

module.exports = defineConfig({ admin: { disable: true }, modules: [{ resolve: "./src/modules/shelf" }] });
`,
    "src/modules/shelf/index.ts": shelfModule,
    "src/links/product-shelf.ts": link("text"),
  });
});
afterAll(async () => {
  app?.remove();
  await database?.drop();
});

const run = (...args: string[]) => velella(args, { directory: app.directory, env: { DATABASE_URL: database.url } });

async function succeed(...args: string[]): Promise<string> {
  const { code, output } = await run(...args);
  expect(code, output).toBe(0);
  return output;
}

/** The type of the extra column; undefined where there is no table. */
async function placeType(): Promise<string | undefined> {
  const connection = createConnection({ url: database.url, poolSize: 1 });
  try {
    const { rows } = await connection.query<{ type: string }>(
      "select data_type as type from information_schema.columns where table_name = $1 and column_name = 'place'",
      [table],
    );
    return rows[0]?.type;
  } finally {
    await connection.close();
  }
}

test("tables of links are made, changed and dropped as far as the options say", async () => {
  await succeed("db:generate", "shelf");
  expect(await succeed("db:migrate", "--skip-links")).toContain("The tables of links were left out.");
  expect(await placeType()).toBeUndefined();
  expect(await succeed("db:migrate", "--execute-safe-links")).toMatch(
    new RegExp(`create ${table}: .*\\n(.*\\n)*Changed \\d+ link tables\\.`),
  );
  expect(await placeType()).toBe("text");
  expect(await succeed("db:sync-links")).toContain("The tables of links are as they should be.");

  app.write("src/links/product-shelf.ts", link("integer"));
  const kept = await succeed("db:sync-links", "--execute-safe");
  expect(kept).toContain(
    `notify ${table}: change the type of place from text to integer (left as it is: may lose data); --execute-all does it`,
  );
  expect(kept).toContain("Left 1 link table as it is.");
  expect(kept).not.toContain("Changed");
  expect(await succeed("db:migrate")).toContain("; --execute-all-links does it");
  expect(await placeType()).toBe("text");
  expect(await succeed("db:sync-links", "--execute-all")).toContain("Changed 1 link table.");
  expect(await placeType()).toBe("integer");

  app.write("src/links/product-shelf.ts", none);
  const { links } = JSON.parse((await succeed("db:sync-links", "--json")).trim().split("\n").at(-1)!) as { links: unknown };
  expect(links).toEqual([{ line: expect.stringContaining(`delete ${table}`), executed: false, isLeft: true }]);
  expect(await succeed("db:migrate", "--execute-all-links")).toContain("Changed 1 link table.");
  expect(await placeType()).toBeUndefined();
});

test("options that contradict each other are refused", async () => {
  for (const args of [
    ["db:sync-links", "--execute-all", "--execute-safe"],
    ["db:migrate", "--execute-all-links", "--execute-safe-links"],
    ["db:setup", "--skip-links", "--execute-all-links"],
  ]) {
    const { code, output } = await run(...args);
    expect(code).toBe(1);
    expect(output).toMatch(/option '--.*' cannot be used with option '--.*'/);
  }
});
