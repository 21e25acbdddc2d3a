import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { velella } from "../support/command-line";
import { scratchApp } from "../support/scratch-app";
import type { ScratchApp } from "../support/scratch-app";

const config = (modules: string) => `
import { defineConfig } from "@medusajs/framework/utils";

module.exports = defineConfig({ admin: { disable: true }, modules: [${modules}] });
`;
const moduleFiles = (
  folder: string,
  name: string,
  model: string,
  definition = `id: model.id({ prefix: "x" }).primaryKey(), name: model.text()`,
) => ({
  [`src/modules/${folder}/index.ts`]: `
import { MedusaService, model, Module } from "@medusajs/framework/utils";
const ${model} = model.define("${model}", { ${definition} });
export default Module("${name}", { service: class extends MedusaService({ ${model} }) {} });
`,
});

let database: TestDatabase;
let app: ScratchApp;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(() => app.remove());

async function run(files: Record<string, string>, args: string[] = ["db:migrate"], databaseUrl = database.url) {
  app = scratchApp(files);
  const started = Date.now();
  const { code, output } = await velella(args, { directory: app.directory, env: { DATABASE_URL: databaseUrl, PORT: "0" } });
  expect(code, output).toBe(1);
  // A person sees a message, not a stack.
  expect(output).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  return { output, ms: Date.now() - started };
}

describe("what a person sees when an app is wrong", () => {
  test("a config file that does not compile: file, line and code frame", async () => {
    const { output } = await run({
      "medusa-config.ts": `import { defineConfig } from "@medusajs/framework/utils";\n\nmodule.exports = defineConfig({ modules: [ );\n`,
    });
    expect(output).toContain("medusa-config.ts:3:");
    expect(output).toMatch(/> 3 \|.*defineConfig/);
    expect(output).toContain("^");
  });

  test("an unknown module path", async () => {
    const { output } = await run({
      "medusa-config.ts": config(`{ resolve: "./src/modules/brnad" }`),
      ...moduleFiles("brand", "brand", "Brand"),
    });
    expect(output).toContain("./src/modules/brnad");
    expect(output).toContain("modules[0]");
    expect(output).toContain("brand");
  });

  test("two modules with one key", async () => {
    const { output } = await run({
      "medusa-config.ts": config(`{ resolve: "./src/modules/one" }, { resolve: "./src/modules/two" }`),
      ...moduleFiles("one", "brand", "Brand"),
      ...moduleFiles("two", "brand", "Maker"),
    });
    expect(output).toContain('"brand"');
    expect(output).toContain("./src/modules/one");
    expect(output).toContain("./src/modules/two");
  });

  test("a model without primary key", async () => {
    const { output } = await run({
      "medusa-config.ts": config(`{ resolve: "./src/modules/brand" }`),
      ...moduleFiles("brand", "brand", "Brand", "name: model.text()"),
    });
    expect(output).toContain("Brand");
    expect(output).toContain("primary key");
    expect(output).toContain(".primaryKey()");
  });

  test("a link to a model that does not exist", async () => {
    const { output } = await run({
      "medusa-config.ts": config(`{ resolve: "./src/modules/brand" }`),
      ...moduleFiles("brand", "brand", "Brand"),
      "src/links/bad.ts": `
import { defineLink } from "@medusajs/framework/utils";
import ProductModule from "@medusajs/medusa/product";
import BrandModule from "../modules/brand";
export default defineLink(ProductModule.linkable.product, (BrandModule.linkable as any).brnad);
`,
    });
    expect(output).toContain("src/links/bad.ts");
    expect(output).toMatch(/does not exist|undefined|no model/);
  });

  test("a failing migration: module, file and statement; rolled back whole", async () => {
    const { output } = await run({
      "medusa-config.ts": config(`{ resolve: "./src/modules/brand" }`),
      ...moduleFiles("brand", "brand", "Brand"),
      "src/modules/brand/migrations/Migration20250101000000.ts": `
import { Migration } from "@medusajs/framework/mikro-orm/migrations";
export class Migration20250101000000 extends Migration {
  override async up() {
    this.addSql('create table "half" ("id" text)');
    this.addSql('create tabel "brand" ("id" text)');
  }
}
`,
    });
    expect(output).toContain("brand");
    expect(output).toContain("Migration20250101000000");
    expect(output).toContain('create tabel "brand"');
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query("select to_regclass('half') as half");
    await client.end();
    expect(rows).toEqual([{ half: null }]);
  });
});

describe("what a person sees when the surroundings are wrong", () => {
  const shop = { "medusa-config.ts": config("") };

  test("a wrong DATABASE_URL, soon: host, database and what to try", async () => {
    const { output, ms } = await run(shop, ["start"], "postgres://nobody@127.0.0.1:1/nowhere");
    // It takes the start of a process, which a busy machine makes long, and no further attempts.
    expect(ms).toBeLessThan(30_000);
    expect(output).toContain("127.0.0.1:1");
    expect(output).toContain("nowhere");
    expect(output).toContain("DATABASE_URL");
  });

  test("a database that does not exist", async () => {
    const url = new URL(database.url);
    url.pathname = "/velella_no_such_database";
    const { output } = await run(shop, ["start"], url.toString());
    expect(output).toContain("velella_no_such_database");
  });

  test("a database that was never migrated", async () => {
    const { output } = await run(shop, ["start"]);
    expect(output).toContain("velella db:migrate");
  });

  test("a taken port", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, resolve));
    const { port } = other.address() as AddressInfo;
    const fresh = await createTestDatabase();
    try {
      app = scratchApp(shop);
      const options = { directory: app.directory, env: { DATABASE_URL: fresh.url, PORT: String(port) } };
      expect((await velella(["db:migrate"], options)).code).toBe(0);
      const { code, output } = await velella(["start"], options);
      expect(code, output).toBe(1);
      expect(output).toContain(String(port));
      expect(output).toContain("PORT=");
    } finally {
      other.close();
      await fresh.drop();
    }
  });

  test("an unknown command", async () => {
    const { output } = await run(shop, ["db:migrat"]);
    expect(output).toContain("db:migrate");
  });
});
