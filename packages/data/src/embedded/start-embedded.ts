import path from "node:path";
import { silentLogger } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import { urlOf } from "./address";
import type { Address } from "./address";
import { EmbeddedServer } from "./embedded-server";
import { embeddedErrors } from "./errors";
import type { ServerStyle } from "./postmaster";
import { createClient, meetingDatabase } from "./presence";
import { stopOnSignals } from "./stop-on-signals";

/** Where the data of the embedded PostgreSQL lie, and when it may run. */
export interface EmbeddedOptions {
  /** Where the database lies, such as `.velella/postgres` in the app; made when missing. */
  directory: string;
  /** The database to connect to, created when missing; `velella` by default. */
  database?: string;
  /** Told when a database is created, and when a server that died is started again; silent by default. */
  logger?: Logger;
  /** Run although `NODE_ENV` is `production`; also by `VELELLA_EMBEDDED=1`. */
  allowInProduction?: boolean;
  /** For tests: nothing waits for the disk, and the last user removes `directory` and all data. False by default. */
  temporary?: boolean;
  /** Where data and programs lie when root starts it, for PostgreSQL does not run as root; `/var/lib/velella` by default. */
  systemFolder?: string;
}

/** A PostgreSQL server that this process uses, and that its last user stops. */
export interface EmbeddedDatabase {
  /** Connection string, understood by `pg` and by `psql`; the same at each start where the system allows. */
  url: string;
  /** True when the server ran already: another process uses it, or one was killed and left it behind. */
  joined: boolean;
  /** PostgreSQL's data folder. */
  dataDirectory: string;
  /**
   * Ceases to use the server; the last user stops it, and resolves when it has ended. Close connections before.
   * Happens by itself when a process runs out of work, and when a signal ends it that it does not listen for; one that
   * is killed leaves the server for the next to join.
   */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL of a folder, or joins the one that runs there; creates the data the first time.
 * While this process lives, a server that dies is started again at the same address.
 *
 * @example
 * const embedded = await startEmbedded({ directory: ".velella/postgres" });
 * const connection = createConnection({ url: embedded.url });
 * …
 * await connection.close();
 * await embedded.stop();
 *
 * @throws embedded.refused_in_production, embedded.no_binaries, embedded.other_version and others of `errors.ts`.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  return startEmbeddedIn(options, {
    transport: process.platform === "win32" ? "tcp" : "socket",
    control: process.platform === "win32" ? "pg_ctl" : "signals",
    unsafe: options.temporary ?? false,
  });
}

/** {@link startEmbedded} in a style other than that of this system. */
export async function startEmbeddedIn(options: EmbeddedOptions, style: ServerStyle): Promise<EmbeddedDatabase> {
  const allowed = options.allowInProduction ?? process.env.VELELLA_EMBEDDED === "1";
  if (process.env.NODE_ENV === "production" && !allowed) throw embeddedErrors.refusedInProduction();
  const server = new EmbeddedServer({
    directory: path.resolve(options.directory),
    systemFolder: options.systemFolder ?? "/var/lib/velella",
    style,
    temporary: options.temporary ?? false,
    logger: options.logger ?? silentLogger(),
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    process.off("beforeExit", stop);
    ignoreSignals();
    return (stopped ??= server.close());
  };
  const ignoreSignals = stopOnSignals(stop);
  const { address, joined, placement } = await server.open().catch((error: unknown) => {
    ignoreSignals();
    throw error;
  });
  process.once("beforeExit", stop);
  const database = options.database ?? "velella";
  try {
    await ensureDatabase(address, database);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: urlOf(address, database), joined, dataDirectory: placement.data, stop };
}

async function ensureDatabase(address: Address, database: string): Promise<void> {
  const client = createClient(address, meetingDatabase);
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [database]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } catch (error) {
    // Another process may have created it between the two statements, by either of two checks of the server.
    if (!["42P04", "23505"].includes((error as { code?: string }).code ?? "")) throw error;
  } finally {
    await client.end();
  }
}
