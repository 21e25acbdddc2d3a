import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateMigration } from "@velella/data";
import type { AnyEntity } from "@velella/data";
import { expect, test } from "vitest";

const modules = [
  "api-key",
  "auth",
  "currency",
  "customer",
  "notification",
  "pricing",
  "product",
  "region",
  "sales-channel",
  "store",
  "user",
];

test.each(modules)("the migrations of %s make what its models say", async (folder) => {
  const models = (await import(`./${folder}/models.ts`)) as Record<string, AnyEntity>;
  const directory = await mkdtemp(join(tmpdir(), "velella-migrations-"));
  try {
    await cp(join(__dirname, folder, "migrations"), directory, { recursive: true });
    const generated = await generateMigration({
      module: folder.replaceAll("-", "_"),
      models: Object.values(models),
      directory,
      allowDestructive: true,
    });
    expect(generated.up).toEqual([]);
  } finally {
    await rm(directory, { recursive: true });
  }
});
