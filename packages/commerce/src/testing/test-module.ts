import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createConnection, createRepository, runMigrations } from "@velella/data";
import type { BaseRepository } from "@velella/data";
import { silentLogger } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";

const server = () => process.env.DATABASE_URL ?? "postgres://root@127.0.0.1:5432/postgres";

/** A module on a database of its own. */
export interface TestModule<Service> {
  service: Service;
  connection: SqlConnection;
  close(): Promise<void>;
}

/**
 * Migrates an empty database for one module, and makes its service.
 *
 * @param folder Folder of the module.
 * @param cradle What the module's container has beside the repository.
 */
export async function createTestModule<Service extends object>(
  folder: string,
  Class: new (cradle: { baseRepository: BaseRepository }, options?: never) => Service,
  cradle: object = {},
): Promise<TestModule<Service>> {
  const name = `velella_test_${randomBytes(6).toString("hex")}`;
  const admin = createConnection({ url: server() });
  await admin.query(`create database "${name}"`);
  const url = new URL(server());
  url.pathname = `/${name}`;
  const connection = createConnection({ url: url.toString() });
  const directory = join(__dirname, "..", "modules", folder, "migrations");
  await runMigrations({ connection, modules: [{ module: folder, directory }], load: (file) => import(file) });
  const service = new Class({ baseRepository: createRepository(connection), logger: silentLogger(), ...cradle } as never);
  return {
    service,
    connection,
    async close() {
      await connection.close();
      await admin.query(`drop database if exists "${name}" with (force)`);
      await admin.close();
    },
  };
}
