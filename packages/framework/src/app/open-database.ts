import { join } from "node:path";
import { createConnection, driverConfig, startEmbedded } from "@velella/data";
import type { ConnectionOptions } from "@velella/data";
import type { Logger, SqlConnection } from "@velella/kernel";
import type { Config } from "../config/config-schema";
import { connectionSettings } from "../config/database-settings";

/** The database of an app: the one in its config, or an embedded PostgreSQL of its own. */
export interface OpenDatabase {
  url: string;
  /** How `connection` was made, for whatever else connects. */
  options: ConnectionOptions;
  connection: SqlConnection;
  /** A pool of its own for the checkpoints of workflows, so that steps which hold connections never starve them. */
  checkpoints: SqlConnection;
  embedded: boolean;
  /** Whether sessions are to be had: false behind a transaction pooler without a direct way to the server. */
  sessions: boolean;
  close(): Promise<void>;
}

const checkpointPoolSize = 4;

/** Opens the database of an app, and checks that it answers. */
export async function openDatabase(config: Config, directory: string, logger: Logger): Promise<OpenDatabase> {
  const { databaseUrl } = config.projectConfig;
  const embedded = databaseUrl ? undefined : await startEmbedded({ directory: join(directory, ".velella", "postgres"), logger });
  const url = databaseUrl ?? embedded!.url;
  const options: ConnectionOptions = { ...connectionSettings(config.projectConfig), url, logger };
  const connection = createConnection(options);
  const checkpoints = createConnection({ ...options, poolSize: checkpointPoolSize });
  const close = async () => {
    await connection.close();
    await checkpoints.close();
    await embedded?.stop();
  };
  try {
    await connection.query("select 1");
  } catch (error) {
    await close();
    throw error;
  }
  const sessions = options.preparedStatements !== false || options.directUrl !== undefined;
  return { url, options, connection, checkpoints, embedded: embedded !== undefined, sessions, close };
}

/**
 * How the thread that keeps the engine's lease reaches the database: the way the pools do, for it has none of them. Undefined,
 * with a warning, where the options of TLS hold what no thread can be given, such as a function.
 */
export function leaseConnection({ url, options }: Pick<OpenDatabase, "url" | "options">, logger: Pick<Logger, "warn">) {
  const config = { ...driverConfig(options), connectionString: url };
  try {
    structuredClone(config.ssl);
    return config;
  } catch (error) {
    logger.warn(
      `The lease of the workflow engine is not kept while the event loop is blocked, for no thread can be given "projectConfig.databaseDriverOptions.connection.ssl": ${(error as Error).message}`,
    );
    return undefined;
  }
}
