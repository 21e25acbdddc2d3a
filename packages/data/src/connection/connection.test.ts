import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { SqlConnection, SqlTransaction } from "@velella/kernel";
import { isConnectionError, silentLogger } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase } from "../testing/database";
import type { TestDatabase } from "../testing/database";
import { connectionOf, createConnection } from "./connection";

let database: TestDatabase;
let connection: SqlConnection;
const logger = silentLogger();

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url, poolSize: 4, logger });
});
beforeEach(async () => {
  await connection.query("drop table if exists note; create table note (id int primary key, text text)");
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

const texts = async () => (await connection.query<{ text: string }>("select text from note order by id")).rows.map((row) => row.text);

test("statements are not compiled, which takes longer than nearly any of them runs", async () => {
  expect((await connection.query("show jit")).rows).toEqual([{ jit: "off" }]);
});

test("the stack of a refused statement leads to who sent it", async () => {
  const sendNonsense = async () => void (await connection.query("select nonsense"));
  const error = await sendNonsense().catch((caught: Error) => caught);
  expect((error as Error).stack).toMatch(/column "nonsense" does not exist[\s\S]*at (async )?sendNonsense/);
});

test("values come back as the types that services promise", async () => {
  const { rows } = await connection.query(
    `select '2024-02-03 04:05:06.789123+02'::timestamptz as at, 42::int8 as small, 9007199254740993::int8 as big, 1.10::numeric as exact,
            '{a,"b c"}'::text[] as list, '{"x":[1]}'::jsonb as data, '2024-02-03'::date as day, 4.1::real as real, '0044-03-15 00:00+00 BC'::timestamptz as ides`,
  );
  expect(rows[0]).toEqual({
    at: new Date("2024-02-03T02:05:06.789Z"),
    small: 42,
    big: "9007199254740993",
    exact: "1.10",
    list: ["a", "b c"],
    data: { x: [1] },
    day: "2024-02-03",
    real: 4.1,
    ides: new Date("-000043-03-15T00:00:00.000Z"),
  });
});

test("a transaction commits what it wrote, and calls back after that only", async () => {
  const calls: string[] = [];
  await connection.transaction(async (tx) => {
    await tx.query("insert into note values (1, $1)", ["kept"]);
    tx.afterCommit(async () => void calls.push((await texts()).join()));
    expect(calls).toEqual([]);
  });
  expect(calls).toEqual(["kept"]);
});

test("an error undoes the transaction and passes through", async () => {
  let called = false;
  const failing = connection.transaction(async (tx) => {
    tx.afterCommit(() => void (called = true));
    await tx.query("insert into note values (1, 'lost')");
    throw new Error("changed my mind");
  });
  await expect(failing).rejects.toThrow("changed my mind");
  expect(await texts()).toEqual([]);
  expect(called).toBe(false);
});

test("a caught failure does not let the rest commit silently", async () => {
  const spoiled = connection.transaction(async (tx) => {
    await tx.query("insert into note values (1, 'a')");
    await tx.query("insert into note values (1, 'b')").catch(() => undefined);
  });
  await expect(spoiled).rejects.toMatchObject({ reason: "connection.commit_refused" });
});

test("a failure inside a savepoint leaves the rest of the transaction intact", async () => {
  await connection.transaction(async (tx) => {
    await tx.query("insert into note values (1, 'a')");
    await tx.savepoint(() => tx.query("insert into note values (1, 'b')")).catch(() => undefined);
    await tx.savepoint(async () => {
      await tx.query("insert into note values (2, 'c')");
      await tx.savepoint(() => tx.query("insert into note values (2, 'd')")).catch(() => undefined);
      await tx.query("insert into note values (3, 'e')");
    });
  });
  expect(await texts()).toEqual(["a", "c", "e"]);
});

test("a first statement that fails inside a savepoint leaves a transaction of the same kind", async () => {
  const options = { isolationLevel: "repeatable read" } as const;
  const level = await connection.transaction(async (tx) => {
    await tx.savepoint(() => tx.query("insert into nothing values (1)")).catch(() => undefined);
    await tx.query("insert into note values (1, 'a')");
    return (await tx.query<{ level: string }>("select current_setting('transaction_isolation') as level")).rows[0]?.level;
  }, options);
  expect(await texts()).toEqual(["a"]);
  expect(level).toBe("repeatable read");
});

test.each(["first", "later"])("an error that is caught inside a %s savepoint fails it, and the transaction goes on", async (place) => {
  await connection.transaction(async (tx) => {
    if (place === "later") await tx.query("insert into note values (0, 'before')");
    const spoiled = tx.savepoint(async () => {
      await tx.query("insert into note values (1, 'undone')");
      await tx.query("insert into note values (1, 'duplicate')").catch(() => undefined);
    });
    await expect(spoiled).rejects.toMatchObject({ code: "25P02" });
    const unawaited = tx.savepoint(async () => {
      await tx.query("insert into note values (1, 'undone')");
      tx.query("insert into note values (1, 'duplicate')").catch(() => undefined);
    });
    await expect(unawaited).rejects.toMatchObject({ code: "25P02" });
    await tx.query("insert into note values (1, 'kept')");
  });
  expect(await texts()).toEqual(place === "later" ? ["before", "kept"] : ["kept"]);
});

test("all or nothing: a part that failed fails the whole, also when its error is caught", async () => {
  const spoiled = connection.transaction(
    async (tx) => {
      await tx.query("insert into note values (1, 'a')");
      await tx
        .savepoint(async () => {
          await tx.query("insert into note values (2, 'b')");
          throw new Error("not after all");
        })
        .catch(() => undefined);
      await tx.query("insert into note values (3, 'c')");
    },
    { allOrNothing: true },
  );
  await expect(spoiled).rejects.toMatchObject({ reason: "connection.commit_refused" });
  expect(await texts()).toEqual([]);
});

test("concurrent savepoints of one transaction do not undo each other's work", async () => {
  await connection.transaction(async (tx) => {
    await tx.query("insert into note values (0, 'start')");
    await Promise.allSettled([
      tx.savepoint(async () => {
        await tx.query("insert into note values (1, 'undone')");
        await tx.query("select pg_sleep(0.02)");
        await tx.query("insert into note values (0, 'duplicate')");
      }),
      tx.savepoint(() => tx.query("insert into note values (2, 'kept')")),
      tx.query("insert into note values (3, 'kept too')"),
    ]);
  });
  expect(await texts()).toEqual(["start", "kept", "kept too"]);
});

test("a savepoint that awaits a statement from outside of it: an error instead of waiting for ever", async () => {
  const impatient = createConnection({ url: database.url, lockTimeoutMs: 150, logger });
  try {
    const hanging = impatient.transaction(async (tx) => {
      let open: () => void = () => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      const outside = opened.then(() => tx.query("insert into note values (1, 'outside')"));
      await tx.savepoint(async () => {
        await tx.query("insert into note values (2, 'inside')");
        open();
        await outside;
      });
    });
    await expect(hanging).rejects.toMatchObject({
      reason: "connection.savepoint_wait",
      message: expect.stringMatching(/^A statement waited 150 ms .* insert into note values \(1, 'outside'\)$/),
    });
    expect(await texts()).toEqual([]);
    // What takes long, or goes on, is waited for; and the error of the one that waits leaves the savepoint alone.
    await impatient.transaction(async (tx) => {
      const busy = tx.savepoint(async () => {
        for (let turn = 0; turn < 4; turn++) await tx.query("select pg_sleep(0.1)");
        await tx.query("select pg_sleep(0.3)");
        await tx.query("insert into note values (3, 'busy')");
      });
      const patient = tx.query("insert into note values (4, 'patient')");
      await Promise.all([busy, patient]);
      const idle = tx.savepoint(async () => {
        await sleep(400);
        await tx.query("insert into note values (5, 'idle')");
      });
      await expect(tx.query("select 'impatient'")).rejects.toMatchObject({ reason: "connection.savepoint_wait" });
      await idle;
    });
    expect(await texts()).toEqual(["busy", "patient", "idle"]);
  } finally {
    await impatient.close();
  }
});

test("savepoints that waited for another take turns", async () => {
  await connection.transaction(async (tx) => {
    await tx.query("insert into note values (0, 'start')");
    const part = (id: number, fails: boolean) =>
      tx.savepoint(async () => {
        await tx.query(`insert into note values (${id}, 'part ${id}')`);
        await sleep(5);
        if (fails) throw new Error("no");
      });
    await Promise.allSettled([part(1, false), part(2, true), part(3, false), part(4, true), part(5, false)]);
  });
  expect(await texts()).toEqual(["start", "part 1", "part 3", "part 5"]);
});

test("callbacks registered inside an undone savepoint are forgotten", async () => {
  const calls: number[] = [];
  await connection.transaction(async (tx) => {
    await tx
      .savepoint(async () => {
        tx.afterCommit(() => void calls.push(1));
        throw new Error("no");
      })
      .catch(() => undefined);
    await tx.savepoint(async () => tx.afterCommit(() => void calls.push(2)));
  });
  expect(calls).toEqual([2]);
});

test("a statement after the end of a transaction is refused", async () => {
  let kept: SqlTransaction | undefined;
  await connection.transaction(async (tx) => {
    kept = tx;
    await tx.query("select 1");
  });
  await expect(kept?.query("insert into note values (1, 'late')")).rejects.toMatchObject({
    reason: "connection.transaction_ended",
    message: expect.stringContaining("insert into note"),
  });
  expect(kept?.state).toBe("committed");
});

test("a transaction knows its connection and its isolation level", async () => {
  await connection.transaction(
    async (tx) => {
      expect(connectionOf(tx)).toBe(connection);
      expect((await tx.query("show transaction_isolation")).rows).toEqual([{ transaction_isolation: "serializable" }]);
    },
    { isolationLevel: "serializable" },
  );
});

test("a pool of one serves a transaction, and explains a statement awaited outside of it", async () => {
  const one = createConnection({ url: database.url, poolSize: 1, logger });
  try {
    await one.transaction(async (tx) => {
      await tx.query("insert into note values (1, 'a')");
      await expect(one.query("select 1")).rejects.toMatchObject({ reason: "connection.pool_deadlock" });
      await tx.query("insert into note values (2, 'b')");
    });
    expect(await texts()).toEqual(["a", "b"]);
    // Callers that only have to wait their turn get it.
    await Promise.all([1, 2, 3].map(() => one.transaction((tx) => tx.query("select pg_sleep(0.01)"))));
  } finally {
    await one.close();
  }
});

test("waiting for a free connection has an end", async () => {
  const one = createConnection({ url: database.url, poolSize: 1, acquireTimeoutMs: 50, logger });
  try {
    const slow = one.query("select pg_sleep(0.3)");
    await expect(one.query("select 1")).rejects.toMatchObject({ reason: "connection.no_free_connection" });
    await slow;
    expect((await one.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
  } finally {
    await one.close();
  }
});

test("named statements stay prepared up to a limit", async () => {
  const one = createConnection({ url: database.url, poolSize: 1, maxPreparedStatements: 2, logger });
  try {
    for (let round = 0; round < 3; round++) {
      for (const n of [1, 2, 3, 4]) expect((await one.query(`select $1::int + ${n} as n`, [n], `plus_${n}`)).rows).toEqual([{ n: 2 * n }]);
    }
    const { rows } = await one.query<{ statement: string }>("select statement from pg_prepared_statements order by statement");
    expect(rows.map((row) => row.statement)).toEqual(["select $1::int + 3 as n", "select $1::int + 4 as n"]);
  } finally {
    await one.close();
  }
});

test("without preparing, no statement gets a name and time-outs hold inside transactions", async () => {
  const pooled = createConnection({ url: database.url, poolSize: 1, preparedStatements: false, statementTimeoutMs: 50, logger });
  try {
    await pooled.query("select 1", [], "named");
    expect((await pooled.query("select * from pg_prepared_statements")).rows).toEqual([]);
    await expect(pooled.transaction((tx) => tx.query("select pg_sleep(2)"))).rejects.toMatchObject({ code: "57014" });
  } finally {
    await pooled.close();
  }
  expect(() => createConnection({ url: database.url, preparedStatements: false, schema: "other" })).toThrow(/schema "other"/);
});

test("a plan made stale by a migration is retried outside transactions, and mended after one", async () => {
  const one = createConnection({ url: database.url, poolSize: 1, logger });
  const read = (executor: { query: SqlConnection["query"] }) => executor.query("select * from note where id = $1", [1], "read_note");
  try {
    await connection.query("insert into note values (1, 'a')");
    await read(one);
    await connection.query("alter table note add column extra int default 7");
    expect((await read(one)).rows).toEqual([{ id: 1, text: "a", extra: 7 }]);
    await connection.query("alter table note drop column extra");
    await expect(one.transaction((tx) => read(tx))).rejects.toMatchObject({ reason: "connection.stale_plan", type: "conflict" });
    expect((await one.transaction((tx) => read(tx))).rows).toEqual([{ id: 1, text: "a" }]);
  } finally {
    await one.close();
  }
});

test("a slow statement and a blocked one are cancelled", async () => {
  const strict = createConnection({ url: database.url, statementTimeoutMs: 60, logger });
  // A connection of its own: of two times that are over, the server tells the one that ended first.
  const impatient = createConnection({ url: database.url, lockTimeoutMs: 30, logger });
  try {
    await expect(strict.query("select pg_sleep(5)")).rejects.toMatchObject({ code: "57014" });
    await connection.transaction(async (tx) => {
      await tx.query("lock table note");
      await expect(impatient.query("select * from note")).rejects.toMatchObject({ code: "55P03" });
    });
  } finally {
    await Promise.all([strict, impatient].map((each) => each.close()));
  }
});

test.each([true, false])(
  "a transaction that is left alone is ended, and what it locked is free (preparedStatements: %s)",
  async (preparedStatements) => {
    const strict = createConnection({ url: database.url, preparedStatements, idleInTransactionTimeoutMs: 50, logger });
    try {
      let freed: Promise<unknown> | undefined;
      const forgotten = strict.transaction(async (tx) => {
        await tx.query("lock table note");
        freed = connection.query("select count(*) from note");
        await freed;
      });
      await expect(forgotten).rejects.toThrow();
      expect(await freed).toMatchObject({ rowCount: 1 });
    } finally {
      await strict.close();
    }
  },
);

test("an error of the connection can be told from others", async () => {
  const failed = await connection.query("select 1/0").catch((error: unknown) => error);
  expect([isConnectionError(failed), isConnectionError(new Error("of something else"))]).toEqual([true, false]);
});

test("a wrong database URL fails soon, naming what was tried and what to do", async () => {
  const failure = async (url: string, connectTimeoutMs?: number) => {
    const wrong = createConnection({ url, connectTimeoutMs, logger });
    const since = Date.now();
    const error = await wrong.query("select 1").then(
      () => undefined,
      (caught: Error & { hint?: string }) => caught,
    );
    expect(Date.now() - since).toBeLessThan(5000);
    await wrong.close();
    return `${error?.message} ${error?.hint}`;
  };
  const missing = new URL(database.url);
  missing.pathname = "/no_such_database";
  expect(await failure(missing.toString())).toMatch(/database "no_such_database".*does not exist.*Create the database/);
  expect(await failure("postgres://me:secret@127.0.0.1:1/shop")).toMatch(
    /127\.0\.0\.1:1, database "shop", user "me": .*ECONNREFUSED.*start PostgreSQL/,
  );
  expect(await failure("postgres://me:secret@127.0.0.1:1/shop")).not.toContain("secret");
  const silent = createServer(() => undefined).listen(0);
  try {
    expect(await failure(`postgres://me@127.0.0.1:${(silent.address() as AddressInfo).port}/shop`, 200)).toMatch(/no answer in time/);
  } finally {
    silent.close();
  }
  expect(() => createConnection({ url: "postgres://a b:nope:x/%%%" })).toThrow(expect.objectContaining({ reason: "connection.bad_url" }));
});

test("a lost connection fails its statement and not the process; the next one works", async () => {
  const one = createConnection({ url: database.url, poolSize: 1, logger });
  try {
    const { rows } = await one.query<{ pid: number }>("select pg_backend_pid() as pid");
    const sleeping = one.query("select pg_sleep(5)");
    sleeping.catch(() => undefined);
    await connection.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await expect(sleeping).rejects.toThrow();
    expect((await one.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
  } finally {
    await one.close();
  }
});

test("a connection that is cut inside a transaction fails the transaction and not the process, with the server's code", async () => {
  const one = createConnection({ url: database.url, poolSize: 1, logger });
  try {
    let failure: unknown;
    const cut = one.transaction(async (tx) => {
      const { rows } = await tx.query<{ pid: number }>("select pg_backend_pid() as pid");
      await connection.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
      while ((await connection.query("select from pg_stat_activity where pid = $1", [rows[0]?.pid])).rowCount) await sleep(5);
      // Nothing runs on it when it is cut: only the driver's own event tells, of what has come by now.
      await sleep(20);
      await tx.query("select 1").catch((error: unknown) => {
        failure = error;
        throw error;
      });
    });
    const thrown: unknown = await cut.catch((error: unknown) => error);
    expect(thrown).toBe(failure);
    expect(thrown).toMatchObject({ message: expect.any(String), cause: { code: "57P01" } });
    expect((await one.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
    const refused = one.query("select pg_sleep(5)").catch((error: unknown) => error);
    const cutSleeping = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(5)'`;
    while ((await connection.query(cutSleeping)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await refused).toMatchObject({ code: "57P01" });
    const unreachable = createConnection({ url: "postgres://me@127.0.0.1:1/shop", logger });
    await expect(unreachable.query("select 1")).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    await unreachable.close();
  } finally {
    await one.close();
  }
});

test("a session that breaks says so, even to those who ask afterwards", async () => {
  const session = await connection.session();
  const heard = new Promise((resolve) => session.onEnd(resolve));
  const { rows } = await session.query<{ pid: number }>("select pg_backend_pid() as pid");
  await connection.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
  expect(await heard).toMatchObject({ code: "57P01" });
  expect(await new Promise((resolve) => session.onEnd(resolve))).toMatchObject({ code: "57P01" });
  await session.release();
});

test("a session listens on its own, even when the pool is busy", async () => {
  const one = createConnection({ url: database.url, poolSize: 1, logger });
  const session = await one.session();
  try {
    const heard = new Promise<string[]>((resolve) => session.onNotification((...message) => resolve(message)));
    await session.query("listen news");
    await one.transaction(async (tx) => void (await tx.query("select pg_notify('news', 'hello')")));
    expect(await heard).toEqual(["news", "hello"]);
    const ended = new Promise((resolve) => session.onEnd(resolve));
    await connection.query("select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen news%'");
    expect(await ended).toBeInstanceOf(Error);
  } finally {
    await session.release();
    await one.close();
  }
  await expect(one.query("select 1")).rejects.toMatchObject({ reason: "connection.closed" });
});
