import { defineErrors } from "../errors";

/** What an implementation of `SqlConnection` throws by the contract of its transactions. */
export const transactionErrors = defineErrors("connection", {
  transactionEnded: {
    type: "unexpected_state",
    message: (state: string, statement: string) =>
      `The transaction is already ${state}; this statement came after its end: ${statementExcerpt(statement)}`,
    hint: () => "Await everything inside the transaction's function, and do not keep its context for later.",
  },
  commitRefused: {
    type: "database_error",
    message: () => "The transaction was rolled back instead of committed, because one of its statements failed and the error was caught.",
    hint: () => "Let the error pass through, or run what may fail inside transaction.savepoint(...).",
  },
  badIsolationLevel: {
    type: "invalid_argument",
    message: (level: string) => `There is no isolation level "${level}".`,
    hint: () => 'Use "read committed", "repeatable read" or "serializable".',
  },
});

/** The beginning of a statement in one line, as messages show it. */
export function statementExcerpt(statement: string): string {
  const line = statement.replace(/\s+/g, " ").trim();
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
