import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createTestDatabase, freePort } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spawnVelella, velella } from "../support/command-line";
import { adminCredentials, eventually } from "../support/running-app";
import { scratchApp } from "../support/scratch-app";
import type { ScratchApp } from "../support/scratch-app";

const config = `
import { defineConfig } from "@medusajs/framework/utils";

module.exports = defineConfig({ admin: { disable: true }, modules: [{ resolve: "./src/modules/brand" }] });
`;
const brandModule = (properties: string) => `
import { MedusaService, model, Module } from "@medusajs/framework/utils";

const Brand = model.define("Brand", { id: model.id({ prefix: "brand" }).primaryKey(), ${properties} });

export default Module("brand", { service: class extends MedusaService({ Brand }) {} });
`;
const route = (answer: string) => `
import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";

export const GET = async (_req: MedusaRequest, res: MedusaResponse) => res.json({ answer: "${answer}" });
`;

let database: TestDatabase;
let app: ScratchApp;
let env: Record<string, string | undefined>;

beforeAll(async () => {
  database = await createTestDatabase();
  env = { DATABASE_URL: database.url };
  app = scratchApp({
    "medusa-config.ts": config,
    "src/modules/brand/index.ts": brandModule("name: model.text()"),
    "src/api/answer/route.ts": route("first"),
    "src/scripts/add.ts": `
export default async function ({ container, args }) {
  const brand = await container.resolve("brand").createBrands({ name: args[0] });
  console.log("made", brand.name, args.slice(1).join("|"));
}
`,
  });
});
afterAll(async () => {
  app?.remove();
  await database?.drop();
});

async function succeed(...args: string[]): Promise<string> {
  const { code, output } = await velella(args, { directory: app.directory, env });
  expect(code, output).toBe(0);
  return output;
}

test("generate a migration, run it, change the model, generate again, undo", async () => {
  expect(await succeed("db:generate", "brand")).toMatch(/^ {2}src\/modules\/brand\/migrations\/Migration\d{14}\.ts\nWrote 1 migration\.$/m);
  expect(await succeed("db:generate", "brand")).toContain("The models are as the last migrations left them.");
  expect(await succeed("db:migrate")).toMatch(/brand\/Migration\d{14}/);
  expect(await succeed("db:migrate")).toContain("The database has every migration.");

  app.write("src/modules/brand/index.ts", brandModule("name: model.text(), country: model.text().nullable()"));
  expect(await succeed("db:generate", "brand")).toContain("Wrote 1 migration.");
  expect(await succeed("db:migrate")).toContain("Ran 1 migration.");
  expect(await succeed("db:rollback", "brand")).toContain("Undid 1 migration.");
  expect(await succeed("db:migrate", "--json")).toMatch(/^\{"migrations":\["brand\/Migration\d{14}"\],"links":\[\]\}$/m);
});

test("what may be a rename is asked, and what loses data is left out", async () => {
  app.write("src/modules/brand/index.ts", brandModule("title: model.text(), country: model.text().nullable()"));
  const { code, output } = await velella(["db:generate", "brand"], { directory: app.directory, env });
  expect(code).toBe(1);
  expect(output).toContain("Only you know whether this was renamed: brand.name=title.");
  expect(output).toContain("--renamed brand.name=title");
  expect(await succeed("db:generate", "brand", "--renamed", "brand.name=title")).toContain("Wrote 1 migration.");

  app.write("src/modules/brand/index.ts", brandModule("title: model.text()"));
  const kept = await succeed("db:generate", "brand");
  expect(kept).toMatch(/left out, since it loses data: .*country/);
  expect(kept).toContain("--allow-destructive");
  expect(await succeed("db:generate", "brand", "--allow-destructive")).toContain("Wrote 1 migration.");

  app.write("src/modules/brand/index.ts", brandModule("name: model.text()"));
  await succeed("db:generate", "brand", "--renamed", "brand.title=name");
  await succeed("db:migrate");
});

test("a module that is not there is refused by name", async () => {
  const { code, output } = await velella(["db:generate", "brnad"], { directory: app.directory, env });
  expect(code).toBe(1);
  expect(output).toContain('"brnad"');
  expect(output).toContain("brand");
});

test("a script gets the container and its words", async () => {
  expect(await succeed("exec", "./src/scripts/add.ts", "Vela", "--dry-run", "two words")).toContain("made Vela --dry-run|two words");
  const { code, output } = await velella(["exec", "./src/api/answer/route.ts"], { directory: app.directory, env });
  expect(code).toBe(1);
  expect(output).toContain("has no function as its default export");
});

test("a user is created once", async () => {
  const args = ["user", "--email", adminCredentials.email, "--password", adminCredentials.password];
  expect(await succeed(...args)).toContain(adminCredentials.email);
  const { code, output } = await velella(args, { directory: app.directory, env });
  expect(code).toBe(1);
  expect(output).toContain("already exists");
});

test("routes lists methods, paths and files", async () => {
  expect(await succeed("routes")).toMatch(/^GET +\/answer +src\/api\/answer\/route\.ts$/m);
});

const typesFile = () => join(app.directory, ".velella", "types", "app.d.ts");

test("types are written for the app's modules without a database, and not again when nothing changed", async () => {
  const away = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/nowhere" };
  const { code, output } = await velella(["types"], { directory: app.directory, env: away });
  expect(code, output).toBe(0);
  expect(output.trim()).toBe(`${join(".velella", "types", "app.d.ts")} is written`);
  const text = readFileSync(typesFile(), "utf8");
  expect(text).toContain(`import type BrandModule from "../../src/modules/brand";`);
  expect(text).toContain("    brand: ServiceOf<typeof BrandModule>;");
  expect(text).toContain(`    "brand.Brand": ModelEntity<ModelOf<typeof BrandModule, "Brand">>;`);
  expect(text).not.toContain("product");
  expect(await succeed("types")).toContain("is up to date");
});

test("develop serves a change, shows broken code and serves again when it is mended", async () => {
  const port = await freePort();
  rmSync(typesFile(), { force: true });
  const { child, output } = spawnVelella(["develop", "--port", String(port)], { directory: app.directory, env });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const answers = (answer: string) =>
    eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/answer`).catch(() => undefined);
      return response?.ok && ((await response.json()) as { answer: string }).answer === answer;
    }, `the answer is "${answer}":\n${output()}`);
  try {
    await answers("first");
    await eventually(async () => existsSync(typesFile()), "the types are written");
    app.write("src/api/answer/route.ts", route("second"));
    await answers("second");
    app.write("src/api/answer/route.ts", "export const GET = async ( => {};\n");
    // The one process says what is wrong, the other one that it waits; whose lines come first is not said.
    const told = [
      /src\/api\/answer\/route\.ts:1:\d+ does not compile/,
      /> 1 \| export const GET = async \( => \{\};/,
      /It starts again as soon/,
    ];
    await eventually(async () => told.every((part) => part.test(output())), `the app waits for the next change:\n${output()}`);
    app.write("src/api/answer/route.ts", route("third"));
    await answers("third");
  } finally {
    child.kill("SIGINT");
    await ended;
  }
  await expect(fetch(`http://127.0.0.1:${port}/answer`)).rejects.toThrow();
});
