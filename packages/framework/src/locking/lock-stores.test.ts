import { createConnection } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import { MemoryLockStore } from "./memory-lock-store";
import { migrateLocks, PostgresLockStore } from "./postgres-lock-store";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let connection: SqlConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url });
  await migrateLocks(connection);
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

test("PostgreSQL: who asks for a lock that is held leaves no trace, and does not wait for who is taking it", async () => {
  const store = new PostgresLockStore(connection);
  await store.take(["b"], "ada", 60_000);
  const trace = async () => (await connection.query(`select xmin::text, xmax::text, * from velella_lock`)).rows;
  const before = await trace();
  expect(await store.take(["b"], "eve", 60_000)).toBe("b");
  expect(await store.take(["b"], null, 60_000)).toBe("b");
  expect(await store.take(["a", "b"], "eve", 60_000)).toBe("b");
  expect(await trace()).toEqual(before);
  await store.giveBackAll("ada");
});

test("PostgreSQL: locks taken, extended and given back at once, in any order of keys, block nobody", async () => {
  const store = new PostgresLockStore(connection);
  const keys = ["a", "b", "c"];
  const shuffled = () => keys.toSorted(() => Math.random() - 0.5);
  let held = 0;
  const owner = async (name: string) => {
    for (let round = 0; round < 40; round++) {
      if ((await store.take(shuffled(), name, 20)) !== undefined) continue;
      held++;
      // The locks are short, so that some have ended, and are taken by others, while they are extended.
      if (round % 3 === 0) await sleep(15);
      await store.extend(shuffled(), name, 20);
      if (round % 2 === 0) await store.giveBack(shuffled(), name);
      else await store.giveBackAll(name);
    }
  };
  // A deadlock of rows would be an error after a second.
  await Promise.all(["ada", "bob", "eve", "dan"].map(owner));
  expect(held).toBeGreaterThan(4);
});

test("PostgreSQL: rows of locks that ended go away, though nobody wants their keys again", async () => {
  const store = new PostgresLockStore(connection, 0);
  await store.take(["ended 1", "ended 2"], "ada", 1);
  await store.take(["held"], "ada", 60_000);
  await store.take(["for ever"], null, 0);
  await sleep(20);
  await store.take(["next"], "eve", 60_000);
  const { rows } = await connection.query<{ key: string }>(`select key from velella_lock order by key`);
  expect(rows.map(({ key }) => key)).toEqual(["for ever", "held", "next"]);
});

test("in process: locks that ended do not pile up, though nobody wants their keys again", async () => {
  const store = new MemoryLockStore();
  await store.take(["held"], "ada", 60_000);
  for (let batch = 0; batch < 5; batch++) {
    for (let index = 0; index < 1000; index++) await store.take([`${batch}/${index}`], "ada", 1);
    await sleep(10);
  }
  expect(store["locks"].size).toBeLessThan(2500);
  expect(await store.take(["held"], "eve", 1)).toBe("held");
});
