import { join } from "node:path";
import { commerceDefaults, coreModules } from "@velella/commerce";
import { defaultTypes } from "@velella/framework";
import { expect, test } from "vitest";

const written = join(__dirname, "..", "..", "packages", "commerce", "src", "graph-types.ts");

// `npx vitest run --project app tests/types/graph-types.test.ts -u` writes the file anew.
test("what query.graph gives of the commerce modules is declared as they are", async () => {
  const requests = Object.fromEntries(Object.entries(coreModules).map(([key, { folder }]) => [key, `./modules/${folder}`]));
  await expect(defaultTypes(commerceDefaults, requests)).toMatchFileSnapshot(written);
});
