import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createConnection } from "@velella/data";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runTool } from "../../scripts/check/command.mjs";
import { installAlone } from "./alone";
import { blocksOf } from "./doc-blocks";

const root = join(__dirname, "..", "..");
const run = promisify(execFile);

let database: TestDatabase;
let directory: string;

beforeAll(async () => {
  database = await createTestDatabase();
  directory = realpathSync(mkdtempSync(join(tmpdir(), "velella-alone-")));
  installAlone("@velella/workflows", directory);
});
afterAll(async () => {
  await database?.drop();
  if (directory) rmSync(directory, { recursive: true });
});

const [example] = blocksOf("packages/workflows/README.md");

test("the engine's example type-checks and runs as it stands, on a database and nothing else of ours", async () => {
  symlinkSync(join(root, "node_modules", "@types"), join(directory, "node_modules", "@types"));
  writeFileSync(join(directory, "example.mts"), example!.code);
  const compilerOptions = { strict: true, target: "es2022", module: "node16", types: ["node"], skipLibCheck: true };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["example.mts"] }));
  expect(await runTool(root, "tsc", ["-p", directory])).toEqual({ ok: true, output: "" });

  const env = { ...process.env, DATABASE_URL: database.url };
  const { stdout } = await run(process.execPath, ["example.mjs"], { cwd: directory, env });
  expect(stdout).toBe(`{
  payment: { id: 'fulfil:order-42:charge:invoke', amount: 990 },
  parcel: 'parcel of 42'
}
`);
  const connection = createConnection({ url: database.url });
  try {
    const { rows } = await connection.query<{ tables: number; runs: number }>(
      "select (select count(*)::int from pg_tables where tablename like 'velella_%') as tables, (select count(*)::int from velella_execution) as runs",
    );
    expect(rows[0]?.tables).toBeGreaterThan(5);
    expect(rows[0]?.runs).toBe(0);
  } finally {
    await connection.close();
  }
});
