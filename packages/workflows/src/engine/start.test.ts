import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createStep, createWorkflow, WorkflowResponse } from "../index";
import { testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

describe("an engine whose tables are not there", () => {
  const workflow = createWorkflow("no-tables", () => {
    createStep("one", async () => 1)();
    createStep("two", async () => 2)();
  });

  test("says so when it is started, and when it is to run something", async () => {
    const { engine } = tests.engine({ schema: "not_there" });
    const error = {
      reason: "engine.not_migrated",
      message: 'The tables of the workflow engine are not there in schema "not_there".',
      hint: "Call engine.migrate() first.",
    };
    await expect(engine.start()).rejects.toMatchObject(error);
    await expect(engine.run(workflow)).rejects.toMatchObject(error);
    await engine.migrate();
    await engine.start();
    expect((await engine.run(workflow)).transaction.getState()).toBe("done");
  });
});

test("an engine whose tables are those of an earlier release says what they lack; those of a later one are no matter", async () => {
  const { engine } = tests.engine({ schema: "outdated" });
  await engine.migrate();
  const forget = (names: string) => tests.connection.query(`delete from outdated.velella_workflow_migration where name like '${names}'`);
  await forget("0003%");
  await expect(engine.start()).rejects.toMatchObject({
    reason: "engine.outdated",
    message: "The tables of the workflow engine are those of an earlier release: 0003-earlier-attempts is missing.",
  });
  await tests.connection.query(`insert into outdated.velella_workflow_migration (name) values ('0003-earlier-attempts'), ('9999-later')`);
  await engine.start();
});

describe("idempotent without a retention", () => {
  let ran = 0;
  const workflow = createWorkflow({ name: "once", idempotent: true }, () => {
    return new WorkflowResponse(createStep("count", async () => ++ran)());
  });

  test("keeps a run for a day, so that a second one finds it", async () => {
    const { engine } = tests.engine();
    const runs = [];
    for (let n = 0; n < 2; n++) runs.push(await engine.run(workflow, { transactionId: "same" }));
    expect(runs.map(({ result }) => result)).toStrictEqual([1, 1]);
    expect(runs[1]?.transaction.runId).toBe(runs[0]?.transaction.runId);
    const { rows } = await tests.connection.query<{ hours: number }>(
      "select round(extract(epoch from keep_until - now()) / 3600)::int as hours from velella_execution where workflow_id = 'once'",
    );
    expect(rows).toStrictEqual([{ hours: 24 }]);
  });

  test("of a workflow that keeps its runs anyway changes nothing", async () => {
    const { engine } = tests.engine();
    const stored = createWorkflow({ name: "once-stored", idempotent: true, store: true }, () => {
      createStep("one", async () => 1)();
    });
    await engine.run(stored, { transactionId: "stored" });
    const { rows } = await tests.connection.query("select keep_until from velella_execution where workflow_id = 'once-stored'");
    expect(rows).toStrictEqual([{ keep_until: null }]);
  });
});

test("an idempotent run whose retention is over is run again, although nobody has removed it yet", async () => {
  // Neither started, so that neither sweeps.
  const engines = [tests.engine().engine, tests.engine().engine];
  let ran = 0;
  const workflow = createWorkflow({ name: "over", idempotent: true, retentionTime: 3600 }, () => {
    return new WorkflowResponse(createStep("count", async () => ++ran)());
  });
  const runs = () => Promise.all([...engines, ...engines].map((engine) => engine.run(workflow, { transactionId: "over" })));
  await runs();
  await tests.connection.query("update velella_execution set keep_until = now() where workflow_id = 'over'");
  const again = await runs();
  expect(again.map(({ result }) => result)).toStrictEqual([2, 2, 2, 2]);
  const { rows } = await tests.connection.query<{ executions: number; steps: number }>(
    `select count(distinct e.id)::int as executions, count(*)::int as steps from velella_step s left join velella_execution e on e.id = s.execution_id
    where e.workflow_id = 'over' or e.id is null`,
  );
  expect(rows).toStrictEqual([{ executions: 1, steps: 1 }]);
});
