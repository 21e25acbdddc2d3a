import { createConnection } from "@velella/data";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import { PostgresSessionStore } from "./postgres-session-store";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let connection: ReturnType<typeof createConnection>;
beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url });
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

test("sessions in PostgreSQL: stored, replaced, expired, destroyed", async () => {
  const store = new PostgresSessionStore(connection);
  await store.migrate();
  await store.migrate();
  const later = new Date(Date.now() + 60_000);
  await store.set("a", { user: { id: "1" } }, later);
  await store.set("a", { user: { id: "2" } }, later);
  await store.set("b", {}, new Date(Date.now() - 1000));
  expect(await store.get("a")).toEqual({ user: { id: "2" } });
  expect(await store.get("b")).toBeUndefined();
  await store.destroy("a");
  expect(await store.get("a")).toBeUndefined();
});
