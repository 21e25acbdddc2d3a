import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { createPgConnection } from "../index";
import { ExecutionSteering } from "./execution-steering";
import { ExecutionStore } from "./execution-store";
import type { NewExecution } from "./execution-store";
import { migrateTables, tablesIn } from "./schema";

let database: TestDatabase;
let connection: SqlConnection;
let statements = 0;
const tables = tablesIn();

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createPgConnection({ url: database.url });
  await migrateTables(connection, tables);
});

afterAll(async () => {
  await connection.close();
  await database.drop();
});

function openStore(owner: string): ExecutionStore {
  const counting: SqlConnection = {
    ...connection,
    query: (...args) => {
      statements++;
      return connection.query(...args);
    },
  };
  return new ExecutionStore(counting, tables, owner);
}

const execution = (id: string, transactionId = id, changes: Partial<NewExecution> = {}): NewExecution => ({
  id,
  workflowId: "w",
  transactionId,
  runId: id,
  planHash: "h",
  input: null,
  context: {},
  deadline: undefined,
  idempotent: false,
  store: false,
  retentionSeconds: undefined,
  ...changes,
});

const done = { state: "done", result: "1", errors: [] } as const;
const eventOf = (name: string) => [{ name, data: {} }];

test("runs that start together are written together, and one of each transaction id is new", async () => {
  const [one, other] = [openStore("one"), openStore("other")];
  statements = 0;
  const numbers = Array.from({ length: 300 }, (_, i) => i);
  const started = await Promise.all([
    ...numbers.map((i) => one.start(execution(`one-${i}`, `t-${i % 100}`))),
    // From the other end, so that the two would wait for each other if the order were theirs.
    ...numbers.map((i) => other.start(execution(`other-${i}`, `t-${(299 - i) % 100}`))),
  ]);
  expect(started.filter(Boolean)).toHaveLength(100);
  expect(statements).toBeLessThan(20);
  const { rows } = await connection.query<{ id: string }>("select id from velella_execution where workflow_id = 'w'");
  expect(rows).toHaveLength(100);
});

test("runs that end together: each by its own claim, kept or removed, with its events or without", async () => {
  const store = openStore("three");
  const ids = ["gone", "kept", "foreign", "cancelled", "stuck"];
  await Promise.all(
    ids.map((id) => store.start(execution(id, id, { store: id === "kept", retentionSeconds: id === "kept" ? 60 : undefined }))),
  );
  await new ExecutionSteering(connection, tables).cancel("w", { transactionId: "cancelled" });
  statements = 0;
  const ended = await Promise.all([
    store.finish("gone", 1, done, eventOf("gone")),
    store.finish("kept", 1, done, [...eventOf("kept"), ...eventOf("kept")]),
    store.finish("foreign", 2, done, eventOf("foreign")),
    store.finish("cancelled", 1, done, eventOf("cancelled")),
    store.finish("stuck", 1, { state: "failed", result: null, errors: [] }, []),
  ]);
  expect(ended).toStrictEqual([true, true, false, false, true]);
  expect(statements).toBe(1);
  const { rows } = await connection.query<{ id: string; state: string; result: string | null; kept: boolean }>(
    `select id, state, result, keep_until is not null as kept from velella_execution where id = any($1) order by id`,
    [ids],
  );
  expect(rows).toStrictEqual([
    { id: "cancelled", state: "invoking", result: null, kept: false },
    { id: "foreign", state: "invoking", result: null, kept: false },
    { id: "kept", state: "done", result: "1", kept: true },
    { id: "stuck", state: "failed", result: null, kept: false },
  ]);
  const { rows: events } = await connection.query<{ name: string }>("select name from velella_event order by name");
  expect(events.map(({ name }) => name)).toStrictEqual(["gone", "kept", "kept"]);
});
