import type { Container } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "../index";
import type { WorkflowEngine } from "../index";
import { testEngines } from "../testing/test-engine";

// Steps that say `transactional: "shared"`, as they behave in a database.

const tests = testEngines();
let engine: WorkflowEngine;
let container: Container;
let trace: unknown[];

beforeAll(async () => {
  await tests.open();
  ({ engine, container } = tests.engine());
  await engine.start();
  await tests.connection.query("create table thing (id int primary key, xid text not null default pg_current_xact_id()::text)");
});
afterAll(() => tests.close());
beforeEach(async () => {
  trace = [];
  await tests.connection.query("delete from thing");
});

/** Adds a thing, and fails with the number 13. Does what else it is told, as a step of somebody's own might. */
const adding = (name: string, besides?: (id: number, execute: (text: string) => Promise<unknown>) => Promise<void>) =>
  createStep(
    { name, transactional: "shared" },
    async (id: number, { context, emit }) => {
      trace.push(`add ${id}`);
      const manager = context.transactionManager;
      await besides?.(id, (text) => manager?.execute(text) ?? Promise.resolve());
      await manager?.execute("insert into thing values (?)", [id]);
      emit({ name: "thing.added", data: id });
      if (id === 13) throw new Error("thirteen");
      return new StepResponse(id + 1, id);
    },
    async (id, { context }) => {
      trace.push(`undo ${id}`);
      await context.transactionManager?.execute("delete from thing where id = ?", [id]);
    },
  );
const add = adding("add");
const fail = createStep("fail", async (input: { fails: boolean }) => {
  if (input.fails) throw new Error("as asked");
});

/** Three things: the one given, the next one, and the one after twice that. */
const things = (name: string, step = add) =>
  createWorkflow({ name, store: true }, (input: { first: number; fails: boolean }) => {
    const second = step(transform({ input }, ({ input: { first } }) => first));
    const third = step(second).config({ name: "second" });
    const last = step(transform({ third }, ({ third: id }) => id * 2)).config({ name: "third" });
    fail(transform({ input }, ({ input: { fails } }) => ({ fails })));
    return new WorkflowResponse({ third, last });
  });
const stored = async () => (await tests.connection.query<{ id: number; xid: string }>("select id, xid from thing order by id")).rows;

test("steps that follow each other share a transaction, and what they hand on is what it would be without", async () => {
  const { result } = await things("together")(container).run({ input: { first: 1, fails: false } });
  expect(result).toStrictEqual({ third: 3, last: 7 });
  const rows = await stored();
  expect(rows.map(({ id }) => id)).toStrictEqual([1, 2, 6]);
  expect(new Set(rows.map(({ xid }) => xid)).size).toBe(1);
  const [execution] = await engine.listWorkflowExecutions({ workflow_id: "together" });
  expect(execution?.execution.steps.map(({ key, status, output }) => [key, status, output])).toStrictEqual([
    ["add", "done", 2],
    ["second", "done", 3],
    ["third", "done", 7],
    ["fail", "done", undefined],
  ]);
});

test("when a later step fails, each is undone, the last one first", async () => {
  await expect(things("later")(container).run({ input: { first: 1, fails: true } })).rejects.toMatchObject({ message: "as asked" });
  expect(await stored()).toStrictEqual([]);
  expect(trace).toStrictEqual(["add 1", "add 2", "add 6", "undo 6", "undo 2", "undo 1"]);
});

test("when one of them fails, it is as if each had a transaction of its own", async () => {
  const run = things("one-fails")(container).run({ input: { first: 12, fails: false } });
  await expect(run).rejects.toMatchObject({ message: "thirteen" });
  expect(await stored()).toStrictEqual([]);
  // The first two were undone by the database, and done again to see which of them it is.
  expect(trace).toStrictEqual(["add 12", "add 13", "add 12", "add 13", "undo undefined", "undo 12"]);
});

test("values computed from what was undone are computed anew", async () => {
  let attempts = 0;
  const draw = createStep({ name: "draw", transactional: "shared" }, async () => ++attempts);
  const check = createStep({ name: "check", transactional: "shared" }, async (seen: { drawn: number; computed: number }) => {
    if (attempts === 1) throw new Error("not yet");
    return seen;
  });
  const workflow = createWorkflow("anew", () => {
    const drawn = draw();
    const computed = transform({ drawn }, ({ drawn: value }) => value * 10);
    return new WorkflowResponse(check({ drawn, computed }));
  });
  expect((await workflow(container).run()).result).toStrictEqual({ drawn: 2, computed: 20 });
});

test("a step that catches an error of the database fails as it would by itself", async () => {
  await tests.connection.query("insert into thing values (0)");
  const careless = adding("careless", async (id, execute) => {
    await execute(`insert into thing values (${id - 1})`).catch(() => trace.push(`${id - 1} is there`));
  });
  const run = things("careless", careless)(container).run({ input: { first: 1, fails: false } });
  await expect(run).rejects.toMatchObject({ code: "25P02" });
  expect((await stored()).map(({ id }) => id)).toStrictEqual([0]);
});

test("nothing is committed of a run that someone else has taken over", async () => {
  let taken = false;
  const robbed = adding("robbed", async (id) => {
    if (id !== 2 || taken) return;
    taken = true;
    // Taken up once this one has come to its end.
    await tests.connection.query(
      `update velella_execution set owner = null, epoch = epoch + 1, wake_at = now() + interval '0.5 seconds' where workflow_id = 'robbed'`,
    );
  });
  const { result } = await things("robbed", robbed)(container).run({ input: { first: 1, fails: false } });
  expect(result).toStrictEqual({ third: 3, last: 7 });
  expect((await stored()).map(({ id }) => id)).toStrictEqual([1, 2, 6]);
  expect(trace).toStrictEqual(["add 1", "add 2", "add 6", "add 1", "add 2", "add 6"]);
});

test("when the time of the workflow is over, the database undoes what was under way, and nothing is done again", async () => {
  const slow = adding("slow", async (id) => {
    if (id === 2) await new Promise((resolve) => setTimeout(resolve, 800));
  });
  const workflow = createWorkflow({ name: "overdue", timeout: 0.6 }, () => {
    slow(slow(1)).config({ name: "second" });
  });
  await expect(workflow(container).run()).rejects.toMatchObject({
    message: "Workflow overdue took longer than its timeout of 0.6 s.",
  });
  expect(await stored()).toStrictEqual([]);
  expect(trace).toStrictEqual(["add 1", "add 2"]);
});
