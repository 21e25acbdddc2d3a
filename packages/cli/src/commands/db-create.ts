import { createConnection } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import { databaseOptions } from "../boot";
import type { CommandContext } from "../command-context";
import { dbMigrate } from "./db-migrate";
import type { LinkOptions } from "./db-migrate";

/** Creates the database that the config names, on its server. An embedded database needs no creating. */
export async function dbCreate(context: CommandContext, { db }: { db?: string }): Promise<void> {
  const configured = databaseOptions(context.directory);
  if (configured === undefined)
    return context.print("The config names no database: the app has an embedded PostgreSQL, which needs no setting up.");
  const url = new URL(configured.url);
  const name = db ?? decodeURIComponent(url.pathname.slice(1));
  url.pathname = "/postgres";
  const server = createConnection({ ...configured, url: url.toString(), schema: undefined, poolSize: 1, preparedStatements: false });
  try {
    const created = await createDatabase(server, name);
    context.print(created ? `Created the database "${name}".` : `The database "${name}" exists already.`);
  } finally {
    await server.close();
  }
}

/** Creates the database, then migrates it. */
export async function dbSetup(context: CommandContext, options: LinkOptions): Promise<void> {
  await dbCreate(context, {});
  await dbMigrate(context, options);
}

async function createDatabase(server: SqlConnection, name: string): Promise<boolean> {
  const { rows } = await server.query("select 1 from pg_database where datname = $1", [name]);
  if (rows.length > 0) return false;
  await server.query(`create database "${name.replaceAll('"', '""')}"`);
  return true;
}
