import { setTimeout as sleep } from "node:timers/promises";
import { timeOutStatements } from "@velella/kernel";
import type { SqlConnection, SqlExecutor } from "@velella/kernel";
import { isNoSessionError } from "./errors";

/** What runs under an advisory lock: statements, one after another, and transactions of them. None has a time-out. */
export interface LockedExecutor extends SqlExecutor {
  transaction<T>(work: (executor: SqlExecutor) => Promise<T>): Promise<T>;
}

const retryMs = 50;

const noTimeouts = (scope: "set" | "set local") =>
  timeOutStatements(scope, { statement_timeout: 0, lock_timeout: 0, idle_in_transaction_session_timeout: 0 });

/**
 * Runs something that only one process at a time may do in a database; the others wait, however long it takes. The lock is
 * gone with the process that holds it.
 *
 * It is held by a session of its own. Behind a pooler in transaction mode without a direct way to the server there is
 * none: then a transaction that is open meanwhile holds it, and the work runs on other connections of the pool.
 *
 * @param lock The key as SQL, such as `1, 2` or `hashtextextended('velella:seed', 0)`.
 */
export async function underLock<T>(connection: SqlConnection, lock: string, run: (executor: LockedExecutor) => Promise<T>): Promise<T> {
  const session = await connection.session().catch((error: unknown) => {
    if (isNoSessionError(error)) return undefined;
    throw error;
  });
  if (!session) return underTransaction(connection, lock, run);
  try {
    await session.query(noTimeouts("set"));
    while (!(await isFree(session, `pg_try_advisory_lock(${lock})`))) await sleep(retryMs);
    return await run({
      query: (text, params, name) => session.query(text, params, name),
      async transaction(work) {
        await session.query("begin");
        try {
          const result = await work(session);
          await session.query("commit");
          return result;
        } catch (error) {
          // A session that was lost has been rolled back by the server; the cause is what must be told.
          await session.query("rollback").catch(() => undefined);
          throw error;
        }
      },
    });
  } finally {
    await session.release();
  }
}

async function underTransaction<T>(connection: SqlConnection, lock: string, run: (executor: LockedExecutor) => Promise<T>): Promise<T> {
  const executor: LockedExecutor = {
    query: (text, params, name) => connection.query(text, params, name),
    transaction: (work) =>
      connection.transaction(async (transaction) => {
        await transaction.query(noTimeouts("set local"));
        return work(transaction);
      }),
  };
  for (;;) {
    const done = await connection.transaction(async (holder) => {
      await holder.query(noTimeouts("set local"));
      return (await isFree(holder, `pg_try_advisory_xact_lock(${lock})`)) ? { result: await run(executor) } : undefined;
    });
    if (done) return done.result;
    await sleep(retryMs);
  }
}

/**
 * Tries instead of waiting: `create index concurrently` waits for every statement that runs, also for those that wait for
 * the lock which its own process holds.
 */
async function isFree(executor: SqlExecutor, attempt: string): Promise<boolean> {
  const { rows } = await executor.query<{ free: boolean }>(`select ${attempt} as free`);
  return rows[0]?.free ?? false;
}
