import { defineErrors } from "@velella/kernel";

/** What can be wrong with the use of a connection. */
export const connectionErrors = defineErrors("connection", {
  transactionEnded: {
    type: "unexpected_state",
    message: (state: string, statement: string) =>
      `A statement was run in a transaction that is ${state} already: ${statement.slice(0, 120)}`,
    hint: () => `Await everything that a transaction does before its function returns.`,
  },
});

const transient = new Set([
  "40001",
  "40P01",
  "53300",
  "57P01",
  "57P02",
  "57P03",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Whether an error of the database says that the same may work a moment later: a lost connection, a restart, a deadlock. */
export function isTransient(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === "string" && (transient.has(code) || code.startsWith("08"))) return true;
  return (
    typeof message === "string" &&
    /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|not queryable/i.test(message)
  );
}
