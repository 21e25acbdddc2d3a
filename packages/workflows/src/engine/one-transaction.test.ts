import type { Container, SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createHook, createStep, createWorkflow, StepResponse, transform, when, WorkflowResponse } from "../index";
import type { WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// Runs that are one transaction, or end with one: what is seen of them in a database, and by those who called.

const tests = testEngines();
let engine: WorkflowEngine;
let container: Container;
let trace: unknown[];
let heard: unknown[];

beforeAll(async () => {
  await tests.open();
  ({ engine, container } = tests.engine());
  engine.subscribers.add({ id: "hear", events: ["*"], handler: ({ name, data }) => void heard.push([name, data]) });
  await engine.start();
  // Remembers which runs ever were on record, and the transactions of events.
  await tests.connection.query(`
    create table thing (id int primary key, xid text not null default pg_current_xact_id()::text);
    create table journalled (workflow_id text);
    create function note_run() returns trigger language plpgsql as
      $$ begin insert into journalled values (new.workflow_id); return new; end $$;
    create trigger note_run after insert on velella_execution for each row execute function note_run();
    create table emitted (name text, xid text not null default pg_current_xact_id()::text);
    create function note_event() returns trigger language plpgsql as
      $$ begin insert into emitted values (new.name); return new; end $$;
    create trigger note_event after insert on velella_event for each row execute function note_event();
  `);
});
afterAll(() => tests.close());
beforeEach(async () => {
  await eventually(
    async () =>
      (await tests.connection.query("select from velella_event where routed_at is null union all select from velella_task")).rowCount,
    (open) => open === 0,
  );
  trace = [];
  heard = [];
  await tests.connection.query("delete from thing");
});

const add = createStep(
  { name: "add", transactional: "shared" },
  async (id: number, { context, emit, idempotencyKey }) => {
    trace.push(`add ${id}`);
    await context.transactionManager?.execute("insert into thing values (?)", [id]);
    emit({ name: "thing.added", data: { id, key: idempotencyKey.split(":").slice(2).join(":") } });
    if (id === 13) throw new Error("thirteen");
    return new StepResponse(id + 1, id);
  },
  async (id, { context }) => {
    trace.push(`undo ${id}`);
    await context.transactionManager?.execute("delete from thing where id = ?", [id]);
  },
);
const tell = createStep({ name: "tell", pure: true, emits: true }, async (data: unknown, { emit }) => emit({ name: "told", data }));
const look = createStep({ name: "look", pure: true }, async (value: number) => {
  trace.push(`look ${value}`);
  const { rows } = await tests.connection.query<{ n: number }>("select count(*)::int as n from thing");
  return rows[0]?.n ?? 0;
});

const stored = async () => (await tests.connection.query<{ id: number; xid: string }>("select id, xid from thing order by id")).rows;
const ids = async () => (await stored()).map(({ id }) => id);
const wasJournalled = async (id: string) =>
  (await tests.connection.query("select from journalled where workflow_id = $1", [id])).rowCount > 0;
const told = (...names: string[]) =>
  eventually(
    () => heard.map((event) => (event as [string])[0]).sort(),
    (all) => all.length >= names.length,
  );

const inner = createWorkflow("inner-things", (input: { from: number }) => {
  const next = add(transform({ input }, ({ input: { from } }) => from));
  when({ next }, ({ next: id }) => id < 100).then(() => add(next).config({ name: "add-next" }));
  return new WorkflowResponse(next);
});
const whole = createWorkflow("whole", (input: { from: number }) => {
  const before = look(0);
  const next = inner.runAsStep({ input });
  const last = add(transform({ next }, ({ next: id }) => id * 10));
  const added = createHook("added", { last });
  tell(transform({ before, last }, (values) => values));
  return new WorkflowResponse({ before, last }, { hooks: [added] });
});

test("steps, nested ones, and the events that follow are one transaction, of which nothing is on record", async () => {
  const { result, transaction, acknowledgement } = await whole(container).run({ input: { from: 1 } });
  expect(result).toStrictEqual({ before: 0, last: 21 });
  expect(transaction.getState()).toBe("done");
  expect(acknowledgement).toMatchObject({ hasFinished: true, hasFailed: false });
  const rows = await stored();
  expect(rows.map(({ id }) => id)).toStrictEqual([1, 2, 20]);
  const { rows: emitted } = await tests.connection.query<{ xid: string }>("select xid from emitted");
  expect(emitted.length).toBe(4);
  expect(new Set([...rows, ...emitted].map(({ xid }) => xid)).size).toBe(1);
  expect(await told("told", "thing.added", "thing.added", "thing.added")).toStrictEqual([
    "thing.added",
    "thing.added",
    "thing.added",
    "told",
  ]);
  expect(heard).toContainEqual(["thing.added", { id: 1, key: "inner-things-as-step/add:invoke" }]);
  expect(heard).toContainEqual(["told", { before: 0, last: 21 }]);
  expect(await wasJournalled("whole")).toBe(false);
});

test("when a step fails it is as if each had a transaction of its own: undone one by one, and nothing is told", async () => {
  const run = await whole(container).run({ input: { from: 12 }, throwOnError: false });
  expect(run.errors).toMatchObject([
    { action: "add-next", step: "inner-things-as-step/add-next", attempt: 1, workflowId: "inner-things", error: { message: "thirteen" } },
  ]);
  expect(run.transaction.getState()).toBe("reverted");
  // The database undid the first two; then they were done again, on record, to see which of them it is.
  expect(trace).toStrictEqual(["look 0", "add 12", "add 13", "look 0", "add 12", "add 13", "undo undefined", "undo 12"]);
  expect(await ids()).toStrictEqual([]);
  expect(await wasJournalled("whole")).toBe(true);
  expect(heard).toStrictEqual([]);
});

test("a caller who gives the run a name finds one run by it, and what its steps returned", async () => {
  const options = { input: { from: 30 }, transactionId: "by-name", resultFrom: "add" } as const;
  const [one, other] = await Promise.all([whole(container).run(options), engine.run("whole", options)]);
  expect([one.result, other.result]).toStrictEqual([311, 311]);
  expect(await ids()).toStrictEqual([30, 31, 310]);
});

test("what one step returned can be the result", async () => {
  expect((await whole(container).run({ input: { from: 40 }, resultFrom: "add" })).result).toBe(411);
});

test("who watches is told of each step once, in order", async () => {
  const seen: unknown[] = [];
  const note = ({ eventType, step }: { eventType: string; step?: { id: string } }) => void seen.push([eventType, step?.id]);
  const events = { onBegin: note, onStepBegin: note, onStepSuccess: note, onStepFailure: note, onFinish: note };
  await whole(container).run({ input: { from: 50 }, events });
  const steps = ["look", "inner-things-as-step/add", "inner-things-as-step/add-next", "add", "tell"];
  expect(seen).toStrictEqual([
    ["onBegin", undefined],
    ...steps.flatMap((step) => [
      ["onStepBegin", step],
      ["onStepSuccess", step],
    ]),
    ["onFinish", undefined],
  ]);
});

test("a pure step that comes after them sees what they wrote", async () => {
  const workflow = createWorkflow("look-after", () => {
    const next = add(add(1)).config({ name: "second" });
    return new WorkflowResponse(look(next));
  });
  expect((await workflow(container).run()).result).toBe(2);
});

test("a handler of a hook has its place between them", async () => {
  const workflow = createWorkflow("hooked", () => {
    const next = add(1);
    const hook = createHook("between", { next });
    add(next).config({ name: "second" });
    return new WorkflowResponse(next, { hooks: [hook] });
  });
  workflow.hooks.between(async ({ next }) => void trace.push(["between", next, await ids()]));
  await workflow(container).run();
  expect(trace).toStrictEqual(["add 1", ["between", 2, [1]], "add 2"]);
});

test("a result that cannot be made undoes what was done", async () => {
  const workflow = createWorkflow("no-result", () => {
    const next = add(1);
    return new WorkflowResponse(
      transform({ next }, () => {
        throw new Error("no result");
      }),
    );
  });
  await expect(workflow(container).run()).rejects.toMatchObject({ message: "no result" });
  expect(await ids()).toStrictEqual([]);
  expect(trace).toStrictEqual(["add 1", "add 1", "undo 1"]);
});

/** An engine on a connection whose next transaction ends in another way than it did. */
function withEnd(end: (run: Promise<unknown>) => Promise<unknown>) {
  const { connection } = tests;
  let isNext = true;
  const transaction = (async (...args: Parameters<SqlConnection["transaction"]>) => {
    const run = connection.transaction(...args);
    if (!isNext) return run;
    isNext = false;
    return end(run);
  }) as SqlConnection["transaction"];
  return tests.engine({ connection: { ...connection, transaction }, checkpoints: connection });
}
const connectionReset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });

test("a connection that breaks while the commit is under way leaves it open how that ended: it is not done again", async () => {
  const { container: broken } = withEnd(async (run) => {
    await run;
    throw connectionReset();
  });
  const run = await whole(broken).run({ input: { from: 60 }, throwOnError: false });
  expect(run.thrownError).toMatchObject({ reason: "connection.commit_unknown", message: expect.stringContaining("ECONNRESET") });
  expect(run.transaction.getState()).toBe("failed");
  expect(await ids()).toStrictEqual([60, 61, 610]);
});

const closing = createWorkflow({ name: "closing", timeout: 60 }, (input: { from: number }) => {
  const next = inner.runAsStep({ input });
  return new WorkflowResponse(next);
});

test("a journalled run of which only the answer to its end got lost has ended", async () => {
  const { container: broken, engine: other } = withEnd(async (run) => {
    await run;
    throw connectionReset();
  });
  await other.start();
  const { result } = await closing(broken).run({ input: { from: 70 } });
  expect(result).toBe(71);
  expect(await ids()).toStrictEqual([70, 71]);
  expect(trace).toStrictEqual(["add 70", "add 71"]);
});

test.each([
  ["whole", {}],
  ["closing", { timeout: 60 }],
])("a transaction whose connection broke before its commit is begun again: %s", async (name, options) => {
  let attempts = 0;
  const broken = createStep({ name: "broken", transactional: "shared" }, async (id: number, { context }) => {
    attempts++;
    const [backend] = (await context.transactionManager?.execute<{ pid: number }>("select pg_backend_pid() as pid")) ?? [];
    if (attempts === 1) await tests.connection.query("select pg_terminate_backend($1)", [backend?.pid]);
    await context.transactionManager?.execute("insert into thing values (?)", [id]);
  });
  const workflow = createWorkflow({ name: `broken-${name}`, ...options }, () => {
    add(1);
    broken(5);
    tell("unbroken");
  });
  await workflow(container).run();
  expect(attempts).toBe(2);
  expect(await ids()).toStrictEqual([1, 5]);
  expect(await told("told", "thing.added")).toStrictEqual(["thing.added", "told"]);
  expect(await wasJournalled(`broken-${name}`)).toBe(name === "closing");
});

test("a run that is cancelled while its last steps are at work is undone, and its event is not released", async () => {
  let began: () => void = () => undefined;
  const hasBegun = new Promise<void>((resolve) => (began = resolve));
  let cancelled: Promise<unknown> | undefined;
  const slow = createStep({ name: "slow", transactional: "shared" }, async (id: number, { context, transactionId }) => {
    await context.transactionManager?.execute("insert into thing values (?)", [id]);
    cancelled ??= engine.cancel("cancelled-late", { transactionId });
    began();
    await eventually(
      async () =>
        (await tests.connection.query("select from velella_execution where transaction_id = $1 and cancelled", [transactionId])).rowCount,
      (count) => count === 1,
    );
  });
  const workflow = createWorkflow("cancelled-late", () => {
    slow(1);
    tell("late");
  });
  const run = workflow(container).run({ transactionId: "cancelled-late", throwOnError: false });
  await hasBegun;
  await cancelled;
  expect((await run).transaction.getState()).toBe("reverted");
  expect(await ids()).toStrictEqual([]);
  expect(heard).toStrictEqual([]);
});

test("a run that someone else has taken over ends there, once", async () => {
  let taken = false;
  const robbed = createStep({ name: "robbed", transactional: "shared" }, async (id: number, { context }) => {
    trace.push(id);
    await context.transactionManager?.execute("insert into thing values (?)", [id]);
    if (taken) return;
    taken = true;
    await tests.connection.query(
      `update velella_execution set owner = null, epoch = epoch + 1, wake_at = now(), watched = true where workflow_id = 'robbed-late'`,
    );
  });
  const workflow = createWorkflow({ name: "robbed-late", timeout: 60 }, () => {
    robbed(1);
    tell("robbed");
  });
  await workflow(container).run();
  expect(await ids()).toStrictEqual([1]);
  expect(trace).toStrictEqual([1, 1]);
  expect(await told("told")).toStrictEqual(["told"]);
});

test("a plan whose runs work by records alone is soon not tried without any more", async () => {
  let calls = 0;
  const once = createStep({ name: "once", transactional: "shared" }, async (_input: unknown, { transactionId }) => {
    calls++;
    const { rowCount } = await tests.connection.query("select from velella_execution where transaction_id = $1", [transactionId]);
    if (!rowCount) throw new Error("There is nothing on record.");
  });
  const workflow = createWorkflow("never-whole", () => {
    once(1);
    once(2).config({ name: "second" });
  });
  for (let i = 0; i < 5; i++) await workflow(container).run();
  // One call for nothing in each of the first three.
  expect(calls).toBe(3 * 3 + 2 * 2);
});

test("a run that is kept shows each of its steps", async () => {
  const kept = createWorkflow({ name: "kept-whole", store: true }, (input: { from: number }) => {
    const next = inner.runAsStep({ input });
    tell(next);
    return new WorkflowResponse(next);
  });
  await kept(container).run({ input: { from: 90 } });
  const [execution] = await engine.listWorkflowExecutions({ workflow_id: "kept-whole" });
  expect(execution).toMatchObject({ state: "done", execution: { steps: expect.any(Array) } });
  expect(execution?.execution.steps.map(({ key, status, output }) => [key, status, output])).toStrictEqual([
    ["inner-things-as-step/add", "done", 91],
    ["inner-things-as-step/add-next", "done", 92],
  ]);
});
