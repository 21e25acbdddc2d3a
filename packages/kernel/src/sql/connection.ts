/**
 * What the layers above know of a database: enough to run statements and transactions.
 * `@velella/data` implements it; `@velella/workflows` also brings a small implementation of its own.
 */

/** Rows of a statement, and how many it touched. */
export interface SqlResult<Row> {
  rows: Row[];
  /** How many rows it touched or returned; 0 for statements that do neither. */
  rowCount: number;
}

/** Something that runs statements: a connection (each statement on its own) or an open transaction. */
export interface SqlExecutor {
  /**
   * Runs one statement with `$1, $2 …` placeholders.
   *
   * @param name Keeps the statement prepared under this name, where the connection prepares at all.
   * @throws What the database says, marked by {@link markConnectionError}.
   */
  query<Row = Record<string, unknown>>(text: string, params?: readonly unknown[], name?: string): Promise<SqlResult<Row>>;
}

/**
 * The levels of PostgreSQL. Under the latter two the server may refuse a statement or the commit because of what others do at
 * the same time (`40001`); a connection does not repeat the transaction by itself.
 */
export type IsolationLevel = "read committed" | "repeatable read" | "serializable";

/** An open transaction. Statements after its end are refused with an error. */
export interface SqlTransaction extends SqlExecutor {
  /** `rolled back` also where the server undid it. */
  readonly state: "open" | "committed" | "rolled back";
  /** As it was asked for in {@link TransactionOptions}. */
  readonly allOrNothing?: boolean;
  /** Runs a part that may fail without spoiling the rest. */
  savepoint<T>(run: () => Promise<T>): Promise<T>;
  /** Called once the transaction is committed, never when it is rolled back. */
  afterCommit(callback: () => void | Promise<void>): void;
}

/** How a transaction begins, and what a failure of a part of it means. */
export interface TransactionOptions {
  /** What the server has as its default when left out, usually `read committed`. */
  isolationLevel?: IsolationLevel;
  /**
   * `true`: a part that fails, also where its error is caught, fails the whole transaction, and what cannot be part of it is
   * refused. In return it may do without savepoints. For callers that can do the same again in smaller transactions.
   */
  allOrNothing?: boolean;
}

/** A session of its own: for LISTEN, advisory locks, cursors. */
export interface SqlSession extends SqlExecutor {
  /** For channels that the session listens to (`LISTEN`). */
  onNotification(listener: (channel: string, payload: string) => void): void;
  /** Told of a session that is lost, with the cause; what it held is gone then. */
  onEnd(listener: (error?: Error) => void): void;
  /** Ends the session, and with it the locks that it holds. */
  release(): Promise<void>;
}

/** A pool of connections to one database. */
export interface SqlConnection extends SqlExecutor {
  /**
   * Commits when `run` resolves, behind the statements that `run` sent without waiting for them, and rolls back when it rejects.
   *
   * @throws What `run` throws; and an error when the server rolled back instead, because a statement had failed.
   */
  transaction<T>(run: (transaction: SqlTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** @throws Where sessions are not to be had: behind a pooler in transaction mode, without a way past it */
  session(): Promise<SqlSession>;
  /** Resolves when all connections are closed; those in use are waited for. */
  close(): Promise<void>;
}

// Whichever copy of this package made the connection.
const connectionError = Symbol.for("velella.sql.connectionError");

/**
 * Marks an error as thrown by a connection to the database: by a statement, or because the server is away. For
 * implementations of {@link SqlConnection}. Code that runs statements among other things can then tell such an error from
 * that of another system which is away; what is not marked is not tried again on the database's account.
 *
 * @returns the error
 */
export function markConnectionError<T>(error: T): T {
  if (typeof error === "object" && error !== null) Reflect.defineProperty(error, connectionError, { value: true });
  return error;
}

/** Whether an error was marked by {@link markConnectionError}. */
export function isConnectionError(error: unknown): boolean {
  return typeof error === "object" && error !== null && connectionError in error;
}
