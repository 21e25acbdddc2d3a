import type { SharedContext, SqlManager } from "@velella/kernel";
import { silentLogger } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createConnection } from "../connection/connection";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Genre } from "../testing/studio/models";
import { InjectManager, InjectTransactionManager, SharedContextParam } from "./context-decorators";
import { ModuleService } from "./module-service";
import { createRepository } from "./repository";
import { managerFor } from "./sql-manager";

class GenreService extends ModuleService({ Genre }) {
  /** As many apps declare it: with a class field, which is empty after the generated constructor. */
  protected baseRepository_: unknown;

  @InjectTransactionManager()
  async createBoth(first: string, second: string, @SharedContextParam() sharedContext: SharedContext = {}) {
    await this.createGenres({ code: first, name: first }, sharedContext);
    await this.createGenres({ code: second, name: second }, sharedContext);
  }

  /** Forgets to pass the context on: the calls still belong to the same transaction. */
  @InjectTransactionManager()
  async createForgetful(code: string, fail: boolean, @SharedContextParam() _sharedContext: SharedContext = {}) {
    await this.createGenres({ code, name: code });
    if (fail) throw new Error("failed after creating");
    return (await this.listGenres({ code })).length;
  }

  /** Goes on after a violation that it expects. */
  @InjectTransactionManager()
  async createOrKeep(code: string, @SharedContextParam() sharedContext: SharedContext = {}) {
    await this.createGenres({ code, name: "new" }, sharedContext).catch(() => undefined);
    return (await this.retrieveGenre(code, {}, sharedContext)).name;
  }

  @InjectManager()
  async managerState(@SharedContextParam() sharedContext: SharedContext = {}) {
    const [row] = await (sharedContext.manager as SqlManager).execute<{ n: number }>("select count(*)::int as n from genre");
    return { count: row?.n, inTransaction: sharedContext.transactionManager !== undefined };
  }

  @InjectTransactionManager()
  async isolation(@SharedContextParam() sharedContext: SharedContext = {}) {
    return (sharedContext.transactionManager as SqlManager).execute("show transaction_isolation");
  }
}

let studio: StudioDatabase;
let service: GenreService;
const serviceOn = (connection: StudioDatabase["connection"]) => new GenreService({ baseRepository: createRepository(connection) });

beforeAll(async () => {
  studio = await createStudioDatabase();
  service = serviceOn(studio.connection);
});
beforeEach(async () => {
  await studio.connection.query("delete from genre; insert into genre (code, name) values ('rock', 'Rock')");
});
afterAll(() => studio.drop());

const codes = async () => (await service.listGenres()).map((genre) => genre.code).join();

test("a service joins the transaction of its caller, by the shared context alone", async () => {
  const failing = studio.connection.transaction(async (tx) => {
    const sharedContext = { transactionManager: managerFor(tx) };
    await service.createBoth("a", "b", sharedContext);
    expect(await service.listGenres({ code: ["a", "b"] }, {}, sharedContext)).toHaveLength(2);
    expect(await codes()).toBe("rock");
    expect(await service.managerState(sharedContext)).toEqual({ count: 3, inTransaction: true });
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await codes()).toBe("rock");
  expect(await service.managerState()).toEqual({ count: 1, inTransaction: false });
});

test("a caught violation leaves the caller's transaction usable, and nothing of the failed method behind", async () => {
  await studio.connection.transaction(async (tx) => {
    const sharedContext = { transactionManager: managerFor(tx) };
    await service.createGenres({ code: "before", name: "x" }, sharedContext);
    await expect(service.createGenres({ code: "rock", name: "x" }, sharedContext)).rejects.toThrow(
      "Genre with code: rock, already exists.",
    );
    await expect(service.createBoth("half", "rock", sharedContext)).rejects.toThrow("already exists");
    await service.createGenres({ code: "after", name: "x" }, sharedContext);
  });
  expect(await codes()).toBe("after,before,rock");
  expect(await service.createOrKeep("rock")).toBe("Rock");
  expect(await service.createOrKeep("pop")).toBe("new");
});

test("two writes at once in one transaction: one fails, the other stays", async () => {
  await studio.connection.transaction(async (tx) => {
    const sharedContext = { transactionManager: managerFor(tx) };
    await Promise.allSettled([
      service.createBoth("one", "rock", sharedContext),
      service.createBoth("two", "three", sharedContext),
      service.createGenres({ code: "rock", name: "x" }, sharedContext),
      service.createGenres({ code: "four", name: "x" }, sharedContext),
    ]);
  });
  expect(await codes()).toBe("four,rock,three,two");
});

test("calls of a service to itself join its own transaction, calls of another service do not", async () => {
  expect(await service.createForgetful("kept", false)).toBe(1);
  await expect(service.createForgetful("undone", true)).rejects.toThrow("failed after creating");
  expect(await codes()).toBe("kept,rock");
  const other = serviceOn(studio.connection);
  await expect(
    studio.connection.transaction(async (tx) => {
      await service.createGenres({ code: "undone", name: "x" }, { transactionManager: managerFor(tx) });
      await other.createGenres({ code: "own", name: "x" });
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  expect(await codes()).toBe("kept,own,rock");
});

test("a context is of no use after its transaction", async () => {
  let kept: SharedContext = {};
  await studio.connection.transaction(async (tx) => void (kept = { transactionManager: managerFor(tx) }));
  await expect(service.createGenres({ code: "late", name: "x" }, kept)).rejects.toMatchObject({ reason: "connection.transaction_ended" });
  await expect(service.listGenres({}, {}, kept)).rejects.toMatchObject({ reason: "connection.transaction_ended" });
});

test("a pool of one is enough for methods that use their own service", async () => {
  const connection = createConnection({ url: studio.url, poolSize: 1, logger: silentLogger() });
  const alone = serviceOn(connection);
  try {
    await alone.createBoth("a", "b");
    expect(await alone.createForgetful("c", false)).toBe(1);
    await Promise.all(["d", "e", "f"].map((code) => alone.createForgetful(code, false)));
    expect(await codes()).toBe("a,b,c,d,e,f,rock");
    // Another service's call without context, awaited inside, could never end: it is an error instead.
    await expect(connection.transaction(async (tx) => (await tx.query("select 1"), alone.listGenres()))).rejects.toMatchObject({
      reason: "connection.pool_deadlock",
    });
  } finally {
    await connection.close();
  }
});

test("a module with a database of its own does not join a transaction of another", async () => {
  const elsewhere = await createStudioDatabase();
  try {
    const remote = serviceOn(elsewhere.connection);
    await expect(
      studio.connection.transaction(async (tx) => {
        await remote.createGenres({ code: "far", name: "x" }, { transactionManager: managerFor(tx) });
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await remote.listGenres({ code: "far" })).toHaveLength(1);
    const whole = studio.connection.transaction(
      async (tx) => {
        const context = { transactionManager: managerFor(tx) };
        expect(await remote.listGenres({ code: "far" }, {}, context)).toHaveLength(1);
        await remote.createGenres({ code: "farther", name: "x" }, context);
      },
      { allOrNothing: true },
    );
    await expect(whole).rejects.toMatchObject({ reason: "service.elsewhere" });
    expect(await remote.listGenres({ code: "farther" })).toHaveLength(0);
  } finally {
    await elsewhere.drop();
  }
});

test("isolation levels reach the database", async () => {
  expect(await service.isolation()).toEqual([{ transaction_isolation: "read committed" }]);
  expect(await service.isolation({ isolationLevel: "SERIALIZABLE" })).toEqual([{ transaction_isolation: "serializable" }]);
  await expect(service.isolation({ isolationLevel: "none; drop table genre" })).rejects.toMatchObject({
    reason: "connection.bad_isolation_level",
  });
});

test("generated methods run at the isolation level that they are given", async () => {
  const levels: (string | undefined)[] = [];
  const { connection } = studio;
  const spied = serviceOn({
    ...{ query: connection.query.bind(connection), session: () => connection.session(), close: () => connection.close() },
    transaction: (run, options) =>
      connection.transaction(async (tx) => {
        levels.push((await tx.query<{ transaction_isolation: string }>("show transaction_isolation")).rows[0]?.transaction_isolation);
        return run(tx);
      }, options),
  });
  const context = { isolationLevel: "serializable" };
  const repeatable = { isolationLevel: "repeatable read" };
  await spied.createGenres({ code: "a", name: "x" }, context);
  await spied.updateGenres([{ code: "a", name: "y" }, { code: "rock" }], repeatable);
  await spied.updateGenres({ selector: { code: "a" }, data: { name: "z" } }, context);
  await spied.listAndCountGenres({}, { take: 1, skip: 9 }, repeatable);
  await spied.softDeleteGenres("a", {}, context);
  await spied.deleteGenres("a", repeatable);
  const [first, second] = ["serializable", "repeatable read"];
  expect(levels).toEqual([first, second, first, second, first, second]);
  const nonsense = { isolationLevel: "nonsense" };
  for (const call of [
    () => service.createGenres({ code: "b", name: "x" }, nonsense),
    () => service.listGenres({}, {}, nonsense),
    () => service.deleteGenres("rock", nonsense),
  ])
    await expect(call()).rejects.toMatchObject({ reason: "connection.bad_isolation_level" });
  expect(await codes()).toBe("rock");
});

test("what is no transaction of this app is no context to write in", async () => {
  const repository = createRepository(studio.connection);
  const wrong: [unknown, string][] = [
    [{}, "{}"],
    ["trx", "'trx'"],
    [() => undefined, "a function"],
    [{ executor: {} }, "a manager outside of any transaction"],
    [repository.getFreshManager(), "a manager outside of any transaction"],
  ];
  for (const [transactionManager, received] of wrong) {
    const context = { transactionManager } as SharedContext;
    const refused = {
      type: "invalid_argument",
      reason: "service.no_transaction",
      message: `The shared context's "transactionManager" is no manager of a transaction of this app: ${received} came.`,
    };
    await expect(service.createGenres({ code: "zz", name: "x" }, context)).rejects.toMatchObject(refused);
    await expect(service.listGenres({}, {}, context)).rejects.toMatchObject(refused);
    await expect(service.deleteGenres("rock", context)).rejects.toMatchObject(refused);
    await expect(repository.transaction(async () => 1, { transaction: transactionManager as SqlManager })).rejects.toMatchObject(refused);
    await expect(async () => service.createForgetful("zz", false, context)).rejects.toMatchObject(refused);
  }
  // A manager for raw SQL alone says nothing of transactions.
  expect(await service.listGenres({}, {}, { manager: repository.getFreshManager() })).toHaveLength(1);
  expect(await codes()).toBe("rock");
});

test("an update by selector holds the rows that it found, and leaves out those that vanished before", async () => {
  const genres = Array.from({ length: 40 }, (_, index) => ({ code: `g${String(index).padStart(2, "0")}`, name: "0" }));
  for (let round = 0; round < 5; round++) {
    await studio.connection.query("delete from genre where code like 'g%'");
    await service.createGenres(genres);
    const gone = genres.filter((_, index) => index % 5 === round).map(({ code }) => code);
    const [updated] = await Promise.all([
      service.updateGenres({ selector: { code: { $like: "g%" } }, data: { name: "1" } }),
      service.deleteGenres(gone.slice(0, 4)),
      service.softDeleteGenres(gone.slice(4)),
    ]);
    expect(updated.length).toBeGreaterThanOrEqual(genres.length - gone.length);
    expect(await service.listGenres({ code: { $like: "g%" }, name: "0" })).toEqual([]);
  }
  // Surely in the middle: the update waits for a delete that is not committed yet.
  await service.createGenres([
    { code: "x1", name: "0" },
    { code: "x2", name: "0" },
  ]);
  let updating: Promise<{ code: string }[]> | undefined;
  await studio.connection.transaction(async (tx) => {
    await tx.query("delete from genre where code = 'x1'");
    updating = service.updateGenres({ selector: { code: ["x1", "x2"] }, data: { name: "1" } });
    await waitForLock(studio.connection);
  });
  expect((await updating)?.map((row) => row.code)).toEqual(["x2"]);
});

/** Waits until a statement waits for a lock. */
async function waitForLock(connection: StudioDatabase["connection"]): Promise<void> {
  const text = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  while ((await connection.query(text)).rows.length === 0);
}

test("an update by selector reaches soft-deleted rows where it asks for them", async () => {
  await service.softDeleteGenres("rock");
  await service.createGenres({ code: "pop", name: "Pop" });
  const deleted = { deleted_at: { $ne: null } };
  expect(await service.updateGenres({ selector: { code: ["rock", "pop"] }, data: { name: "x" } })).toMatchObject([{ code: "pop" }]);
  expect(
    await service.updateGenres([
      { selector: deleted, data: { name: "gone" } },
      { selector: { code: "pop" }, data: { name: "kept" } },
    ]),
  ).toMatchObject([
    { code: "rock", name: "gone", deleted_at: expect.any(Date) },
    { code: "pop", name: "kept" },
  ]);
  expect(await service.updateGenres({ selector: deleted, data: { deleted_at: null } })).toMatchObject([{ code: "rock", deleted_at: null }]);
  expect(await codes()).toBe("pop,rock");
  await expect(service.updateGenres({ selector: "nobody" as never, data: { name: "x" } })).rejects.toThrow(
    'Genre with code "nobody" not found',
  );
});

test("the repository runs work in a transaction, and joins one", async () => {
  const repository = createRepository(studio.connection);
  await repository.transaction(async (manager) => {
    await manager.execute("insert into genre (code, name) values (?, ?)", ["a", "x"]);
    await repository.transaction(async (inner) => void (await inner.execute("insert into genre (code, name) values ($1, $1)", ["b"])), {
      transaction: manager,
    });
    const undone = repository.transaction(
      async (inner) => {
        await inner.execute("insert into genre (code, name) values ('c', 'x')");
        throw new Error("no");
      },
      { transaction: manager, enableNestedTransactions: true },
    );
    await expect(undone).rejects.toThrow("no");
    expect(repository.getActiveManager({ transactionManager: manager })).toBe(manager);
  });
  expect(await codes()).toBe("a,b,rock");
  const at = new Date();
  expect(await repository.serialize([{ at, big: { toJSON: () => 7 }, list: [{ x: 1 }] }])).toEqual([{ at, big: 7, list: [{ x: 1 }] }]);
});

test("a misused decorator is an error at once, with what to do", async () => {
  class Wrong {
    method() {
      return 1;
    }
  }
  expect(() =>
    InjectManager()(
      Wrong.prototype,
      "method",
      Object.getOwnPropertyDescriptor(Wrong.prototype, "method") as TypedPropertyDescriptor<unknown>,
    ),
  ).toThrow("@InjectManager stands on Wrong.method(), none of whose parameters is marked");
  expect(() => ModuleService({ Nothing: undefined as never })).toThrow('ModuleService was given undefined as "Nothing"');
  await expect(new (ModuleService({ Genre }))({}).listGenres()).rejects.toMatchObject({ reason: "service.no_repository" });
});
