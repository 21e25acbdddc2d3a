import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabaseServer } from "./harness/databases.mjs";
import type { DatabaseServer } from "./harness/databases.mjs";
import { hasKit } from "./harness/kit.mjs";
import { readPassing } from "./harness/passing.mjs";
import { createReplayer } from "./harness/replay.mjs";

const passing = readPassing();

// The recorded scenarios lie beside the repository, and a clone alone does not have them.
describe.runIf(hasKit)("recorded scenarios answer as the reference does", () => {
  let databases: DatabaseServer;
  let replayer: ReturnType<typeof createReplayer>;
  beforeAll(async () => {
    databases = await openDatabaseServer();
    replayer = createReplayer(databases);
  });
  afterAll(() => databases?.close());

  test.each(Object.keys(passing))("%s", async (file) => {
    const result = await replayer.replay(file);
    const missing = passing[file]?.filter((step) => !result.passed.includes(step));
    expect(missing, result.report).toEqual([]);
  });
});
