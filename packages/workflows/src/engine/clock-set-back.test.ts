import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createStep, createWorkflow } from "../index";
import { ownSchema } from "../testing/own-schema";
import { eventually, testEngines } from "../testing/test-engine";

// The clock of a machine is set back by an hour, as it happens when it has run ahead or a virtual machine is restored.

const tests = testEngines();
const now = Date.now;
let setBackMs: number;
beforeAll(() => tests.open());
beforeEach(() => {
  setBackMs = 0;
  vi.spyOn(Date, "now").mockImplementation(() => now() - setBackMs);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await tests.stop();
});
afterAll(() => tests.close());

const setBack = () => (setBackMs = 3_600_000);

test("other instances are still told of events", async () => {
  const far = 3_600_000;
  const { engine: server, another } = await ownSchema(tests, () => ({ mode: "server" }));
  const worker = another({ mode: "worker", pollInterval: far });
  const heard: unknown[] = [];
  worker.subscribers.add({ id: "s", events: ["e"], handler: ({ data }) => void heard.push(data) });
  await server.start();
  await worker.start();
  for (const data of ["before", "after"]) {
    await server.events.emit({ name: "e", data });
    await eventually(() => heard.includes(data), Boolean, 10);
    // Until nobody is being told any more: that would be told at the time which was set before.
    await sleep(200);
    setBack();
  }
  expect(heard).toStrictEqual(["before", "after"]);
});

test("what an instance owns without knowing it is still found", async () => {
  const { engine, query } = await ownSchema(tests, () => ({ leaseSeconds: 0.6 }));
  createWorkflow({ name: "stray-set-back", store: true }, () => {
    createStep({ name: "wait", async: true }, async () => undefined)();
  });
  await engine.start();
  setBack();
  await engine.run("stray-set-back", {});
  const owned = () => query("select from velella_execution where owner is not null");
  expect(await eventually(owned, (rows) => rows.length === 0)).toStrictEqual([]);
  await query("update velella_execution set owner = (select id from velella_instance), epoch = epoch + 1");
  expect(await eventually(owned, (rows) => rows.length === 0, 10)).toStrictEqual([]);
});

test("jobs still tick", async () => {
  const { engine } = await ownSchema(tests);
  let ticks = 0;
  engine.jobs.add({ name: "j", schedule: { interval: 100 }, handler: () => void ticks++ });
  await engine.start();
  for (const count of [2, 4]) {
    await eventually(() => ticks >= count, Boolean, 10);
    expect(ticks).toBeGreaterThanOrEqual(count);
    setBack();
  }
});

test("what was kept long enough is still removed", async () => {
  const { engine } = await ownSchema(tests, () => ({ sweepInterval: 50, eventRetention: 0 }));
  engine.subscribers.add({ id: "s", events: ["e"], handler: () => undefined });
  await engine.start();
  for (const data of ["before", "after"]) {
    await engine.events.emit({ name: "e", data });
    const left = await eventually(
      () => engine.events.list(),
      (events) => events.length === 0,
      10,
    );
    expect(left).toStrictEqual([]);
    setBack();
  }
});
