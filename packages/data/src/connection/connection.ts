import { AsyncLocalStorage } from "node:async_hooks";
import { createLogger } from "@velella/kernel";
import type { Logger, SqlConnection, SqlResult, SqlSession, SqlTransaction, TransactionOptions } from "@velella/kernel";
import { Client, Pool } from "pg";
import type { PoolClient } from "pg";
import { Backend, isStalePlan } from "./backend";
import type { PlanGeneration } from "./backend";
import { clientConfig, resolveOptions, statementLog, transactionSettings } from "./connection-options";
import type { ConnectionOptions, ResolvedOptions } from "./connection-options";
import { connectError, connectionErrors } from "./errors";
import { openSession } from "./session";
import { Transaction } from "./transaction";

/** The transaction that the running code is inside of: only to explain a pool that waits for itself. */
const inside = new AsyncLocalStorage<{ connection: PoolConnection; transaction: Transaction }>();
const connectionByTransaction = new WeakMap<SqlTransaction, SqlConnection>();

/**
 * A pool of connections to one database. Connects with the first statement.
 *
 * Statements that are given a name stay prepared on the connection; a plan that a migration made stale is
 * retried, except inside a transaction. Statement and lock time-outs apply to everything that runs here.
 *
 * @throws AppError `connection.bad_url` for an unreadable URL; `connection.cannot_connect`, with host, database
 * and a hint, from the first statement when the server cannot be reached within `connectTimeoutMs`.
 */
export function createConnection(options: ConnectionOptions): SqlConnection {
  return new PoolConnection(resolveOptions(options));
}

/** The connection that a transaction belongs to; undefined for transactions that were made elsewhere. */
export function connectionOf(transaction: SqlTransaction): SqlConnection | undefined {
  return connectionByTransaction.get(transaction);
}

class PoolConnection implements SqlConnection {
  private readonly pool: Pool;
  private readonly backends = new WeakMap<PoolClient, Backend>();
  private readonly settings: string;
  private readonly plans: PlanGeneration = { current: 0 };
  private readonly waitingInside = new Set<Transaction>();
  private closing: Promise<void> | undefined;
  private ownLogger: Logger | undefined;

  constructor(private readonly options: ResolvedOptions) {
    this.settings = transactionSettings(options);
    const config = readable(() => {
      const made = clientConfig(options, false);
      new Client(made);
      return made;
    });
    // The pool's own time-out would count waiting for a free connection as failing to connect, so it gets none.
    const { connectionTimeoutMillis, ...rest } = config;
    class TimedClient extends Client {
      constructor(given?: ConstructorParameters<typeof Client>[0]) {
        super({ ...(given as object), connectionTimeoutMillis });
      }
    }
    this.pool = new Pool({
      ...rest,
      Client: TimedClient,
      max: options.poolSize,
      idleTimeoutMillis: options.idleTimeoutMs,
      allowExitOnIdle: true,
    });
    this.pool.on("error", (error) => this.onLost(error));
    // Without a listener the loss of a connection in use would end the process; the statement on it fails anyway.
    this.pool.on("connect", (client) => void client.on("error", () => undefined));
  }

  async query<Row = Record<string, unknown>>(text: string, params?: readonly unknown[], name?: string): Promise<SqlResult<Row>> {
    if (this.closing) throw connectionErrors.closed(text);
    const client = await this.acquire();
    const backend = this.backend(client);
    try {
      return await backend.query<Row>(text, params, name);
    } catch (error) {
      if (!isStalePlan(error)) throw error;
      await backend.tidy();
      return await backend.query<Row>(text, params, name);
    } finally {
      this.release(client);
    }
  }

  async transaction<T>(run: (transaction: SqlTransaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.closing) throw connectionErrors.closed("begin");
    let client: PoolClient | undefined;
    const transaction = new Transaction(
      async () => {
        client = await this.acquire();
        return this.backend(client);
      },
      options,
      this.settings,
      this.options.lockTimeoutMs,
    );
    connectionByTransaction.set(transaction, this);
    try {
      const result = await inside.run({ connection: this, transaction }, () => run(transaction));
      const callbacks = await transaction.commit();
      if (client) this.release(client);
      client = undefined;
      for (const callback of callbacks) await this.afterCommit(callback);
      return result;
    } catch (error) {
      await transaction.rollback().catch((cause: Error) => {
        this.logger.warn(`A transaction could not be rolled back, so its connection is given up: ${cause.message}`);
        client?.release(cause);
        client = undefined;
      });
      throw error;
    } finally {
      if (client) this.release(client);
    }
  }

  async session(): Promise<SqlSession> {
    if (this.closing) throw connectionErrors.closed("session");
    if (!this.options.preparedStatements && this.options.directUrl === undefined) throw connectionErrors.noSession();
    return openSession(this.options);
  }

  close(): Promise<void> {
    return (this.closing ??= this.pool.end());
  }

  private onLost(error: Error): void {
    // One that was told to end may still hear that its server ends, too.
    if (!this.closing) this.logger.warn(`An idle database connection was lost: ${error.message}`);
  }

  private acquire(): Promise<PoolClient> {
    if (this.pool.idleCount > 0 || this.pool.totalCount < this.options.poolSize) return this.connect();
    const own = inside.getStore();
    const waits = own?.connection === this && own.transaction.state === "open" && own.transaction.holdsConnection;
    return waits ? this.acquireInside(own.transaction) : this.connect(this.options.acquireTimeoutMs);
  }

  /** A further connection for code that holds one already: others like it may each wait for what the others hold. */
  private async acquireInside(holder: Transaction): Promise<PoolClient> {
    this.waitingInside.add(holder);
    try {
      if (this.waitingInside.size >= this.options.poolSize) throw connectionErrors.poolDeadlock(this.options.poolSize);
      return await this.connect(this.options.acquireTimeoutMs);
    } finally {
      this.waitingInside.delete(holder);
    }
  }

  /** A connection of the pool; `waitMs` is how long to wait at most until one is free. */
  private connect(waitMs?: number): Promise<PoolClient> {
    // By callback and in one promise, since under load each statement comes through here.
    return new Promise((resolve, reject) => {
      let isLate = false;
      const giveUp = (ms: number) => {
        isLate = true;
        reject(connectionErrors.noFreeConnection(this.options.poolSize, ms));
      };
      const timer = waitMs === undefined ? undefined : setTimeout(giveUp, waitMs, waitMs);
      this.pool.connect((cause, client) => {
        clearTimeout(timer);
        if (client && isLate) client.release();
        else if (client) resolve(client);
        else reject(connectError(new Client(clientConfig(this.options, false)), cause as Error));
      });
    });
  }

  private backend(client: PoolClient): Backend {
    let backend = this.backends.get(client);
    if (!backend) {
      const { preparedStatements, maxPreparedStatements, logStatements, statementTimeoutMs } = this.options;
      const onStatement = logStatements ? statementLog(this.logger) : undefined;
      const prepared = preparedStatements ? maxPreparedStatements : 0;
      backend = new Backend(client, prepared, this.plans, onStatement, preparedStatements ? statementTimeoutMs : 0);
      this.backends.set(client, backend);
    }
    return backend;
  }

  private release(client: PoolClient): void {
    const backend = this.backend(client);
    if (backend.failure) return client.release(backend.failure);
    if (backend.isTidy) return client.release();
    void backend.tidy().then(
      () => client.release(),
      (error: Error) => client.release(error),
    );
  }

  private async afterCommit(callback: () => void | Promise<void>): Promise<void> {
    try {
      await callback();
    } catch (error) {
      // What was committed stays so; the caller must not take this for a failure of the transaction.
      this.logger.error("What was to happen after a commit failed", error);
    }
  }

  private get logger(): Logger {
    return this.options.logger ?? (this.ownLogger ??= createLogger());
  }
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof TypeError || (cause as Error).message.includes("URL")) throw connectionErrors.badUrl((cause as Error).message);
    throw cause;
  }
}
