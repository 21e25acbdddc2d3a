import { defineErrors, isConnectionError, transactionErrors } from "@velella/kernel";

const errors = defineErrors("connection", {
  commitUnknown: {
    type: "database_error",
    message: (cause: unknown) =>
      `The connection broke while a transaction was committed, so that only the database knows whether it was: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: () => "Look whether its effects are there before doing it again.",
  },
});

/** What can be wrong with the use of a connection. */
export const connectionErrors = { ...transactionErrors, ...errors };

const transient = new Set([
  // A transaction that was ended because its process hung.
  "25P03",
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

const brokenConnection =
  /connection terminated|timeout exceeded when trying to connect|timeout expired|client has encountered a connection error|not queryable/i;

/**
 * Whether an error of the database says that the same may work a moment later: a lost connection, a restart, a deadlock,
 * a pool without a free connection.
 */
export function isTransient(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { code, message, syscall, reason, cause } = error as Partial<Record<"code" | "message" | "syscall" | "reason" | "cause", unknown>>;
  if (typeof code === "string" && (transient.has(code) || code.startsWith("08"))) return true;
  // The socket's folder, while a server is away; a file that a step misses is another matter.
  if (code === "ENOENT" && syscall === "connect") return true;
  // Connections made elsewhere wrap what the driver says; what other errors were made of is not the database's business.
  if (reason === "connection.no_free_connection") return true;
  if (reason === "connection.cannot_connect") return isTransient(cause);
  return typeof message === "string" && brokenConnection.test(message);
}

/**
 * {@link isTransient}, of an error that code threw which does more than run statements: only where the database connection
 * itself threw it. Another system that refuses connections is no reason to do anything again.
 */
export function isTransientOfConnection(error: unknown): boolean {
  const reason = (error as { reason?: unknown } | null | undefined)?.reason;
  const isOwn = isConnectionError(error) || (typeof reason === "string" && reason.startsWith("connection."));
  return isOwn && isTransient(error);
}

/**
 * Whether an error tells for certain that a transaction was not committed: the server said so, where a connection that breaks
 * leaves it open how the commit ended.
 */
export function isRefusal(error: unknown): boolean {
  const { code, reason } = error as Partial<Record<"code" | "reason", unknown>>;
  if (typeof reason === "string" && /^connection\.(commit_refused|stale_plan)$/.test(reason)) return true;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P0|EPIPE)/.test(code);
}

/** Whether an error leaves it open if a transaction was committed; see `transactPatiently`. */
export function isCommitUnknown(error: unknown): boolean {
  return (error as { reason?: unknown } | null | undefined)?.reason === "connection.commit_unknown";
}

/**
 * Whether the server refused a statement for the values in it, as it would each time: data exceptions, violated constraints,
 * exceeded limits.
 */
export function isRefusalOfData(error: unknown): boolean {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" && /^(22|23|54)[0-9A-Z]{3}$/.test(code);
}

/** Whether the server refused a statement only because one before it in the transaction had failed. */
export function isAborted(error: unknown): boolean {
  return (error as { code?: unknown }).code === "25P02";
}
