import { createTestDatabase } from "@velella/data/testing";
import { expect, test } from "vitest";
import { shopDirectory } from "../support/command-line";
import { adminHeaders, prepareDatabase, startApp } from "../support/running-app";
import { expectWhole, writeUntilKilled } from "./shop-under-kill";
import type { Answered } from "./shop-under-kill";

// Ten starts of a whole shop.
test("a server killed ten times in the middle of writes loses nothing and leaves nothing half done", { timeout: 240_000 }, async () => {
  const database = await createTestDatabase();
  const options = { directory: shopDirectory, env: { DATABASE_URL: database.url } };
  await prepareDatabase(options);
  const answered: Answered = { created: new Set(), updated: new Map() };
  let app = await startApp(options);
  try {
    const brand = await app.request("POST", "/admin/brands", { headers: await adminHeaders(app), body: { name: "Vela", handle: "vela" } });
    for (let round = 0; round < 10; round++) {
      await writeUntilKilled(app, brand.body.brand.id, answered, round * 61, () => app.kill());
      app = await startApp(options);
      await expectWhole(database.url, answered);
    }
    expect(answered.created.size).toBeGreaterThanOrEqual(40);
  } finally {
    await app.stop();
    await database.drop();
  }
});
