import type { SqlConnection } from "@velella/kernel";

/** The same connection, which tells each statement before it runs it, in transactions too. */
export function recordStatements(connection: SqlConnection, tell: (text: string) => void): SqlConnection {
  return {
    query: (text, params, name) => {
      tell(text);
      return connection.query(text, params, name);
    },
    transaction: (run, options) =>
      connection.transaction((transaction) => {
        const query = transaction.query.bind(transaction);
        transaction.query = (text, params, name) => {
          tell(text);
          return query(text, params, name);
        };
        return run(transaction);
      }, options),
    session: () => connection.session(),
    close: () => connection.close(),
  };
}
