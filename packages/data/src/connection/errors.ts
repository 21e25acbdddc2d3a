import { defineErrors, statementExcerpt, transactionErrors } from "@velella/kernel";
import type { AppError } from "@velella/kernel";

const errors = defineErrors("connection", {
  badUrl: {
    type: "invalid_argument",
    message: (cause: string) => `The database URL cannot be read: ${cause}. Expected postgres://user:password@host:port/database.`,
    hint: () => "Check DATABASE_URL (databaseUrl in the config); characters such as @ and / in a password are written as %40 and %2F.",
  },
  cannotConnect: {
    type: "database_error",
    message: (place: string, cause: string, _hint: string) => `Cannot connect to PostgreSQL at ${place}: ${cause}.`,
    hint: (_place: string, _cause: string, hint: string) => hint,
  },
  noFreeConnection: {
    type: "database_error",
    message: (poolSize: number, waitedMs: number) =>
      `No database connection became free within ${waitedMs} ms; all ${poolSize} of the pool are in use.`,
    hint: () =>
      "Raise poolSize, look for slow or hanging transactions, and pass sharedContext on to service calls made inside a transaction.",
  },
  poolDeadlock: {
    type: "database_error",
    message: (poolSize: number) =>
      `A statement waits for a database connection while all ${poolSize} of the pool are held by transactions that wait in the same way; none could ever go on.`,
    hint: () =>
      "Run it on the open transaction: pass sharedContext as the last argument of service calls, or use the transaction's own query().",
  },
  savepointWait: {
    type: "database_error",
    message: (waitedMs: number, statement: string) =>
      `A statement waited ${waitedMs} ms for a savepoint of its transaction to end, in which nothing happened: ${statementExcerpt(statement)}`,
    hint: () =>
      "While a savepoint is open (a service method that joined a transaction opens one), await nothing in it that runs a statement on the same transaction from outside of it: start such statements inside, or before.",
  },
  tooManyParameters: {
    type: "invalid_argument",
    message: (count: number, statement: string) =>
      `A statement has ${count} parameters; PostgreSQL takes 65,535: ${statementExcerpt(statement)}`,
    hint: () => "Pass a list as one array parameter: where id = any($1).",
  },
  noSession: {
    type: "invalid_argument",
    message: () =>
      "A session was asked for, but with preparedStatements: false the database is reached through a transaction pooler, which has none.",
    hint: () => "Give directUrl, a way to the server that bypasses the pooler.",
  },
  stalePlan: {
    type: "conflict",
    message: (statement: string) =>
      `A migration changed a table while a transaction was using it, so the transaction was undone at this statement: ${statementExcerpt(statement)}`,
    hint: () => "Run the transaction again: the statement is prepared anew. Outside of transactions this happens by itself.",
  },
  closed: {
    type: "unexpected_state",
    message: (statement: string) => `The database connection is closed; this statement came after close(): ${statementExcerpt(statement)}`,
    hint: () => "Stop what uses the database before closing it.",
  },
  schemaBehindPooler: {
    type: "invalid_argument",
    message: (schema: string) => `The schema "${schema}" cannot be set per connection with preparedStatements: false.`,
    hint: () => "Set it on the role: alter role … set search_path = …; then leave the option out.",
  },
});

/** Errors of the connection to PostgreSQL. Errors that the server itself gives for a statement pass through as they are. */
export const connectionErrors = { ...transactionErrors, ...errors };

/** True for the error of a transaction that met a plan which a migration had made stale. */
export function isStalePlanError(error: unknown): boolean {
  return (error as Partial<AppError> | undefined)?.reason === "connection.stale_plan";
}

/** True for the error of a connection that cannot give a session of its own. */
export function isNoSessionError(error: unknown): boolean {
  return (error as Partial<AppError> | undefined)?.reason === "connection.no_session";
}

interface DriverError extends Error {
  code?: string;
}

const hints: Record<string, string> = {
  ECONNREFUSED: "Nothing listens there: start PostgreSQL, or correct host and port in DATABASE_URL.",
  ENOTFOUND: "There is no such host: correct it in DATABASE_URL.",
  EAI_AGAIN: "The host name could not be resolved: check DATABASE_URL and the network.",
  ENOENT: "There is no such socket: start PostgreSQL, or correct the directory in DATABASE_URL.",
  "3D000": "Create the database, or correct its name in DATABASE_URL.",
  "28P01": "Correct user and password in DATABASE_URL.",
  "28000": "The server does not let this user in: check the user in DATABASE_URL and the server's pg_hba.conf.",
  "53300": "The server has no connection left: lower poolSize, or raise max_connections.",
  "57P03": "The server is starting or stopping: try again in a moment.",
};

/** The error for a failed attempt to connect: names host, database and user, never the password. */
export function connectError(target: { host?: string; port?: number; database?: string; user?: string }, cause: DriverError): AppError {
  const timedOut = /timeout/i.test(cause.message);
  const place = `${target.host ?? "localhost"}:${target.port ?? 5432}, database "${target.database ?? ""}", user "${target.user ?? ""}"`;
  const message = timedOut ? "no answer in time" : cause.message || cause.code || "unknown cause";
  const hint = timedOut
    ? "Check host, port and firewall in DATABASE_URL."
    : (hints[cause.code ?? ""] ?? "Check DATABASE_URL, and that the server accepts connections from here.");
  const error = connectionErrors.cannotConnect(place, message, hint);
  error.cause = cause;
  return error;
}
