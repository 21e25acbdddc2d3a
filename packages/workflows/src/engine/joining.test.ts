import type { Container, SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "../index";
import type { ReturnWorkflow, WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";
import { pause } from "../testing/pause";

// Callers who want the same run, by its transaction id, from two instances.

const tests = testEngines();
let here: { engine: WorkflowEngine; container: Container };
let there: { engine: WorkflowEngine; container: Container };

beforeAll(async () => {
  await tests.open();
  here = tests.engine();
  there = tests.engine();
});
afterAll(() => tests.close());

/** A promise, and what resolves it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe("raced starts", () => {
  test("of 1,000 with one transaction id, over two instances, one runs where it is kept and idempotent", async () => {
    const ran: number[] = [];
    const slow = createStep("slow", async (n: number) => (ran.push(n), await pause(50), n));
    const workflow = createWorkflow({ name: "raced-kept", retentionTime: 60, idempotent: true }, (input: { n: number }) => {
      createStep("one", async () => 1)();
      return new WorkflowResponse(slow(input.n));
    });
    const results = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => (n % 2 ? here : there).engine.run(workflow, { input: { n }, transactionId: "start-race" })),
    );
    expect(ran).toHaveLength(1);
    expect(new Set(results.map(({ result }) => result))).toStrictEqual(new Set(ran));
    expect(new Set(results.map(({ transaction }) => transaction.runId)).size).toBe(1);
  });

  test("1,000 where it is not kept: each gets what the run yielded that it is told of", async () => {
    const yielded = new Map<string, string>();
    let atOnce = 0;
    const overlaps: number[] = [];
    const one = createStep("one", async () => void overlaps.push(++atOnce));
    const two = createStep("two", async (_: void, { runId }) => {
      atOnce--;
      yielded.set(runId, `by ${runId}`);
      return `by ${runId}`;
    });
    const workflow = createWorkflow("raced-gone", () => {
      one();
      return new WorkflowResponse(two());
    });
    const results = await Promise.all(
      Array.from({ length: 1000 }, async (_, n) => {
        // Over a time in which many runs begin and end.
        await pause(n / 4);
        return (n % 2 ? here : there).engine.run(workflow, { transactionId: "gone-race" });
      }),
    );
    expect(results.filter(({ result, transaction }) => result === undefined || result !== yielded.get(transaction.runId))).toStrictEqual(
      [],
    );
    expect(new Set(results.map(({ transaction }) => transaction.getState()))).toStrictEqual(new Set(["done"]));
    // One lived at a time, and many callers joined one that lived.
    expect(Math.max(...overlaps)).toBe(1);
    expect(yielded.size).toBeLessThan(900);
  });

  test("pairs: both get the value, and of a run that fails nobody hears that it is done", async () => {
    const ends = async (workflow: ReturnWorkflow<unknown, unknown, []>, prefix: string) => {
      const seen = new Map<string, number>();
      const end = async (engine: WorkflowEngine, n: number) => {
        const { result, thrownError } = await engine.run(workflow, { transactionId: `${prefix}${n}`, throwOnError: false });
        return thrownError ? `failed: ${(thrownError as Error).message}` : `done: ${String(result)}`;
      };
      const pair = async (n: number) => {
        const both = await Promise.all([end(here.engine, n), pause(Math.random() * 6).then(() => end(there.engine, n))]);
        for (const one of both) seen.set(one, (seen.get(one) ?? 0) + 1);
      };
      for (let n = 0; n < 300; n += 10) await Promise.all(Array.from({ length: 10 }, (_, i) => pair(n + i)));
      return Object.fromEntries(seen);
    };
    const first = createStep("first", async () => 1);
    const value = createStep("value", async () => "value");
    const works = createWorkflow("pair", () => {
      first();
      return new WorkflowResponse(value());
    });
    expect(await ends(works, "works")).toStrictEqual({ "done: value": 600 });
    const fail = createStep("fail", async (): Promise<void> => {
      throw new Error("boom");
    });
    const fails = createWorkflow("pair-fails", () => {
      first();
      fail();
    });
    expect(await ends(fails, "fails")).toStrictEqual({ "failed: boom": 600 });
  });
});

test("a caller whose run's row is taken away by hand hears so, and of no end", async () => {
  const { opened, open } = gate();
  const held = createStep("held", () => opened);
  const workflow = createWorkflow("taken-away", () => {
    held();
    return new WorkflowResponse(createStep("value", async () => "value")());
  });
  const running = here.engine.run(workflow, { transactionId: "away", throwOnError: false });
  await eventually(
    async () => (await tests.connection.query("select 1 from velella_execution where transaction_id = 'away'")).rowCount,
    (n) => n === 1,
  );
  const joined = there.engine.run(workflow, { transactionId: "away" }).catch((error: unknown) => error);
  await eventually(
    async () => (await tests.connection.query("select 1 from velella_execution where transaction_id = 'away' and watched")).rowCount,
    (n) => n === 1,
  );
  await tests.connection.query("delete from velella_execution where transaction_id = 'away'");
  expect(await joined).toMatchObject({
    reason: "engine.result_not_kept",
    message:
      'The run of workflow "taken-away" with transaction id "away" has ended elsewhere, and how is not known here: its record is gone.',
  });
  open();
  await expect(running).rejects.toMatchObject({ reason: "engine.result_not_kept" });
});

test("a run that was due for long while the database was away is waited for, as long as someone may take it up", async () => {
  const wait = createStep({ name: "wait", async: true }, async () => undefined);
  const workflow = createWorkflow("was-away", () => {
    wait();
    return new WorkflowResponse(createStep("value", async () => "value")());
  });
  const transactionId = "was-away";
  await here.engine.run(workflow, { transactionId });
  await eventually(
    async () =>
      (await tests.connection.query("select 1 from velella_execution where transaction_id = 'was-away' and owner is null")).rowCount,
    (n) => n === 1,
  );
  await here.engine.setStepSuccess({ idempotencyKey: { workflowId: "was-away", transactionId, stepId: "wait" } });
  await tests.connection.query("update velella_execution set wake_at = now() - interval '1 hour' where transaction_id = 'was-away'");
  const joined = there.engine.run(workflow, { transactionId });
  await pause(500);
  const worker = tests.engine();
  await worker.engine.start();
  const { result, transaction } = await joined;
  expect([result, transaction.getState()]).toStrictEqual(["value", "done"]);
  await worker.engine.stop();
});

/** A connection that does something around each statement that ends runs, by the number of that statement. */
function aroundFinish(around: (n: number, finish: () => Promise<unknown>) => Promise<unknown>): SqlConnection {
  let n = 0;
  const { connection } = tests;
  return {
    ...connection,
    query: ((text, params, name) => {
      const run = () => connection.query(text, params, name);
      return name === "velella_finish" ? around(++n, run) : run();
    }) as SqlConnection["query"],
  };
}
const lost = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });

describe("an end whose answer gets lost on the way", () => {
  const steps = (name: string, undone: () => void = () => undefined) =>
    createWorkflow(name, () => {
      createStep("one", async () => new StepResponse(1), undone)();
      return new WorkflowResponse(createStep("two", async () => "value")());
    });

  test("counts where it was written", async () => {
    const connection = aroundFinish(async (n, finish) => {
      const result = await finish();
      if (n === 1) throw lost();
      return result;
    });
    const { engine } = tests.engine({ connection });
    const { result, transaction } = await engine.run(steps("lost-written"), { transactionId: "lost-written" });
    expect([result, transaction.getState()]).toStrictEqual(["value", "done"]);
  });

  test("counts where it was written and nobody says so, since nobody else can have ended the run", async () => {
    const connection = aroundFinish(async (_n, finish) => {
      await finish();
      throw new Error("an answer that cannot be read");
    });
    const { engine } = tests.engine({ connection });
    const run = engine.run(steps("lost-unheard"), { transactionId: "lost-unheard", resultFrom: "one" });
    expect((await run).result).toBe(1);
  });

  test("does not count where someone else took the run over meanwhile and undid it", async () => {
    const { opened, open } = gate();
    const reached = gate();
    const connection = aroundFinish(async (n, finish) => {
      if (n > 1) return finish();
      reached.open();
      await opened;
      throw lost();
    });
    let undone = 0;
    const workflow = steps("lost-undone", () => void undone++);
    const { engine } = tests.engine({ connection });
    const other = tests.engine();
    await other.engine.start();
    const run = engine.run(workflow, { transactionId: "lost-undone", throwOnError: false });
    await reached.opened;
    await tests.connection.query(
      "delete from velella_instance where id = (select owner from velella_execution where transaction_id = 'lost-undone')",
    );
    await other.engine.cancel(workflow, { transactionId: "lost-undone" });
    expect(undone).toBe(1);
    open();
    const { result, transaction, errors } = await run;
    expect([result, transaction.getState()]).toStrictEqual([undefined, "reverted"]);
    expect(errors).toMatchObject([{ action: "lost-undone", error: { message: expect.stringContaining("was cancelled") } }]);
    expect(undone).toBe(1);
  });
});
