import type { SqlConnection, SqlExecutor, SqlTransaction } from "@velella/kernel";

/** A connection that calls `at` after each statement and each commit, with its number, counted from 1, and waits for it. */
export function withFaults(connection: SqlConnection, at: (boundary: number, statement: string) => void | Promise<void>): SqlConnection {
  let boundary = 0;
  const around = async <T>(statement: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } finally {
      await at(++boundary, statement);
    }
  };
  const query =
    (executor: SqlExecutor): SqlExecutor["query"] =>
    (text, params, name) =>
      around(text.replace(/\s+/g, " ").slice(0, 60), () => executor.query(text, params, name));
  return {
    query: query(connection),
    transaction: (run, options) =>
      around("transaction", () =>
        connection.transaction((transaction) => {
          const wrapped: SqlTransaction = Object.assign(Object.create(transaction) as SqlTransaction, {
            query: query(transaction),
            afterCommit: (callback: () => void) => transaction.afterCommit(callback),
          });
          return run(wrapped);
        }, options),
      ),
    session: () => connection.session(),
    close: () => connection.close(),
  };
}
