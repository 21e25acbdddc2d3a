import { setTimeout as sleep } from "node:timers/promises";
import type { Container } from "@velella/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createStep, createWorkflow, WorkflowResponse } from "../index";
import { containerFor, runners } from "../testing/runners";

// What has no end, no limit, or no shape, on both runners.
describe.each(runners)("%s", (_name, create) => {
  let container: Container;
  const runner = create();
  beforeAll(async () => {
    await runner.open();
    container = containerFor(runner);
  });
  afterAll(() => runner.close());
  const id = () => `wf-${Math.random().toString(36).slice(2)}`;

  test("an error that is its own cause arrives, and what was done is undone", async () => {
    const trace: string[] = [];
    const undone = (name: string, run: () => Promise<void>) => createStep(name, run, async () => void trace.push(`undo ${name}`));
    const circular = new Error("refused");
    circular.cause = circular;
    const workflow = createWorkflow(id(), () => {
      undone("one", async () => undefined)();
      undone("two", () => Promise.reject(circular))();
    });
    await expect(workflow(container).run()).rejects.toMatchObject({ message: "refused", cause: { message: "refused" } });
    expect(trace).toStrictEqual(["undo two", "undo one"]);
  });

  test("whatever is thrown counts as one attempt, however little can be read of it", async () => {
    let attempts = 0;
    const odd = createStep({ name: "odd", maxRetries: 2 }, async () => {
      attempts++;
      if (attempts === 1) throw Object.assign(new Error(), { message: Object.create(null) as string });
      if (attempts === 2)
        throw Object.defineProperty(new Error("second"), "code", {
          enumerable: true,
          get: () => {
            throw new Error("no code");
          },
        });
      throw new Error("third");
    });
    await expect(createWorkflow(id(), () => void odd())(container).run()).rejects.toMatchObject({ message: "third" });
    expect(attempts).toBe(3);
  });

  test("a step that is tried without end lets others have their turn", async () => {
    let attempts = 0;
    let hasFired = false;
    setTimeout(() => (hasFired = true), 20);
    const stubborn = createStep({ name: "stubborn", maxRetries: Infinity }, async () => {
      attempts++;
      if (!hasFired) throw new Error("not yet");
      return attempts;
    });
    const workflow = createWorkflow(id(), () => new WorkflowResponse(stubborn()));
    expect((await workflow(container).run()).result).toBe(attempts);
  });

  test("a timeout of 0 is none", async () => {
    const slow = createStep({ name: "slow", timeout: 0 }, () => sleep(20, "done"));
    const workflow = createWorkflow({ name: id(), timeout: 0 }, () => new WorkflowResponse(slow()));
    expect((await workflow(container).run()).result).toBe("done");
  });
});
