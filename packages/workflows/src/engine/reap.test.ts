import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tablesIn } from "../store/schema";
import { eventually, testEngines } from "../testing/test-engine";
import { reap } from "./reap";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

test("what a new instance has claimed since the statement began is not taken from it as from a dead one", async () => {
  const { connection } = tests;
  await connection.query(
    "insert into velella_instance (id, lock_key, locked, lease_until) values ('dead', 1, false, now() - interval '1 s')",
  );
  await connection.query(
    `insert into velella_execution (id, workflow_id, transaction_id, run_id, state, plan_hash, owner, epoch, idempotent, store)
    values ('run', 'flow', '1', '1', 'invoking', '-', 'dead', 1, false, false)`,
  );
  await connection.query(
    "insert into velella_task (id, kind, target, state, owner, max_attempts) values ('task', 'event', 'event:s', 'ready', 'dead', 3)",
  );
  // Has seen the rows, and not yet who lives.
  const slow: SqlConnection = {
    ...connection,
    query: (text, values) =>
      connection.query<never>(text.replace("where i.id <> $1 and", "where (select pg_sleep(0.6)) is not null and i.id <> $1 and"), values),
  };
  const reaping = reap(slow, tablesIn(undefined), "self", 5);
  await eventually(
    () =>
      connection.query(
        "select from pg_stat_activity where datname = current_database() and query like '%pg_sleep(0.6)%' and wait_event = 'PgSleep'",
      ),
    ({ rowCount }) => rowCount === 1,
  );
  await connection.query(
    "insert into velella_instance (id, lock_key, locked, lease_until) values ('new', 2, false, now() + interval '1 h')",
  );
  await connection.query("update velella_execution set owner = 'new', epoch = 2");
  await connection.query("update velella_task set owner = 'new'");
  expect(await reaping).toBe(0);
  const { rows } = await connection.query("select owner from velella_execution union all select owner from velella_task");
  expect(rows).toStrictEqual([{ owner: "new" }, { owner: "new" }]);
});
