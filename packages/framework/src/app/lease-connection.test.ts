import { createConnection } from "@velella/data";
import type { ConnectionOptions } from "@velella/data";
import { createTestDatabase } from "@velella/data/testing";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { leaseConnection } from "./open-database";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const warnings: string[] = [];
const connectionFor = (options: ConnectionOptions) =>
  leaseConnection({ url: database.url, options: { ...options, url: database.url } }, { warn: (line) => void warnings.push(String(line)) });

test.each(["shop", "my shop", 'a "b" \\c'])(
  "the thread that keeps the lease works in the schema %j, by the time-outs of the pools",
  async (schema) => {
    const connection = createConnection({ url: database.url });
    await connection.query(`create schema "${schema.replaceAll('"', '""')}"`);
    await connection.close();
    const client = new Client(connectionFor({ schema, statementTimeoutMs: 12_345, applicationName: "lease" }));
    await client.connect();
    try {
      const { rows } = await client.query(
        "select current_schema() as schema, current_setting('statement_timeout') as statement, current_setting('application_name') as name",
      );
      expect(rows).toEqual([{ schema, statement: "12345ms", name: "lease" }]);
    } finally {
      await client.end();
    }
  },
);

test("behind a transaction pooler it sends none of the settings that one refuses", () => {
  const { options, statement_timeout, lock_timeout } = connectionFor({ schema: "public", preparedStatements: false })!;
  expect([options, statement_timeout, lock_timeout]).toEqual([undefined, undefined, undefined]);
});

test("a thread can be given certificates, but no function: then there is none, and a warning", () => {
  const certificates = { ca: Buffer.from("…"), rejectUnauthorized: true };
  expect(structuredClone(connectionFor({ ssl: certificates }))).toMatchObject({ ssl: { rejectUnauthorized: true } });
  expect(warnings).toEqual([]);
  expect(connectionFor({ ssl: { ...certificates, checkServerIdentity: () => undefined } })).toBeUndefined();
  expect(warnings).toEqual([
    expect.stringContaining('"projectConfig.databaseDriverOptions.connection.ssl": () => undefined could not be cloned'),
  ]);
});
