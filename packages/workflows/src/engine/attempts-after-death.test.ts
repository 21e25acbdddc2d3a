import { asValue, createContainer } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { WorkflowEngine } from "../index";
import "../testing/attempted-workflows";
import { compileChildren, startChild } from "../testing/start-child";
import { eventually, testEngines } from "../testing/test-engine";
import { World } from "../testing/world";

// Attempts of steps whose process is killed: the one that was at work is made again under its number, whatever kind of step it is.

const tests = testEngines();
let world: World;
let engine: WorkflowEngine;
beforeAll(async () => {
  compileChildren();
  await tests.open();
  world = new World(tests.connection);
  await world.create();
});
afterAll(() => tests.close());

test.each([
  ["attempted-plain", "invoke", "done"],
  ["attempted-async", "invoke", "done"],
  ["attempted-undo", "compensate", "reverted"],
  ["attempted-undo-async", "compensate", "reverted"],
])("%s", async (id, action, state) => {
  expect(await startChild(tests.url, { start: true, run: [id, id] }).ended).toBe("SIGKILL");
  const container = createContainer();
  ({ engine } = tests.engine({ container, registries: undefined }));
  container.register({ world: asValue(world), workflows: asValue(engine) });
  await engine.start();
  const run = await eventually(
    async () => (await engine.listWorkflowExecutions({ transaction_id: id })).at(0),
    (found) => ["done", "reverted", "failed"].includes(found?.state ?? ""),
  );
  await tests.stop();
  expect(await world.look(id)).toStrictEqual([1, 2, 2, 3, 4].map((attempt, i) => `${action} ${i + 1}=attempt ${attempt}`));
  expect(run?.state).toBe(state);
  const step = run?.execution.steps.find(({ phase }) => phase === action);
  expect(step).toMatchObject({ attempts: 4, status: "done" });
  expect(step?.earlier_attempts?.map(({ attempt, error }) => `${attempt} ${error.message}`)).toStrictEqual(["1 no 1", "2 no 2", "3 no 3"]);
});
