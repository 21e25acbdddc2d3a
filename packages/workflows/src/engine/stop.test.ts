import { silentLogger } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

test("what does not end in time when an instance stops goes on elsewhere, and writes nothing more here", async () => {
  const warned: string[] = [];
  const logger = { ...silentLogger(), warn: (message: string) => void warned.push(message) } as Logger;
  const hung = tests.engine({ stopSeconds: 0.3, logger });
  const trace: string[] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let calls = 0;
  const hang = createStep("hang", async () => {
    const first = ++calls === 1;
    if (first) await held;
    return first ? "late" : "in time";
  });
  const workflow = createWorkflow("hangs", () => {
    const output = hang();
    createStep("after", async (value: string) => void trace.push(value))(output);
  });
  let deliveries = 0;
  hung.engine.subscribers.add({ id: "slow", events: ["slow"], handler: () => (++deliveries === 1 ? held : undefined) });
  await hung.engine.start();
  const run = workflow(hung.container).run({ transactionId: "hangs", throwOnError: false });
  await hung.engine.events.emit({ name: "slow", data: 1 });
  await eventually(
    () => calls + deliveries,
    (n) => n === 2,
  );
  const since = performance.now();
  await hung.engine.stop();
  expect(performance.now() - since).toBeLessThan(10_000);
  expect(warned.join()).toMatch(/stops although there is work under way after 0\.3 s; it is left to others: wf_exec_.*evt_/);

  const other = tests.engine();
  other.engine.subscribers.add({ id: "slow", events: ["slow"], handler: () => void deliveries++ });
  await other.engine.start();
  const execution = async () => (await other.engine.listWorkflowExecutions({ transaction_id: "hangs" }))[0];
  await eventually(execution, (found) => found?.state === "done");
  release();
  // Whoever waited where it hung gets the end that it had elsewhere.
  expect((await run).transaction.getState()).toBe("done");
  expect(trace).toStrictEqual(["in time"]);
  expect((await execution())?.execution.steps[0]?.output).toBe("in time");
  expect(
    await eventually(
      () => deliveries,
      (n) => n === 2,
    ),
  ).toBe(2);
});

test("what is under way when an instance stops may start other runs; from then on nothing runs here", async () => {
  const { engine, container } = tests.engine();
  const work = createStep("work", async () => 1);
  const inner = createWorkflow("stop-inner", () => {
    work();
    work().config({ name: "more" });
  });
  let begun = 0;
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  const runInner = async () => {
    begun++;
    await held;
    await inner(container).run();
  };
  const outer = createWorkflow("stop-outer", () => {
    work();
    createStep("inner", runInner)();
  });
  let deliveries = 0;
  engine.subscribers.add({
    id: "stop-inner",
    events: ["stop.inner"],
    handler: async () => {
      await runInner();
      deliveries++;
    },
  });
  await engine.start();
  await engine.events.emit({ name: "stop.inner", data: 1 });
  const run = outer(container).run();
  await eventually(
    () => begun,
    (n) => n === 2,
  );
  const stopping = engine.stop();
  let hasStopped = false;
  const again = engine.stop().then(() => (hasStopped = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(hasStopped).toBe(false);
  go();
  expect((await run).transaction.getState()).toBe("done");
  await Promise.all([stopping, again]);
  expect(deliveries).toBe(1);
  await expect(inner(container).run()).rejects.toMatchObject({ reason: "engine.stopped" });
});
