import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { createPgConnection } from "../connection/pg-connection";
import { WorkflowRegistry } from "../registry/workflow-registry";
import { migrateTables, tablesIn } from "../store/schema";
import type { ExecutionFilters } from "./execution-filters";
import { ExecutionList } from "./execution-list";
import type { ExecutionListConfig } from "./execution-list";

const tables = tablesIn();
let database: TestDatabase;
let connection: SqlConnection;
let list: ExecutionList;

/** Id, workflow, transaction, state, seconds of retention, why it is parked, day of May on which it began. */
const rows = [
  ["e1", "pay", "order-1", "done", 60, null, 1],
  ["e2", "pay", "order-2", "failed", null, null, 2],
  ["e3", "pay", "order_3", "invoking", 600, "Its process died.", 3],
  ["e4", "ship", "order-1", "compensating", null, null, 4],
  ["e5", "ship", "50%", "reverted", 5, null, 5],
] as const;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createPgConnection({ url: database.url });
  await migrateTables(connection, tables);
  list = new ExecutionList(connection, tables, new WorkflowRegistry());
  for (const [id, workflow, transaction, state, retention, parked, day] of rows) {
    const at = `2026-05-0${day}T12:00:00Z`;
    await connection.query(
      `insert into ${tables.execution} (id, workflow_id, transaction_id, run_id, state, plan_hash, input, result, errors, epoch, idempotent, store, retention_seconds, parked, created_at, updated_at, finished_at)
      values ($1, $2, $3, 'run-' || $1, $4, '/hash', '{"big":1}', '"out"', '[]', 1, false, true, $5, $6, $7, $7, $7)`,
      [id, workflow, transaction, state, retention, parked, at],
    );
  }
  for (const [key, output, notes] of [
    ["first", '"one"', '{"pure":{"value":{"n":1}},"when#a":{"value":true}}'],
    ["second", '"two"', null],
  ])
    await connection.query(
      `insert into ${tables.step} (execution_id, key, phase, status, output, compensate_input, notes, attempts, idempotency_key, started_at)
      values ('e1', $1, 'invoke', 'done', $2, '"kept"', $3, 1, 'key', now())`,
      [key, output, notes],
    );
});
afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

const ids = async (filters: ExecutionFilters, config?: ExecutionListConfig) => (await list.list(filters, config)).map(({ id }) => id);

test.each<[ExecutionFilters, string]>([
  [{}, "e1 e2 e3 e4 e5"],
  [{ workflow_id: "pay" }, "e1 e2 e3"],
  [{ workflow_id: undefined, transaction_id: "order-1" }, "e1 e4"],
  [{ state: ["done", "failed"] }, "e1 e2"],
  [{ state: { $in: ["done", "reverted"] } }, "e1 e5"],
  [{ state: { $nin: ["done", "reverted"] } }, "e2 e3 e4"],
  [{ state: { $ne: "done" } }, "e2 e3 e4 e5"],
  [{ state: [] }, ""],
  [{ transaction_id: { $like: "order-%" } }, "e1 e2 e4"],
  [{ transaction_id: { $ilike: "ORDER%" } }, "e1 e2 e3 e4"],
  [{ transaction_id: { $re: "^order.[23]$" } }, "e2 e3"],
  [{ created_at: { $gte: new Date("2026-05-02T12:00:00Z"), $lt: "2026-05-04T12:00:00Z" } }, "e2 e3"],
  [{ created_at: { $gt: "2026-05-04" } }, "e4 e5"],
  [{ created_at: new Date("2026-05-01T12:00:00Z") }, "e1"],
  [{ retention_time: null }, "e2 e4"],
  [{ retention_time: { $gt: 5, $lte: 60 } }, "e1"],
  [{ retention_time: [null, 60] }, "e1 e2 e4"],
  [{ retention_time: { $nin: [null, 60] } }, "e3 e5"],
  [{ retention_time: { $ne: null } }, "e1 e3 e5"],
  [{ parked: { $exists: true } }, "e3"],
  [{ parked: { $exists: false }, workflow_id: "pay" }, "e1 e2"],
  [{ deleted_at: null }, "e1 e2 e3 e4 e5"],
  [{ deleted_at: { $ne: null } }, ""],
  [{ $or: [{ state: "done" }, { workflow_id: "ship", transaction_id: "order-1" }] }, "e1 e4"],
  [{ $and: [{ workflow_id: "pay" }, { state: { $not: { $in: ["done"] } } }] }, "e2 e3"],
  [{ $not: { retention_time: { $gt: 5 } } }, "e2 e4 e5"],
  [{ retention_time: { $not: { $gt: 5 } } }, "e2 e4 e5"],
  [{ id: { $or: ["e1", { $like: "%5" }] } }, "e1 e5"],
  [{ id: { $and: [{ $gt: "e1" }, { $lt: "e3" }] } }, "e2"],
  [{ $or: [] }, ""],
  [{ q: "ORDER_3" }, "e3"],
  [{ q: "0%" }, "e5"],
  [{ q: "ship" }, "e4 e5"],
  [{ q: "e2" }, "e2"],
])("runs with %o", async (filters, expected) => {
  const found = expected ? expected.split(" ") : [];
  expect(await ids(filters, { order: { id: "ASC" } })).toStrictEqual(found);
  expect(await list.count(filters)).toBe(found.length);
});

test("pages and orders; the newest first by default", async () => {
  expect(await ids({})).toStrictEqual(["e5", "e4", "e3", "e2", "e1"]);
  expect(await ids({}, { take: 2, skip: 1 })).toStrictEqual(["e4", "e3"]);
  expect(await ids({}, { take: 0 })).toStrictEqual([]);
  expect(await ids({}, { take: null, skip: 3, order: {} })).toStrictEqual(["e2", "e1"]);
  expect(await ids({}, { order: { workflow_id: "desc", created_at: "ASC" } })).toStrictEqual(["e4", "e5", "e1", "e2", "e3"]);
});

test.each<[unknown, unknown, string, string?]>([
  [{ "id; drop table x": 1 }, {}, 'Executions cannot be filtered or ordered by "id; drop table x".', "There are: id, workflow_id"],
  [{ workflowId: "a" }, {}, 'Executions cannot be filtered or ordered by "workflowId".', 'Did you mean "workflow_id"?'],
  [
    { state: "nonsense" },
    {},
    '"state" must be one of not_started, invoking, waiting_to_compensate, compensating, done, reverted, failed; found "nonsense".',
  ],
  [{ state: { $in: ["finished"] } }, {}, '"state" $in must be one of not_started'],
  [{ state: { $in: "done" } }, {}, '"state" $in must be a list; found "done".'],
  [{ id: 5 }, {}, '"id" must be a text; found 5.'],
  [{ id: { $lik: "x" } }, {}, 'There is no operator "$lik", in the filter on "id".', 'Did you mean "$like"'],
  [{ created_at: { $gte: "soon" } }, {}, '"created_at" $gte must be a Date, or a text such as 2026-01-31T12:00:00Z; found "soon".'],
  [{ created_at: { $like: "2026%" } }, {}, '"created_at" $like must be used on a column of texts'],
  [{ retention_time: { $gt: "5" } }, {}, '"retention_time" $gt must be a number; found "5".'],
  [{ parked: { $exists: "yes" } }, {}, '"parked" $exists must be true or false; found "yes".'],
  [{ $or: { id: "e1" } }, {}, '"$or" must be a list; found {"id":"e1"}.'],
  [{ q: 5 }, {}, '"q" must be a text; found 5.'],
  ["e1", {}, 'The filters of executions must be an object; found "e1".'],
  [
    {},
    { order: { created_at: "sideways" } },
    'The config of a list of executions orders "created_at" by "sideways".',
    'Give "ASC" or "DESC".',
  ],
  [{}, { order: { started_at: "ASC" } }, 'Executions cannot be filtered or ordered by "started_at".'],
  [{}, { take: -1 }, "The config of a list of executions has take: -1.", "Give a whole number that is not negative."],
  [{}, { skip: 1.5 }, "The config of a list of executions has skip: 1.5."],
  [{}, { limit: 5 }, 'The config of a list of executions has no option "limit".'],
  [{}, { select: ["states"] }, 'The config of a list of executions selects "states".', 'Did you mean "state"?'],
  [{}, { relations: ["steps"] }, 'The config of a list of executions has relations: ["steps"].'],
  [{ workflow_id: { $re: "(" } }, {}, '"workflow_id" $re must be a regular expression of PostgreSQL (', undefined],
  [{ $or: [{ id: { $re: "^e" } }, { parked: { $not: { $re: "[" } } }] }, {}, '"parked" $re must be a regular expression of PostgreSQL'],
  [{ workflow_id: { $like: "a\\" } }, {}, '"workflow_id" $like must be a pattern whose last backslash stands before something'],
  [{ id: "a\0" }, {}, '"id" must be a text without a NUL character; found "a\\u0000".'],
  [{ id: { $in: ["a\0"] } }, {}, '"id" $in must be a text without a NUL character'],
  [{ id: { $ilike: "a\0" } }, {}, '"id" $ilike must be a text without a NUL character'],
  [{ q: "a\0" }, {}, '"q" must be a text without a NUL character'],
  [{ $or: [1n] }, {}, '"$or" must be an object; found 1n.'],
  [{}, { take: 1e20 }, "The config of a list of executions has take: 100000000000000000000."],
  [{}, { take: "5" }, 'The config of a list of executions has take: "5".'],
  [{}, { select: "id" }, 'The config of a list of executions has select: "id".', "Give a list of names."],
  [{}, { select: ["execution.stepz"] }, 'The config of a list of executions selects "execution.stepz".', 'Did you mean "steps"?'],
  [{}, { select: ["execution.steps.keyy"] }, 'selects "execution.steps.keyy".', 'Did you mean "key"'],
  [{}, { select: ["context.data.inputs"] }, 'selects "context.data.inputs".', 'Did you mean "input"?'],
  [{}, { relations: "steps" }, 'The config of a list of executions has relations: "steps".'],
  [{}, null, "The config of a list of executions is null.", "Give an object."],
])("%o with %o is refused", async (filters, config, message, hint) => {
  const error = await list.list(filters as ExecutionFilters, config as ExecutionListConfig).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ type: "invalid_data", message: expect.stringContaining(message) });
  if (hint) expect((error as { hint?: string }).hint).toContain(hint);
});

test("only what is selected is read", async () => {
  const query = vi.spyOn(connection, "query");
  const one = async (select?: string[]) => (await list.list({ id: "e1" }, { select }))[0];
  const steps = [
    { key: "first", phase: "invoke", status: "done", attempts: 1, output: "one" },
    { key: "second", phase: "invoke", status: "done", attempts: 1, output: "two" },
  ];
  const values = { pure: { n: 1 }, "when#a": true };
  expect(await one()).toMatchObject({
    id: "e1",
    context: { data: { input: { big: 1 }, output: "out" }, errors: [] },
    execution: { steps, values },
  });
  query.mockClear();
  expect(await one(["id", "state"])).toStrictEqual({ id: "e1", state: "done" });
  expect(await one(["id", "execution.parked"])).toStrictEqual({ id: "e1", execution: { parked: null } });
  expect(query.mock.calls.every(([text]) => !/result|errors|input|velella_step/.test(text))).toBe(true);
  query.mockClear();
  expect(await one(["execution.steps.key"])).toStrictEqual({ execution: { steps: [{ key: "first" }, { key: "second" }] } });
  expect(await one(["context.errors", "execution.values"])).toStrictEqual({ context: { errors: [] }, execution: { values } });
  expect(query.mock.calls.some(([text]) => /output|result|compensate_input/.test(text))).toBe(false);
  expect(await one(["execution.*", "id"])).toMatchObject({ id: "e1", execution: { steps, epoch: 1, owner: null } });
  expect(await one(["*"])).toStrictEqual(await one());
  expect(await one(["context.data.input.big", "execution.values.pure.n"])).toStrictEqual({
    context: { data: { input: { big: 1 } } },
    execution: { values: { pure: { n: 1 } } },
  });
  query.mockRestore();
});

test("one run is retrieved by its id, or by workflow and transaction", async () => {
  expect((await list.retrieve("e4")).workflow_id).toBe("ship");
  expect(await list.retrieve({ workflow_id: "ship", transaction_id: "order-1" }, { select: ["id"] })).toStrictEqual({ id: "e4" });
  await expect(list.retrieve("e9")).rejects.toMatchObject({ type: "not_found", message: "WorkflowExecution with id: e9 was not found" });
  await expect(list.retrieve(undefined as never)).rejects.toThrow(
    "An execution is retrieved by its id, or by { workflow_id, transaction_id }; found undefined.",
  );
  await expect(list.retrieve({ workflow_id: "ship" } as never)).rejects.toThrow("; found transaction_id: undefined.");
});
