import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { createPgConnection, createStep, createWorkflow, createWorkflowEngine } from "../index";
import { eventually } from "../testing/test-engine";

let database: TestDatabase;
let connection: SqlConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createPgConnection({ url: database.url });
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

/** How instances wrote the record of a step before there were earlier attempts. */
const before0003 = `insert into velella_step as s
  (execution_id, key, phase, status, output, compensate_input, error, events, notes, attempts, idempotency_key, timeout_at, started_at)
  values ($1, $2, 'invoke', $3, null, null, $4, null, null, $5, 'key', now() + interval '0.2 seconds', now())
  on conflict (execution_id, key, phase) do update set status = excluded.status, error = excluded.error, attempts = excluded.attempts,
    timeout_at = excluded.timeout_at, finished_at = now()`;

test("tables of the version before are migrated with what is in them, and instances of that version go on beside it", async () => {
  const flaky = createStep({ name: "flaky", maxRetries: 9, retryInterval: 0.1 }, async (_: void, { attempt }) => {
    if (attempt < 5) throw new Error(`no ${attempt}`);
  });
  const workflow = createWorkflow({ name: "upgraded", store: true }, () => void flaky());
  const [old, engine] = [createWorkflowEngine({ connection }), createWorkflowEngine({ connection, pollInterval: 20 })];
  await old.migrate();
  await connection.query(
    `alter table velella_step drop earlier, drop uncounted; drop index velella_execution_misfit; drop table velella_subscription, velella_notice;
    alter table velella_execution drop rested_epoch, drop awaited`,
  );
  await connection.query("delete from velella_workflow_migration where name > '0003'");
  // As it stands after the first attempt, made by an instance of the version before.
  await connection.query(
    `insert into velella_execution (id, workflow_id, transaction_id, run_id, state, plan_hash, owner, epoch, idempotent, store)
    values ('run', 'upgraded', 'T', 'run', 'invoking', $1, 'old', 1, false, true)`,
    [`/${workflow.plan.hash}/${workflow.plan.notesHash}`],
  );
  const write = (status: string, attempt: number) =>
    connection.query(before0003, ["run", "flaky", status, JSON.stringify({ name: "Error", message: `no ${attempt}` }), attempt]);
  await write("retrying", 1);
  await engine.migrate();
  await write("retrying", 2);
  await connection.query("update velella_execution set owner = null, wake_at = now()");
  const shown = async () => {
    const [run] = await engine.listWorkflowExecutions({ transaction_id: "T" });
    const [step] = run!.execution.steps;
    return { state: run!.state, attempts: step!.attempts, earlier: step!.earlier_attempts?.map(({ error }) => error.message) };
  };
  await engine.start();
  // The version before keeps its last attempt only; from then on nothing is lost.
  expect(await eventually(shown, ({ state }) => state === "done")).toStrictEqual({
    state: "done",
    attempts: 5,
    earlier: ["no 2", "no 3", "no 4"],
  });
  await engine.stop();
});

test("the record of an instance of the version before leaves the attempts that are on record", async () => {
  await connection.query("update velella_step set status = 'retrying' where key = 'flaky'");
  await connection.query(before0003, ["run", "flaky", "done", null, 6]);
  const { rows } = await connection.query<{ n: number }>("select json_array_length(earlier::json->'attempts') as n from velella_step");
  expect(rows).toStrictEqual([{ n: 3 }]);
});
