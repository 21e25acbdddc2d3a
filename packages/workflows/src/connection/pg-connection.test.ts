import { isConnectionError } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { createPgConnection } from "./pg-connection";

let database: TestDatabase;
let connection: SqlConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createPgConnection({ url: database.url });
  await connection.query("create table thing (id int)");
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

describe.each([
  ["with settings of the connection", true],
  ["with settings of the transaction, for poolers", false],
])("%s", (_name, preparedStatements) => {
  test("a transaction that is left alone is ended, and what it locked is free", async () => {
    const strict = createPgConnection({ url: database.url, preparedStatements, idle_in_transaction_session_timeout: 500 });
    let freed: unknown;
    const forgotten = strict.transaction(async (transaction) => {
      await transaction.query("lock table thing");
      freed = (await connection.query("select from thing")).rowCount;
    });
    await expect(forgotten).rejects.toSatisfy(isConnectionError);
    expect(freed).toBe(0);
    await strict.close();
  });

  test("in a transaction, a lock is waited for as long as it may take, and no longer", async () => {
    const strict = createPgConnection({ url: database.url, preparedStatements, lock_timeout: 50 });
    await connection.transaction(async (transaction) => {
      await transaction.query("lock table thing");
      const waits = strict.transaction((other) => other.query("select from thing", []), { isolationLevel: "repeatable read" });
      await expect(waits).rejects.toMatchObject({ code: "55P03" });
    });
    await strict.close();
  });
});

test("errors of statements, transactions and of a server that is away are marked as the connection's", async () => {
  const away = createPgConnection({ url: "postgres://me@127.0.0.1:1/nowhere" });
  const errors = await Promise.all(
    [
      connection.query("select 1/0"),
      connection.transaction((transaction) => transaction.query("select 1/0")),
      away.query("select 1"),
      away.transaction(async () => undefined),
    ].map((failing) => failing.catch((error: unknown) => error)),
  );
  expect(errors.map(isConnectionError)).toStrictEqual([true, true, true, true]);
  const own = await connection.transaction(() => Promise.reject(new Error("of the caller"))).catch((error: unknown) => error);
  expect(isConnectionError(own)).toBe(false);
  await away.close();
});

test("a transaction stands, whatever comes of what is to follow it", async () => {
  const warned: string[] = [];
  const listen = ({ message }: Error) => void warned.push(message);
  process.on("warning", listen);
  const followed: string[] = [];
  const result = await connection.transaction(async (transaction) => {
    transaction.afterCommit(() => {
      throw new Error("mail not sent");
    });
    transaction.afterCommit(() => void followed.push("other"));
    return "done";
  });
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  expect([result, followed]).toStrictEqual(["done", ["other"]]);
  expect(warned).toStrictEqual([expect.stringContaining("mail not sent")]);
});

test("an isolation level that there is not is refused, whatever it says", async () => {
  const wrong = "serializable; drop table thing" as "serializable";
  const refused = connection.transaction((transaction) => transaction.query("select 1"), { isolationLevel: wrong });
  await expect(refused).rejects.toMatchObject({ type: "invalid_argument", reason: "connection.bad_isolation_level" });
  expect((await connection.query("select from thing")).rowCount).toBe(0);
});
