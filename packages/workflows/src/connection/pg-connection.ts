import { endWhenSilent, keepAlive, knownIsolationLevel, markConnectionError, sqlSpan, timeOutStatements } from "@velella/kernel";
import type { SqlConnection, SqlResult, SqlSession, SqlTransaction, TransactionOptions } from "@velella/kernel";
import { Client, Pool } from "pg";
import type { ClientConfig, PoolClient, PoolConfig } from "pg";
import { connectionErrors } from "./errors";

/** How a connection on `pg` is made: the options of its pool, and those below. */
export interface PgConnectionOptions extends Omit<PoolConfig, "connectionString" | "statement_timeout"> {
  /** `postgres://user:password@host:port/database`. */
  url: string;
  /** Connections at most; 10 by default. */
  poolSize?: number;
  /** `false` for poolers in transaction mode: no statement stays prepared on a connection, and no setting. */
  preparedStatements?: boolean;
  /** Milliseconds after which a statement that waits for a lock is cancelled; 30,000 by default, 0 for never. */
  lock_timeout?: number;
  /**
   * Milliseconds after which a transaction in which nothing is asked for is ended, and with it what it holds locked: its
   * process may hang, or its machine be gone. 60,000 by default, 0 for never.
   */
  idle_in_transaction_session_timeout?: number;
  /**
   * Milliseconds after which a statement is cancelled by the server; never by default. With it, a server whose host vanishes
   * without a word is noticed in that time, a tenth more and two seconds: what was asked fails with `ETIMEDOUT`, which the
   * engine takes for a connection that broke. Without it that may take a quarter of an hour, except on connections on which
   * nothing was asked just then, where it is half a minute. Behind a pooler in transaction mode it is not to be given.
   */
  statement_timeout?: number;
  /** Milliseconds for which the server is tried to be reached; 10,000 by default, 0 for as long as the system tries. */
  connectTimeoutMs?: number;
  /** Whether the system looks for the server on connections that are silent; true by default. */
  keepAlive?: boolean;
  /** Milliseconds of silence before it does; 10,000 by default. */
  keepAliveInitialDelayMillis?: number;
}

type Queryable = Pick<PoolClient, "query">;

/** What ends the watch on the silence of a connection, for statements that change how long the server may take. */
const watches = new WeakMap<Queryable, () => void>();

/** The name under which a statement is prepared, if it is. */
type Naming = (name: string | undefined) => string | undefined;

async function query<Row>(on: Queryable, text: string, params: readonly unknown[] = [], name?: string): Promise<SqlResult<Row>> {
  if (!name && text.includes("statement_timeout")) watches.get(on)?.();
  const result = await sqlSpan(text, () => marked(on.query({ text, values: [...params], ...(name && { name }) })));
  return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 };
}

const marked = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw markConnectionError(error);
  });

/**
 * A connection to PostgreSQL for the workflow engine, on a pool of `pg`. All that the engine needs where there is no
 * other implementation of `SqlConnection`.
 */
export function createPgConnection({
  url,
  poolSize = 10,
  preparedStatements = true,
  lock_timeout = 30_000,
  idle_in_transaction_session_timeout = 60_000,
  connectTimeoutMs = 10_000,
  ...config
}: PgConnectionOptions): SqlConnection {
  const timeouts = { lock_timeout, idle_in_transaction_session_timeout };
  const { statement_timeout: statementTimeout = 0 } = config;
  // The pool's own time-out would count waiting for a free connection as failing to connect.
  class TimedClient extends Client {
    constructor(given?: ClientConfig) {
      super({ ...given, connectionTimeoutMillis: connectTimeoutMs });
    }
  }
  // Statements that do not wait for each other's answers share a round trip.
  const own = { connectionString: url, max: poolSize, pipeline: true, Client: TimedClient, ...keepAlive };
  // To compile a statement takes longer than any of the engine's; a pooler refuses what is asked for at the start.
  const pool = new Pool({ ...own, ...(preparedStatements && { ...timeouts, options: "-c jit=off" }), ...config });
  // A connection that breaks while idle is replaced when the next one is needed; one that breaks while it is lent out
  // fails its next statement. Neither may end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
    if (preparedStatements) watches.set(client, endWhenSilent(client, statementTimeout));
  });
  const named: Naming = (name) => (preparedStatements ? name : undefined);
  // Behind a pooler a setting holds as long as its transaction.
  const beginning = preparedStatements ? "begin" : `begin; ${timeOutStatements("set local", timeouts)}`;
  return {
    query: (text, params, name) => query(pool as unknown as Queryable, text, params, named(name)),
    transaction: (run, options) => runTransaction(pool, named, beginning, run, options),
    session: () => openSession(pool),
    close: () => pool.end(),
  };
}

async function runTransaction<T>(
  pool: Pool,
  named: Naming,
  beginning: string,
  run: (transaction: SqlTransaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const client = await marked(pool.connect());
  const transaction = new PgTransaction(client, named);
  let broken: Error | undefined;
  try {
    const { isolationLevel } = options;
    await marked(
      client.query(isolationLevel ? beginning.replace("begin", `begin isolation level ${knownIsolationLevel(isolationLevel)}`) : beginning),
    );
    const result = await run(transaction);
    const { command } = await marked(client.query("commit"));
    // That is what the server makes of a commit after a statement that failed.
    if (command === "ROLLBACK") {
      transaction.state = "rolled back";
      throw connectionErrors.commitRefused();
    }
    await transaction.committed();
    return result;
  } catch (error) {
    if (transaction.state === "open") {
      transaction.state = "rolled back";
      broken = await client.query("rollback").then(
        () => undefined,
        (failure: Error) => failure,
      );
    }
    throw error;
  } finally {
    client.release(broken);
  }
}

class PgTransaction implements SqlTransaction {
  state: SqlTransaction["state"] = "open";
  private readonly callbacks: (() => void | Promise<void>)[] = [];
  private savepoints = 0;

  constructor(
    private readonly client: PoolClient,
    private readonly named: Naming,
  ) {}

  async query<Row>(text: string, params?: readonly unknown[], name?: string): Promise<SqlResult<Row>> {
    if (this.state !== "open") throw connectionErrors.transactionEnded(this.state, text);
    return query<Row>(this.client, text, params, this.named(name));
  }

  async savepoint<T>(run: () => Promise<T>): Promise<T> {
    const name = `s${++this.savepoints}`;
    await this.query(`savepoint ${name}`);
    try {
      const result = await run();
      await this.query(`release savepoint ${name}`);
      return result;
    } catch (error) {
      await this.query(`rollback to savepoint ${name}`);
      throw error;
    }
  }

  afterCommit(callback: () => void | Promise<void>): void {
    this.callbacks.push(callback);
  }

  async committed(): Promise<void> {
    this.state = "committed";
    // The transaction stands, whatever comes of what is to follow it.
    for (const callback of this.callbacks) {
      try {
        await callback();
      } catch (error) {
        process.emitWarning(
          `What was to follow a commit failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      }
    }
  }
}

async function openSession(pool: Pool): Promise<SqlSession> {
  const client = await pool.connect();
  let released = false;
  const ended: ((error?: Error) => void)[] = [];
  const end = (error?: Error) => {
    if (released) return;
    released = true;
    client.release(error ?? true);
    for (const listener of ended) listener(error);
  };
  client.on("error", end);
  client.on("end", () => end());
  return {
    query: (text, params, name) => query(client, text, params, name),
    onNotification: (listener) => void client.on("notification", ({ channel, payload }) => listener(channel, payload ?? "")),
    onEnd: (listener) => void ended.push(listener),
    release: async () => {
      if (released) return;
      released = true;
      // Ends the session with its locks instead of giving it back to the pool.
      client.release(true);
    },
  };
}
