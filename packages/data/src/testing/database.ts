import { randomBytes } from "node:crypto";
import { Client } from "pg";

/** A database that exists for one test file. */
export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

const server = () => process.env.DATABASE_URL ?? "postgres://root@127.0.0.1:5432/postgres";

/**
 * How tests connect to their database: directly, or through the pooler in transaction mode that `TEST_POOLER` gives, as
 * `postgres://user@host:port`. It has to stand before the server of `DATABASE_URL`.
 */
export function connectionTo(url: string): { url: string; preparedStatements?: boolean; directUrl?: string } {
  const pooler = process.env.TEST_POOLER;
  if (!pooler) return { url };
  return { url: `${pooler}${new URL(url).pathname}`, preparedStatements: false, directUrl: url };
}

/** Creates an empty database with a random name on the server of `DATABASE_URL`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `velella_test_${randomBytes(6).toString("hex")}`;
  await onServer(`create database "${name}"`);
  const url = new URL(server());
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => onServer(`drop database if exists "${name}" with (force)`) };
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: server() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
