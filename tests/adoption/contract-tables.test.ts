import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createTablesSql, specOf } from "@velella/data";
import type { AnyEntity } from "@velella/data";
import { createTestDatabase } from "@velella/data/testing";
import { Client } from "pg";
import { expect, test } from "vitest";
import { contractTables, differences, hasContract, tablesOf } from "./contract-tables";

/**
 * The tables of the commerce modules are those of the public interface, so that an existing database can be taken over:
 * `contract-tables.txt` has the tables, `contract-differences.txt` what is otherwise here. `vitest -u` writes both; what
 * changes in them is a decision. Of the differences, those that an index is named in are predicates that old migrations of
 * the reference left as they were, where its models and ours say otherwise, and indexes that find pairs from their other end.
 */

const modulesFolder = join(__dirname, "..", "..", "packages", "commerce", "src", "modules");
const modules = readdirSync(modulesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const fixture = join(__dirname, "contract-tables.txt");

test.runIf(hasContract)("the tables that are held against are those of the contract", async () => {
  await expect(`${contractTables(new Set(modules)).join("\n")}\n`).toMatchFileSnapshot(fixture);
});

test("tables, columns, keys, indexes and their predicates are those of the contract, but for what is listed", async () => {
  const wanted = readFileSync(fixture, "utf8").trim().split("\n");
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.url });
  try {
    await client.connect();
    for (const name of modules) {
      const { default: module } = (await import(`@velella/commerce/modules/${name}`)) as {
        default: { service: { $modelObjects: Record<string, AnyEntity> } };
      };
      for (const statement of createTablesSql(Object.values(module.service.$modelObjects).map((each) => specOf(each))))
        await client.query(statement);
    }
    const there = await tablesOf(client);
    expect(there.length).toBeGreaterThan(400);
    await expect(`${differences(wanted, there).join("\n")}\n`).toMatchFileSnapshot(join(__dirname, "contract-differences.txt"));
  } finally {
    await client.end();
    await database.drop();
  }
});
