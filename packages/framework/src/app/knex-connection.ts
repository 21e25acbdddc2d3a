import { driverConfig } from "@velella/data";
import type { ConnectionOptions } from "@velella/data";
import type { SqlExecutor } from "@velella/kernel";
import type { Knex } from "knex";

// Loaded only where an app asks for it: nothing of Velella runs on Knex.
const load = () => require("knex") as typeof import("knex");

/**
 * A Knex instance on the app's database, for code that builds SQL with it: connected as the app is, with a small pool of
 * its own. Values are what the driver makes of them, such as texts for bigint and numeric.
 */
export function knexOn(options: ConnectionOptions): Knex {
  const { acquireTimeoutMs: acquireTimeoutMillis } = options;
  const pool = { min: 0, max: 4, ...(acquireTimeoutMillis !== undefined && { acquireTimeoutMillis }) };
  return load().knex({ client: "pg", connection: driverConfig(options) as Knex.PgConnectionConfig, pool });
}

/** What Knex hands to its client, and wants back with the response in it. */
interface KnexQuery {
  sql: string;
  bindings?: unknown[];
  response?: object;
}

/** A Knex instance whose statements run on an executor, such as the transaction of a migration. */
export function knexInside(executor: SqlExecutor): Knex {
  const { knex } = load();
  const Client = knex({ client: "pg" }).client.constructor as new (config: object) => object;
  class ExecutorClient extends Client {
    // Knex asks for a connection and gives it back; the executor is the only one there is.
    async acquireConnection(): Promise<object> {
      return {};
    }

    async releaseConnection(): Promise<void> {}

    async _query(_connection: object, query: KnexQuery): Promise<KnexQuery> {
      const { rows, rowCount } = await executor.query(query.sql, query.bindings);
      query.response = { rows, rowCount, command: query.sql.trimStart().split(/\s/, 1)[0]?.toUpperCase() };
      return query;
    }
  }
  return knex({ client: ExecutorClient as unknown as Knex.Config["client"] });
}
