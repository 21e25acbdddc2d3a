import { createTestDatabase } from "@velella/data/testing";
import { Client } from "pg";
import { expect, test } from "vitest";
import { shopDirectory, velella } from "../../../tests/support/command-line";
import { eventually, prepareDatabase, startApp } from "../../../tests/support/running-app";

test("events of a script reach the subscribers of the app that is started later; seeding twice changes nothing", async () => {
  const database = await createTestDatabase();
  const options = { directory: shopDirectory, env: { DATABASE_URL: database.url } };
  const client = new Client({ connectionString: database.url });
  try {
    await prepareDatabase(options);
    const seed = () => velella(["exec", "./src/scripts/seed.ts"], options);
    expect(await seed()).toMatchObject({ code: 0 });
    expect(await seed()).toMatchObject({ code: 0, output: expect.stringContaining("already there") });

    await client.connect();
    const announced = async () => (await client.query("select 1 from notification where template = 'product-created'")).rowCount;
    expect(await announced()).toBe(0);
    const app = await startApp(options);
    try {
      await eventually(async () => (await announced()) === 2, "both products of the seed are in the feed");
    } finally {
      await app.stop();
    }
  } finally {
    await client.end();
    await database.drop();
  }
});
