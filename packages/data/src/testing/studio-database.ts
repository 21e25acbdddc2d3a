import type { SqlConnection } from "@velella/kernel";
import { silentLogger } from "@velella/kernel";
import { createConnection } from "../connection/connection";
import { createTablesSql } from "../ddl/create-tables";
import { specOf } from "../model/spec-of";
import { connectionTo, createTestDatabase } from "./database";
import { Album, Artist, Genre, Label, Profile, Ticket } from "./studio/models";

/** A database with the tables of the studio models. */
export interface StudioDatabase {
  connection: SqlConnection;
  url: string;
  drop(): Promise<void>;
}

/** Creates a database with empty tables for the studio models. */
export async function createStudioDatabase(): Promise<StudioDatabase> {
  const database = await createTestDatabase();
  const connection = createConnection({ ...connectionTo(database.url), poolSize: 4, logger: silentLogger() });
  for (const statement of createTablesSql([Artist, Album, Label, Profile, Ticket, Genre].map(specOf))) await connection.query(statement);
  return {
    connection,
    url: database.url,
    async drop() {
      await connection.close();
      await database.drop();
    },
  };
}
