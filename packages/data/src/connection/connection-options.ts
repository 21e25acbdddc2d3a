import { keepAlive, timeOutStatements } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import type { ClientConfig } from "pg";
import { connectionErrors } from "./errors";
import { typeParsers } from "./type-parsers";

/** Where the database is and how it is used. */
export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`; or the single parts below. */
  url?: string;
  /** Host name, or the directory of a unix socket. */
  host?: string;
  /** Like the other single parts read only where there is no `url`. Default: `PGPORT`, else 5432. */
  port?: number;
  /** Default: `PGDATABASE`, else the name of the user. */
  database?: string;
  /** Default: `PGUSER`, else `USER`. */
  user?: string;
  /** Default: `PGPASSWORD`, else what `~/.pgpass` has for the rest. */
  password?: string;
  /** Passed to the driver: `true`, or the options of `tls.connect`. */
  ssl?: boolean | object;
  /** A way to the server that bypasses a pooler such as PgBouncer, for sessions (LISTEN, locks); `url` by default. */
  directUrl?: string;
  /** Connections at most; 10 by default. */
  poolSize?: number;
  /** Schema that unqualified table names refer to. Needs a connection without a transaction pooler. */
  schema?: string;
  /**
   * `false` for poolers in transaction mode: no named statements, and no settings that live as long as the connection.
   * Sessions then need a `directUrl`. Default: true.
   */
  preparedStatements?: boolean;
  /** Named statements kept per connection, each about 67 KB on the server; 100 by default. */
  maxPreparedStatements?: number;
  /**
   * A statement that runs longer is cancelled; 60,000 by default, 0 for never.
   *
   * By it a server whose host vanishes without a word is noticed: when it has said nothing for that time, a tenth more and two
   * seconds, the connection is given up, and what was asked fails with the code `ETIMEDOUT`. With 0, and behind a pooler in
   * transaction mode, that is up to the system, which may try for a quarter of an hour. Connections on which nothing was asked
   * just then are found dead within half a minute in any case.
   */
  statementTimeoutMs?: number;
  /**
   * A statement that waits longer for a lock is cancelled, and so is one that waits for a savepoint of its own transaction in
   * which nothing happens; 30,000 by default, 0 for never.
   */
  lockTimeoutMs?: number;
  /**
   * A transaction in which nothing is asked for this long is ended, and with it what it holds locked: its process may hang, or
   * its machine be gone. 60,000 by default, 0 for never.
   */
  idleInTransactionTimeoutMs?: number;
  /** How long to try to reach the server; 4,500 by default. */
  connectTimeoutMs?: number;
  /** How long to wait for a free connection of the pool; 30,000 by default. */
  acquireTimeoutMs?: number;
  /** An unused connection is closed after this long; 10,000 by default. */
  idleTimeoutMs?: number;
  /** Shown by `pg_stat_activity`; `velella` by default. */
  applicationName?: string;
  /** Tells the logger each statement and how long it took, at the level info and without its values. Default: false. */
  logStatements?: boolean;
  /** Gets what nobody awaits: lost idle connections, failed callbacks after a commit. */
  logger?: Logger;
}

/** The options with every default filled in. */
export type ResolvedOptions = ConnectionOptions &
  Required<
    Pick<
      ConnectionOptions,
      | "poolSize"
      | "preparedStatements"
      | "maxPreparedStatements"
      | "statementTimeoutMs"
      | "lockTimeoutMs"
      | "idleInTransactionTimeoutMs"
      | "connectTimeoutMs"
      | "acquireTimeoutMs"
      | "idleTimeoutMs"
    >
  >;

/**
 * Fills in the defaults that {@link ConnectionOptions} tells of.
 *
 * @throws `connection.schema_behind_pooler`
 */
export function resolveOptions(options: ConnectionOptions): ResolvedOptions {
  const resolved = {
    ...options,
    poolSize: options.poolSize ?? 10,
    preparedStatements: options.preparedStatements ?? true,
    maxPreparedStatements: options.maxPreparedStatements ?? 100,
    statementTimeoutMs: options.statementTimeoutMs ?? 60_000,
    lockTimeoutMs: options.lockTimeoutMs ?? 30_000,
    idleInTransactionTimeoutMs: options.idleInTransactionTimeoutMs ?? 60_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 4_500,
    acquireTimeoutMs: options.acquireTimeoutMs ?? 30_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 10_000,
  };
  if (resolved.schema && resolved.schema !== "public" && !resolved.preparedStatements)
    throw connectionErrors.schemaBehindPooler(resolved.schema);
  return resolved;
}

/** How other libraries on the same driver reach the database as a connection with these options does, by the driver's names. */
export function driverConfig(options: ConnectionOptions): ClientConfig {
  const {
    types: _types,
    pipeline: _pipeline,
    ...config
  } = clientConfig(resolveOptions(options), false) as ClientConfig & { pipeline?: boolean };
  return config;
}

/** What the driver is told for one connection. */
export function clientConfig(options: ResolvedOptions, direct: boolean): ClientConfig {
  const url = direct ? (options.directUrl ?? options.url) : options.url;
  const config: ClientConfig & { pipeline?: boolean } = {
    ...(url
      ? { connectionString: url }
      : { host: options.host, port: options.port, database: options.database, user: options.user, password: options.password }),
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    application_name: options.applicationName ?? "velella",
    connectionTimeoutMillis: options.connectTimeoutMs,
    types: typeParsers,
    ...keepAlive,
    // Statements that do not wait for each other's answers share a round trip: begin and the first one, a savepoint and its own.
    pipeline: true,
  };
  if (options.preparedStatements || direct) {
    config.statement_timeout = options.statementTimeoutMs;
    config.lock_timeout = options.lockTimeoutMs;
    config.idle_in_transaction_session_timeout = options.idleInTransactionTimeoutMs;
    // PostgreSQL compiles statements that it takes for expensive, at every run: 0.1 s and more, where the statement itself takes little.
    config.options = `-c jit=off${options.schema ? ` -c search_path=${startupValue(options.schema)},public` : ""}`;
  }
  return config;
}

/** What has to stand at the start of each transaction, because the connection cannot keep it. */
export function transactionSettings(options: ResolvedOptions): string {
  if (options.preparedStatements) return "";
  const { statementTimeoutMs, lockTimeoutMs, idleInTransactionTimeoutMs } = options;
  const timeOuts = {
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
  };
  return `; ${timeOutStatements("set local", timeOuts)}`;
}

/** What logs a statement. */
export function statementLog(logger: Logger): (text: string, durationMs: number) => void {
  return (text, durationMs) => logger.info(`SQL, ${durationMs.toFixed(1)} ms: ${text}`);
}

function startupValue(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`.replaceAll("\\", "\\\\").replaceAll(" ", "\\ ");
}
