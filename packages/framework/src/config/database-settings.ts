import type { ConnectionOptions } from "@velella/data";
import { z } from "zod";
import { configErrors } from "./errors";

const milliseconds = z.union([z.number().int().nonnegative(), z.literal(false)]);

/** How the database is connected to, by the names that the driver and its pool have for it. */
export const databaseDriverSchema = z.looseObject({
  connection: z
    .looseObject({
      /** `false`, `true`, or the options of `tls.connect`. */
      ssl: z.union([z.boolean(), z.record(z.string(), z.unknown())]).optional(),
      /** Milliseconds after which a statement is cancelled; 60,000 by default, 0 or `false` for never. */
      statement_timeout: milliseconds.optional(),
      /** Milliseconds for which a statement waits for a lock; 30,000 by default, 0 or `false` for ever. */
      lock_timeout: milliseconds.optional(),
      /** Milliseconds after which a transaction in which nothing happens is ended; 60,000 by default, 0 or `false` for never. */
      idle_in_transaction_session_timeout: milliseconds.optional(),
      /** Milliseconds for which the server is tried to be reached; 4,500 by default. */
      connectionTimeoutMillis: z.number().int().positive().optional(),
      /** Shown by `pg_stat_activity`; `velella` by default. */
      application_name: z.string().optional(),
    })
    .optional(),
  pool: z
    .looseObject({
      /** Connections at most; 10 by default. */
      max: z.number().int().positive().optional(),
      /** Connections are made when they are needed, so only 0 is what it says. */
      min: z.number().int().nonnegative().optional(),
      /** Milliseconds to wait for a free connection; 30,000 by default. */
      acquireTimeoutMillis: z.number().int().positive().optional(),
      /** Milliseconds after which an unused connection is closed; 10,000 by default. */
      idleTimeoutMillis: z.number().int().nonnegative().optional(),
    })
    .optional(),
  /**
   * `false` where `databaseUrl` leads to a pooler in transaction mode, such as PgBouncer: nothing is left behind on a
   * connection then. Default: true.
   */
  preparedStatements: z.boolean().optional(),
  /** A way to the server that bypasses the pooler, for what needs a session: by it others see at once when a process dies. */
  directUrl: z.string().min(1).optional(),
});

/** What of a config says how to connect. */
export interface DatabaseSettings {
  /** Schema that unqualified table names refer to; `public` by default. */
  databaseSchema: string;
  /** Whether statements are logged. As a text, everything but `""`, `"0"`, `"off"` and `"false"` means yes. */
  databaseLogging: boolean | string;
  /** What it leaves out is left to the connection's own defaults. */
  databaseDriverOptions: z.output<typeof databaseDriverSchema>;
}

/** `false` is how the driver says never, and 0 how PostgreSQL does. */
const orNever = (value: number | false | undefined) => (value === false ? 0 : value);

const switchedOff = new Set(["", "false", "off", "0"]);

/** The options of a connection as a config has them; what it leaves out is left to the connection's own defaults. */
export function connectionSettings(settings: DatabaseSettings): Omit<ConnectionOptions, "url" | "logger"> {
  const { connection = {}, pool = {}, preparedStatements = true, directUrl } = settings.databaseDriverOptions;
  const { databaseLogging } = settings;
  const given = {
    schema: settings.databaseSchema,
    preparedStatements,
    directUrl,
    ssl: connection.ssl,
    statementTimeoutMs: orNever(connection.statement_timeout),
    lockTimeoutMs: orNever(connection.lock_timeout),
    idleInTransactionTimeoutMs: orNever(connection.idle_in_transaction_session_timeout),
    connectTimeoutMs: connection.connectionTimeoutMillis,
    applicationName: connection.application_name,
    poolSize: pool.max,
    acquireTimeoutMs: pool.acquireTimeoutMillis,
    idleTimeoutMs: pool.idleTimeoutMillis,
    logStatements: typeof databaseLogging === "string" ? !switchedOff.has(databaseLogging) : databaseLogging,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/**
 * The URL of a database with another name in it.
 *
 * @throws `config.bad_database_url`
 */
export function withDatabaseName(file: string, databaseUrl: string, name: string): string {
  if (!URL.canParse(databaseUrl)) throw configErrors.badDatabaseUrl(file);
  const url = new URL(databaseUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.toString();
}

/** What of the settings is well known and yet does nothing, a sentence each. */
export function idleSettings(
  databaseUrl: string | undefined,
  name: string | undefined,
  driver: DatabaseSettings["databaseDriverOptions"],
): string[] {
  const found: string[] = [];
  if (name !== undefined && databaseUrl === undefined)
    found.push(
      `"projectConfig.databaseName" does nothing without "projectConfig.databaseUrl": the embedded database has a name of its own.`,
    );
  if (driver.pool?.min)
    found.push(
      `"projectConfig.databaseDriverOptions.pool.min" does nothing: connections are made when they are needed, and kept while they are used.`,
    );
  return found;
}
