import { createConnection } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import { silentLogger } from "@velella/kernel";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import { MemoryLockStore } from "./memory-lock-store";
import { migrateLocks, PostgresLockStore } from "./postgres-lock-store";
import { StoreLockProvider } from "./store-lock-provider";

const leaseMs = 600;
const lost = (key: string) => `The lock for "${key}" was lost while its job ran: it had expired, and could not be renewed in time.`;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let connection: SqlConnection;
let warnings: string[];
let one: StoreLockProvider;
const logger = { ...silentLogger(), warn: (message: string) => void warnings.push(message) };

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  connection = createConnection({ url: database.url });
  await migrateLocks(connection);
  await connection.query(`delete from velella_lock`);
  warnings = [];
  one = new StoreLockProvider(new PostgresLockStore(connection), { leaseMs }, logger);
});
afterEach(() => connection.close());
afterAll(() => database.drop());

const until = (signal?: AbortSignal) => new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
/** Lets nothing else happen in this process. */
const freeze = (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};
const remove = (key: string) => connection.query(`delete from velella_lock where key = $1`, [key]);

test("while a job runs, the end of its lock is put off again and again", async () => {
  // With a lease that a process which has to wait its turn extends in time.
  const keeping = new StoreLockProvider(new PostgresLockStore(connection), { leaseMs: leaseMs * 3 }, logger);
  await keeping.execute(["a", "b"], async () => {
    const seen = new Set<string>();
    while (seen.size < 4) {
      const { rows } = await connection.query<{ end: string }>(`select min(expires_at)::text as "end" from velella_lock`);
      for (const { end } of rows) seen.add(end);
      await sleep(50);
    }
  });
  expect((await connection.query(`select 1 from velella_lock`)).rows).toEqual([]);
  expect(warnings).toEqual([]);
});

test("a job whose store does not answer is told when its lease is over, not earlier and not later", async () => {
  const since = performance.now();
  const cut = one.execute("cut", async (signal) => {
    await connection.close();
    await until(signal);
    expect(signal?.reason).toMatchObject({ message: lost("cut"), reason: "locking.lost" });
    return performance.now() - since;
  });
  await expect(cut).rejects.toThrow(lost("cut"));
  const ms = performance.now() - since;
  expect(ms).toBeGreaterThan(leaseMs - 20);
  expect(ms).toBeLessThan(leaseMs * 10);
  expect(warnings.length).toBeGreaterThan(1);
  expect(warnings[0]).toMatch(/^The lock for "cut" could not be extended: .*Its job runs on, and this is tried again/);
});

test("a job that is done keeps its result although its lock cannot be given back", async () => {
  const done = await one.execute("cut", async () => {
    await connection.close();
    return "done";
  });
  expect(done).toBe("done");
  expect(warnings).toEqual([expect.stringMatching(/^The lock for "cut" could not be given back: .* It ends by itself\.$/)]);
});

test("a job that was frozen loses its lock also where the store cannot be asked any more", async () => {
  const frozen = one.execute("frozen", async () => {
    await connection.close();
    freeze(leaseMs + 50);
    return "stale";
  });
  await expect(frozen).rejects.toThrow(lost("frozen"));
});

test("what a job failed with after its lock was lost is the cause; the reason of the signal is the error itself", async () => {
  const failed = one.execute("robbed", async (signal) => {
    await remove("robbed");
    await until(signal);
    throw new TypeError("broken");
  });
  await expect(failed).rejects.toMatchObject({ message: lost("robbed"), cause: { message: "broken" } });

  let reason: unknown;
  const stopped = one.execute("robbed", async (signal) => {
    await remove("robbed");
    await until(signal);
    reason = signal?.reason;
    signal?.throwIfAborted();
  });
  expect(await stopped.catch((error: unknown) => error)).toBe(reason);
  // Node wraps the reason when it stops what a signal was given to.
  const waiting = one.execute("robbed", async (signal) => {
    await remove("robbed");
    await sleep(5000, undefined, { signal });
  });
  await expect(waiting).rejects.toMatchObject({ message: lost("robbed"), cause: { name: "AbortError" } });
});

test("a loss that nobody noticed in time comes out when the job is done", async () => {
  await expect(one.execute(["a", "b"], () => remove("b"))).rejects.toThrow(
    'The lock for "a", "b" was lost while its job ran: it had expired, and could not be renewed in time.',
  );
  await one.acquire(["a", "b"]);
});

test("a job with an end loses its lock then, though its process was frozen", async () => {
  const locks = new StoreLockProvider(new MemoryLockStore(), { leaseMs: 0 }, silentLogger());
  await expect(locks.execute("frozen", async () => freeze(150), { expire: 0.1 })).rejects.toThrow(
    'The lock for "frozen" was lost while its job ran: its time was over.',
  );
});

test("a job may have an end that is farther than any timer of Node", async () => {
  const overflows: Error[] = [];
  const listener = (warning: Error) => void overflows.push(warning);
  process.on("warning", listener);
  expect(await one.execute("far", async (signal) => (await sleep(50), signal?.aborted), { expire: 90 * 86_400 })).toBe(false);
  process.off("warning", listener);
  expect(overflows).toEqual([]);
});
