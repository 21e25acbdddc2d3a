import type { SqlConnection, SqlResult, SqlSession, SqlTransaction, TransactionOptions } from "@velella/kernel";
import { Pool } from "pg";
import type { PoolClient, PoolConfig } from "pg";
import { connectionErrors } from "./errors";

export interface PgConnectionOptions extends Omit<PoolConfig, "connectionString"> {
  /** `postgres://user:password@host:port/database`. */
  url: string;
  /** Connections at most; 10 by default. */
  poolSize?: number;
  /** `false` for poolers in transaction mode: no statement stays prepared on a connection. */
  preparedStatements?: boolean;
}

type Queryable = Pick<PoolClient, "query">;

/** The name under which a statement is prepared, if it is. */
type Naming = (name: string | undefined) => string | undefined;

async function query<Row>(on: Queryable, text: string, params: readonly unknown[] = [], name?: string): Promise<SqlResult<Row>> {
  const result = await on.query({ text, values: [...params], ...(name && { name }) });
  return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 };
}

/**
 * A connection to PostgreSQL for the workflow engine, on a pool of `pg`. All that the engine needs where there is no
 * other implementation of `SqlConnection`.
 */
export function createPgConnection({ url, poolSize = 10, preparedStatements = true, ...config }: PgConnectionOptions): SqlConnection {
  // Statements that do not wait for each other's answers share a round trip.
  const pool = new Pool({ connectionString: url, max: poolSize, pipeline: true, ...config });
  // A connection that breaks while idle is replaced when the next one is needed; one that breaks while it is lent out
  // fails its next statement. Neither may end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const named: Naming = (name) => (preparedStatements ? name : undefined);
  return {
    query: (text, params, name) => query(pool as unknown as Queryable, text, params, named(name)),
    transaction: (run, options) => runTransaction(pool, named, run, options),
    session: () => openSession(pool),
    close: () => pool.end(),
  };
}

async function runTransaction<T>(
  pool: Pool,
  named: Naming,
  run: (transaction: SqlTransaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const client = await pool.connect();
  const transaction = new PgTransaction(client, named);
  let broken: Error | undefined;
  try {
    await client.query(options.isolationLevel ? `begin isolation level ${options.isolationLevel}` : "begin");
    const result = await run(transaction);
    const { command } = await client.query("commit");
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
    for (const callback of this.callbacks) await callback();
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
