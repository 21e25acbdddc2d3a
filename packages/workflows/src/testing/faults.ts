import type { SqlConnection, SqlExecutor, SqlTransaction } from "@velella/kernel";

/** A place between two statements: the number, counted from 1, of the one that ended, how it begins, and where it ran. */
export interface Boundary {
  number: number;
  statement: string;
  inTransaction: boolean;
}

/**
 * A connection that calls `at` after each statement and each commit, and waits for it. What a transaction sends without
 * waiting for it is waited for before the commit, so that there is a boundary between the two.
 */
export function withFaults(connection: SqlConnection, at: (boundary: Boundary) => void | Promise<void>): SqlConnection {
  let number = 0;
  const around = async <T>(statement: string, inTransaction: boolean, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } finally {
      await at({ number: ++number, statement, inTransaction });
    }
  };
  const query =
    (executor: SqlExecutor, inTransaction: boolean): SqlExecutor["query"] =>
    (text, params, name) =>
      around(text.replace(/\s+/g, " ").slice(0, 60), inTransaction, () => executor.query(text, params, name));
  return {
    query: query(connection, false),
    transaction: (run, options) =>
      around("transaction", false, () =>
        connection.transaction(async (transaction) => {
          const sent: Promise<unknown>[] = [];
          const inside = query(transaction, true);
          const wrapped: SqlTransaction = Object.assign(Object.create(transaction) as SqlTransaction, {
            query: ((text, params, name) => {
              const answered = inside(text, params, name);
              sent.push(answered);
              return answered;
            }) as SqlExecutor["query"],
            afterCommit: (callback: () => void) => transaction.afterCommit(callback),
          });
          const result = await run(wrapped);
          await Promise.allSettled(sent);
          return result;
        }, options),
      ),
    session: () => connection.session(),
    close: () => connection.close(),
  };
}
