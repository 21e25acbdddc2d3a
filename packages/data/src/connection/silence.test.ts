import { setTimeout as sleep } from "node:timers/promises";
import { isConnectionError, silentLogger } from "@velella/kernel";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase } from "../testing/database";
import type { TestDatabase } from "../testing/database";
import { silentProxy } from "../testing/silent-proxy";
import type { SilentProxy } from "../testing/silent-proxy";
import { createConnection } from "./connection";
import { underLock } from "./under-lock";

// A host that vanishes: nothing is refused, nothing is closed, and nothing is said any more.

let database: TestDatabase;
let proxy: SilentProxy;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await silentProxy(database.url);
});
afterAll(async () => {
  await proxy.close();
  await database.drop();
});

/** Whoever is connected hears nothing any more; those who connect later do. */
const vanish = () => {
  proxy.vanish();
  proxy.comeBack();
};
const open = (options: object = {}) => createConnection({ url: proxy.url, statementTimeoutMs: 300, logger: silentLogger(), ...options });
const silent = { code: "ETIMEDOUT", message: "The database server has said nothing for 2.33 s, though it was asked something" };

test("a statement that nobody answers fails, and the next one gets another connection", async () => {
  const connection = open({ poolSize: 1 });
  await connection.query("select 1");
  vanish();
  const failure: unknown = await connection.query("select 1").catch((error: unknown) => error);
  expect(failure).toMatchObject(silent);
  expect(isConnectionError(failure)).toBe(true);
  expect((await connection.query("select 2 as n")).rows).toStrictEqual([{ n: 2 }]);
  await connection.close();
});

test("so does a commit, and what is asked in a session; a session that only listens is left alone", async () => {
  const connection = open();
  const [session, listening] = [await connection.session(), await connection.session()];
  await listening.query("listen nothing");
  let ended = 0;
  for (const one of [session, listening]) one.onEnd(() => ended++);
  await session.query("select 1");
  const committing = connection.transaction(async (transaction) => {
    await transaction.query("select 1");
    vanish();
  });
  const asked = committing.catch(() => undefined).then(() => session.query("select 1"));
  await expect(committing).rejects.toMatchObject(silent);
  await expect(asked).rejects.toMatchObject(silent);
  await sleep(300);
  expect(ended).toBe(1);
  await connection.close();
});

test("what the server itself ends, and what may take longer, is waited for", async () => {
  const connection = open();
  await expect(connection.query("select pg_sleep(3)")).rejects.toMatchObject({ code: "57014" });
  const slow = await underLock(connection, "1, 2", (executor) => executor.query("select pg_sleep(3), 1 as n"));
  expect(slow.rows).toMatchObject([{ n: 1 }]);
  await connection.close();
});

test("an idle connection that is lost is worth a warning, unless it was told to end", async () => {
  const warnings: string[] = [];
  const connection = open({ poolSize: 1, logger: { ...silentLogger(), warn: (text: string) => warnings.push(text) } });
  const lost = "An idle database connection was lost: terminating connection due to administrator command";
  await connection.query("select 1");
  proxy.sayFarewell();
  await vi.waitFor(() => expect(warnings).toStrictEqual([lost]), { timeout: 10_000 });
  await connection.query("select 1");
  proxy.vanish();
  const closed = connection.close();
  proxy.sayFarewell();
  await closed;
  await sleep(50);
  proxy.comeBack();
  expect(warnings).toStrictEqual([lost]);
});
