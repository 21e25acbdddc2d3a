import { setTimeout as sleep } from "node:timers/promises";
import { silentLogger } from "@velella/kernel";
import type { Logger, SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPgBouncer, startPgBouncer } from "@velella/data/testing";
import type { Pooler } from "@velella/data/testing";
import { poolerOptions } from "../../testing/pooler-options";
import { createPgConnection, createStep, createWorkflow, transform, WorkflowResponse } from "../../index";
import type { WorkflowEngine, WorkflowEngineOptions, WorkflowNotification } from "../../index";
import { ownSchema } from "../../testing/own-schema";
import type { OwnSchema } from "../../testing/own-schema";
import { eventually, testEngines } from "../../testing/test-engine";

const tests = testEngines();
let pooler: Pooler | undefined;
let pooled: SqlConnection | undefined;
beforeAll(async () => {
  await tests.open();
  if (!hasPgBouncer()) return;
  pooler = await startPgBouncer(tests.url);
  pooled = createPgConnection({ url: pooler.urlOf(tests.url), poolSize: 20, preparedStatements: false });
});
afterAll(async () => {
  await tests.stop();
  await pooled?.close();
  await pooler?.stop();
  await tests.close();
});

const workflowId = "relayed";
const first = createStep("first", async (n: number) => ({ n: n + 1 }));
const ask = createStep({ name: "ask", async: true }, async () => undefined);
const last = createStep("last", async ({ fails }: { fails: boolean }) => {
  if (fails) throw new Error("as asked");
  return "last";
});
createWorkflow(workflowId, (input: { n: number; fails: boolean }) => {
  const { n } = first(input.n);
  ask();
  last({ fails: input.fails });
  return new WorkflowResponse({ n });
});
const whole = createWorkflow({ name: "whole", retentionTime: 60 }, (input: { n: number; fails: boolean }) => {
  const { n } = first(input.n);
  last({ fails: input.fails });
  return new WorkflowResponse({ n });
});
let held: Promise<void> | undefined;
createWorkflow({ name: "held", retentionTime: 60 }, () => {
  createStep("hold", async () => held)();
});

/** What a notification says, but for the time and place of errors. */
function lineOf({ eventType, step, response, result, errors, transaction }: WorkflowNotification): string {
  const said = { ...(response !== undefined && { response }), ...(result !== undefined && { result }) };
  const failed = errors?.map(({ action, error }) => `${action}: ${(error as Error).message}`);
  return [eventType, step?.id, JSON.stringify(said), failed?.join(), transaction.getState()].filter(Boolean).join(" ");
}

/** What a subscriber of an engine has heard. */
function ear(engine: WorkflowEngine, subscription: { workflowId: string; transactionId?: string }) {
  const lines: string[] = [];
  const notifications: WorkflowNotification[] = [];
  const id = engine.subscribe({
    ...subscription,
    subscriber: (notification) => {
      lines.push(lineOf(notification));
      notifications.push(notification);
    },
  });
  const ended = (times = 1) =>
    eventually(
      () => lines.filter((line) => line.startsWith("onFinish")).length,
      (n) => n === times,
    );
  return { lines, notifications, id, ended };
}

const rowsOf = (schema: OwnSchema, table: "subscription" | "notice") =>
  schema.query<{ instance: string; workflow_id: string; transaction_id: string | null; body: string }>(`select * from velella_${table}`);
async function announced(schema: OwnSchema, count: number) {
  const rows = await eventually(
    () => rowsOf(schema, "subscription"),
    ({ length }) => length === count,
  );
  expect(rows).toHaveLength(count);
  return rows;
}
/** Resolves when no instance has a run at work. */
const rest = (schema: OwnSchema) =>
  eventually(
    () => schema.query("select from velella_execution where owner is not null"),
    ({ length }) => length === 0,
  );

const answer = (engine: WorkflowEngine, transactionId: string) =>
  engine.setStepSuccess({ idempotencyKey: { workflowId, transactionId, stepId: "ask" }, stepResponse: "yes" });

const heardOnA = (state: string, end: string[]) => [
  "onBegin {} invoking",
  "onStepBegin first {} invoking",
  'onStepSuccess first {"response":{"n":2}} invoking',
  "onStepBegin ask {} invoking",
  "onStepAwaiting ask {} invoking",
  "onResume {} invoking",
  'onStepSuccess ask {"response":"yes"} invoking',
  "onStepBegin last {} invoking",
  ...end,
  state,
];

interface Deployment {
  name: string;
  options(): Partial<WorkflowEngineOptions>;
}
const deployments: Deployment[] = [
  { name: "with sessions", options: () => ({}) },
  { name: "without sessions and LISTEN", options: () => ({ sessionLock: false, listen: false }) },
];
if (hasPgBouncer()) deployments.push({ name: "through PgBouncer", options: () => ({ ...poolerOptions, connection: pooled }) as object });

describe.each(deployments)("$name", ({ options }) => {
  /** A server, and a worker that goes on with its runs. */
  async function serverAndWorker(more: Partial<WorkflowEngineOptions> = {}) {
    const schema = await ownSchema(tests, () => ({ mode: "server", ...options(), ...more }));
    const server = schema.engine;
    const worker = schema.another({ mode: "worker", ...options(), ...more });
    await server.start();
    await worker.start();
    return { schema, server, worker };
  }

  test("a subscriber hears all of a run that another instance goes on with, in order, once", async () => {
    const { schema, server, worker } = await serverAndWorker();
    const all = ear(server, { workflowId });
    const one = ear(server, { workflowId, transactionId: "t" });
    const other = ear(server, { workflowId, transactionId: "u" });
    const there = ear(worker, { workflowId });
    await announced(schema, 4);
    await server.run(workflowId, { transactionId: "t", input: { n: 1, fails: false } });
    await rest(schema);
    await answer(server, "t");
    await Promise.all([all.ended(), one.ended(), there.ended()]);
    const expected = heardOnA('onFinish {"result":{"n":2}} done', ['onStepSuccess last {"response":"last"} invoking']);
    expect(all.lines).toStrictEqual(expected);
    expect(one.lines).toStrictEqual(expected);
    expect(there.lines).toStrictEqual(expected);
    expect(other.lines).toStrictEqual([]);
    expect(new Set(all.notifications.map(({ runId }) => runId)).size).toBe(1);
    expect(all.notifications.at(-1)).toMatchObject({ workflowId, transactionId: "t", eventType: "onFinish" });
    expect(all.notifications.at(-2)?.transaction.getContext()).toStrictEqual({
      payload: undefined,
      invoke: { last: { output: "last" } },
      compensate: {},
    });
    await server.stop();
    await worker.stop();
    expect(await rowsOf(schema, "subscription")).toStrictEqual([]);
    expect(await rowsOf(schema, "notice")).toStrictEqual([]);
  });

  test("of a run that fails there it hears the errors", async () => {
    const { schema, server, worker } = await serverAndWorker();
    const { lines, notifications, ended } = ear(server, { workflowId });
    await announced(schema, 1);
    await server.run(workflowId, { transactionId: "t", input: { n: 1, fails: true } });
    await rest(schema);
    await answer(server, "t");
    await ended();
    expect(lines).toStrictEqual(
      heardOnA("onFinish {} last: as asked reverted", [
        "onStepFailure last {} last: as asked invoking",
        "onCompensateBegin {} compensating",
      ]),
    );
    const { transaction, errors } = notifications.at(-1) as WorkflowNotification;
    expect(transaction.getErrors()).toStrictEqual(errors);
    expect(transaction.getErrors()).toMatchObject([{ action: "last", handlerType: "invoke", step: "last", attempt: 1 }]);
    expect(transaction.hasFinished()).toBe(true);
    await server.stop();
    await worker.stop();
  });

  test("it hears a run that is wholly elsewhere, until it unsubscribes", async () => {
    const { schema, server, worker } = await serverAndWorker();
    const here = ear(server, { workflowId: "whole" });
    const there = ear(worker, { workflowId: "whole" });
    await announced(schema, 2);
    await worker.run(whole, { transactionId: "1", input: { n: 1, fails: false } });
    await here.ended();
    expect(here.lines).toStrictEqual(there.lines);
    expect(here.lines.at(0)).toBe("onBegin {} invoking");
    expect(here.lines.at(-1)).toBe('onFinish {"result":{"n":2}} done');
    server.unsubscribe({ workflowId: "whole", subscriberOrId: here.id });
    await announced(schema, 1);
    await worker.run(whole, { transactionId: "2", input: { n: 1, fails: false } });
    await there.ended(2);
    await sleep(300);
    expect(there.lines).toHaveLength(here.lines.length * 2);
    expect(await rowsOf(schema, "notice")).toStrictEqual([]);
    await server.stop();
    await worker.stop();
  });

  test("who subscribes to a run that is at work elsewhere hears it from within a second on", async () => {
    const { connection = tests.connection, ...rest } = options();
    /** Options of an engine, and how often it has looked who follows its runs. */
    const looking = () => {
      let looks = 0;
      const query: SqlConnection["query"] = async (text, params, name) => {
        const result = await connection.query<never>(text, params, name);
        if (name?.startsWith("velella_followed")) looks++;
        return result;
      };
      return { options: { ...rest, connection, checkpoints: { ...connection, query } }, looks: () => looks };
    };
    const schema = await ownSchema(tests, () => ({ mode: "server", ...options() }));
    const [server, watches] = [schema.engine, [looking(), looking()]];
    // A server that does not look for work has to learn of it as well.
    const [worker, another] = [
      schema.another({ mode: "worker", ...watches[0]?.options }),
      schema.another({ mode: "server", ...watches[1]?.options }),
    ];
    for (const engine of [server, worker, another]) await engine.start();
    let release: () => void = () => undefined;
    held = new Promise((resolve) => (release = resolve));
    const runs = [worker.run("held", { transactionId: "w" }), another.run("held", { transactionId: "s" })];
    await eventually(
      () => schema.query("select from velella_execution where owner is not null"),
      ({ length }) => length === 2,
    );
    const [w, s] = ["w", "s"].map((transactionId) => ear(server, { workflowId: "held", transactionId }));
    await announced(schema, 2);
    const before = watches.map(({ looks }) => looks());
    // Of which the first may have begun before that.
    await eventually(
      () => watches.every(({ looks }, i) => looks() >= (before[i] ?? 0) + 2),
      (all) => all,
    );
    release();
    await Promise.all([...runs, w?.ended(), s?.ended()]);
    for (const heard of [w, s]) expect(heard?.lines).toStrictEqual(["onStepSuccess hold {} invoking", "onFinish {} done"]);
    for (const engine of [server, worker, another]) await engine.stop();
  });
});

test("secret parts are hidden, also on the way", async () => {
  const schema = await ownSchema(tests, () => ({ mode: "server", secret: "s".repeat(32) }));
  const server = schema.engine;
  const worker = schema.another({ mode: "worker", secret: "s".repeat(32) });
  const charge = createStep(
    { name: "charge", secret: { input: ["card"], output: ["token"] } },
    async ({ card, fails }: { card: string; fails: boolean }) => {
      if (fails) throw new Error(`Card ${card} declined`);
      return { token: `tok-${card}`, id: 7 };
    },
  );
  const pay = createWorkflow({ name: "relayed-secrets", retentionTime: 60 }, (input: { card: string; fails: boolean }) => {
    const paid = charge(input);
    return new WorkflowResponse({ paid, text: transform({ paid }, ({ paid: { token } }) => `T ${token}`) });
  });
  await server.start();
  // An instance that follows, and takes nothing.
  await schema.query(
    `insert into velella_instance (id, lock_key, locked, lease_until) values ('quiet', 0, false, now() + interval '1 hour')`,
  );
  await schema.query(`insert into velella_subscription values ('quiet', 'relayed-secrets', null)`);
  const { notifications, ended } = ear(server, { workflowId: "relayed-secrets" });
  await announced(schema, 2);
  await worker.run(pay, { input: { card: "4242424242424242", fails: false } });
  await ended();
  await worker.run(pay, { input: { card: "4242424242424242", fails: true }, throwOnError: false });
  await ended(2);
  expect(notifications.find(({ eventType }) => eventType === "onStepSuccess")?.response).toStrictEqual({ token: "[secret]", id: 7 });
  expect(notifications.find(({ eventType }) => eventType === "onFinish")?.result).toStrictEqual({
    paid: { token: "[secret]", id: 7 },
    text: "[secret]",
  });
  expect(notifications.at(-1)?.transaction.getErrors()[0]?.error.message).toBe("Card [secret] declined");
  const bodies = (await rowsOf(schema, "notice")).map(({ body }) => body);
  expect(bodies).toHaveLength(notifications.length);
  expect(bodies.join()).not.toContain("4242");
});

test("what is too large to be sent is left out, and that is said", async () => {
  const schema = await ownSchema(tests, () => ({ mode: "server" }));
  const server = schema.engine;
  const worker = schema.another({ mode: "worker" });
  const large = createStep("large", async (size: number) => "x".repeat(size));
  const workflow = createWorkflow({ name: "relayed-large", retentionTime: 60 }, (size: number) => {
    const text = large(size);
    createStep("fails-at-length", async (given: string) => {
      if (given.length > 100) throw new Error(given);
    })(text);
    return new WorkflowResponse(text);
  });
  await server.start();
  const { notifications, ended } = ear(server, { workflowId: "relayed-large" });
  await announced(schema, 1);
  await worker.run(workflow, { input: 100 });
  await ended();
  expect(notifications.every(({ isAbridged }) => isAbridged === undefined)).toBe(true);
  notifications.length = 0;
  await worker.run(workflow, { input: 1_000_000, throwOnError: false });
  await ended(2);
  const success = notifications.find(({ eventType }) => eventType === "onStepSuccess");
  expect(success).toMatchObject({ isAbridged: true, step: { id: "large" } });
  expect(success).not.toHaveProperty("response");
  const end = notifications.at(-1) as WorkflowNotification;
  expect(end.transaction.getErrors()[0]?.error.message).toBe("x".repeat(1000));
  expect(end.transaction.getState()).toBe("reverted");
});

test("a subscriber that throws harms nobody", async () => {
  const logged: string[] = [];
  const logger = { ...silentLogger(), error: (message: string) => void logged.push(message) } as Logger;
  const schema = await ownSchema(tests, () => ({ mode: "server", logger }));
  const worker = schema.another({ mode: "worker" });
  await schema.engine.start();
  schema.engine.subscribe({
    workflowId: "whole",
    subscriber: () => {
      throw new Error("at once");
    },
  });
  schema.engine.subscribe({ workflowId: "whole", subscriber: () => Promise.reject(new Error("later")) });
  const { lines, ended } = ear(schema.engine, { workflowId: "whole" });
  await announced(schema, 1);
  const { transaction } = await worker.run(whole, { input: { n: 1, fails: false } });
  expect(transaction.getState()).toBe("done");
  await ended();
  expect(lines).toHaveLength(6);
  expect(logged).toHaveLength(12);
  expect(logged.at(-1)).toBe('A subscriber to workflow "whole" failed on onFinish');
});

test("what cannot be sent is lost, which is said once, and the run goes on", async () => {
  const warned: string[] = [];
  const logger = { ...silentLogger(), warn: (message: string) => void warned.push(message) } as Logger;
  const schema = await ownSchema(tests, () => ({ mode: "server" }));
  let refused = 0;
  const query: SqlConnection["query"] = (text, ...rest) =>
    /insert into \S*velella_notice/.test(text) && ++refused ? Promise.reject(new Error("no")) : tests.connection.query(text, ...rest);
  const checkpoints = { ...tests.connection, query };
  const worker = schema.another({ mode: "worker", checkpoints, logger });
  await schema.engine.start();
  const { lines } = ear(schema.engine, { workflowId: "whole" });
  await announced(schema, 1);
  const { result } = await worker.run(whole, { input: { n: 1, fails: false } });
  expect(result).toStrictEqual({ n: 2 });
  await worker.stop();
  expect(refused).toBeGreaterThan(0);
  expect(warned).toStrictEqual(["Subscribers elsewhere miss what happened in runs here, which could not be sent to them: Error: no"]);
  expect(lines).toStrictEqual([]);
});

test("what a dead instance had subscribers to vanishes with it, and so does what was sent to it", async () => {
  const schema = await ownSchema(tests, () => ({ mode: "worker" }));
  await schema.query(
    `insert into velella_instance (id, lock_key, locked, lease_until) values ('dead', 0, false, now() - interval '1 second')`,
  );
  await schema.query(`insert into velella_subscription values ('dead', 'whole', null), ('dead', 'whole', 't')`);
  await schema.query(`insert into velella_notice (instance, body) values ('dead', '{}')`);
  await schema.engine.start();
  expect(await announced(schema, 0)).toStrictEqual([]);
  expect(await rowsOf(schema, "notice")).toStrictEqual([]);
});

test("what nobody took for a minute is swept, and what is left of instances that are gone", async () => {
  const schema = await ownSchema(tests, () => ({ mode: "worker", sweepInterval: 50 }));
  await schema.query(
    `insert into velella_instance (id, lock_key, locked, lease_until) values ('frozen', 0, false, now() + interval '1 hour')`,
  );
  await schema.query(`insert into velella_subscription values ('gone', 'whole', null), ('frozen', 'whole', null)`);
  await schema.query(
    `insert into velella_notice (instance, body, created_at) values ('frozen', 'old', now() - interval '2 minutes'), ('frozen', 'new', now())`,
  );
  await schema.engine.start();
  const left = await eventually(
    () => rowsOf(schema, "notice"),
    ({ length }) => length === 1,
  );
  expect(left).toMatchObject([{ body: "new" }]);
  expect(await announced(schema, 1)).toMatchObject([{ instance: "frozen" }]);
});

test("an instance that was taken for dead makes its subscribers known again", async () => {
  const schema = await ownSchema(tests, () => ({ mode: "server", leaseSeconds: 0.9 }));
  const worker = schema.another({ mode: "worker" });
  await schema.engine.start();
  const { ended, lines } = ear(schema.engine, { workflowId: "whole" });
  await announced(schema, 1);
  await schema.query("with gone as (delete from velella_instance) delete from velella_subscription");
  await announced(schema, 1);
  await worker.run(whole, { input: { n: 1, fails: false } });
  await ended();
  expect(lines).toHaveLength(6);
});

test("runs cost no statement more when nobody follows them", async () => {
  const schema = await ownSchema(tests, () => ({ mode: "server" }));
  const statements: string[] = [];
  const counted: SqlConnection = {
    ...tests.connection,
    query: (text, ...rest) => {
      statements.push(text);
      return tests.connection.query(text, ...rest);
    },
  };
  const runner = schema.another({ mode: "server", connection: counted });
  let longest = 0;
  const timed = async (run: Promise<unknown>) => {
    const since = performance.now();
    await run;
    longest = Math.max(longest, performance.now() - since);
  };
  const runs = async () => {
    statements.length = 0;
    for (let i = 0; i < 20; i++) await timed(runner.run(whole, { input: { n: i, fails: false } }));
    await timed(runner.run("held"));
    return statements.filter((text) => !/\S*velella_instance \(/.test(text)).length;
  };
  held = Promise.resolve();
  const alone = await runs();
  expect(statements.filter((text) => /velella_notice/.test(text))).toStrictEqual([]);
  const asked = statements.filter((text) => text.includes("velella_subscription") && !text.startsWith("insert into"));
  // Who follows a run is asked once it has taken half a second, as on a busy machine any may.
  expect(longest > 500 ? [] : asked).toStrictEqual([]);
  await schema.engine.start();
  const { ended } = ear(schema.engine, { workflowId: "whole" });
  await announced(schema, 1);
  const followed = await runs();
  await ended(20);
  expect(followed).toBeGreaterThan(alone);
});

test("an engine without tables tells of its own runs", async () => {
  const { engine } = tests.engine({ schema: "nowhere" });
  const plain = createWorkflow({ name: "plain", durable: false }, () => {
    createStep("plain-step", async () => 1)();
  });
  const { lines, id } = ear(engine, { workflowId: "plain" });
  await engine.run(plain);
  expect(lines.at(-1)).toBe("onFinish {} done");
  engine.unsubscribe({ workflowId: "plain", subscriberOrId: id });
  await engine.stop();
});
