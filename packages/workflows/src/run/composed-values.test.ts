import type { Container } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow, transform, WorkflowResponse } from "../index";
import { containerFor, runners } from "../testing/runners";

class Point {
  constructor(public x: number) {}
}
class Service {
  calls = 0;
  call() {
    return ++this.calls;
  }
}

// Values written in a composer, whichever runner runs the workflow.
describe.each(runners)("%s", (_name, create) => {
  const runner = create();
  let container: Container;
  beforeAll(() => runner.open());
  afterAll(() => runner.close());
  const id = () => `wf-${Math.random().toString(36).slice(2)}`;

  beforeEach(() => {
    container = containerFor(runner);
  });

  test("a step that changes its input changes no later run", async () => {
    const seen: unknown[] = [];
    const change = createStep("change", async (input: { map: Map<string, object>; set: Set<number>; point: Point; list: number[] }) => {
      seen.push(structuredClone(input));
      input.map.clear();
      input.set.add(9);
      input.point.x = 9;
      input.list.push(9);
    });
    const workflow = createWorkflow(id(), () => {
      change({ map: new Map([["a", { n: 1 }]]), set: new Set([1]), point: new Point(1), list: [1] });
    });
    await workflow(container).run();
    await workflow(container).run();
    const first = { map: new Map([["a", { n: 1 }]]), set: new Set([1]), point: { x: 1 }, list: [1] };
    expect(seen).toStrictEqual([first, first]);
  });

  test("a date arrives as it does from the input of a run", async () => {
    const see = createStep("see", async (input: { at: unknown }) => [typeof input.at, input.at]);
    const workflow = createWorkflow(id(), (input: { at: Date }) => {
      const written = see({ at: new Date(0) });
      const given = see({ at: input.at }).config({ name: "given" });
      const computed = transform({ at: new Date(0) }, ({ at }) => [typeof at, at]);
      return new WorkflowResponse({ written, given, computed });
    });
    const { result } = await workflow(container).run({ input: { at: new Date(0) } });
    const at = ["string", "1970-01-01T00:00:00.000Z"];
    expect(result).toStrictEqual({ written: at, given: at, computed: at });
  });

  test("functions, and instances with methods, are what they are", async () => {
    const service = new Service();
    const use = createStep("use", async (input: { service: Service; make: (n: number) => number }) => [
      input.service.call(),
      input.make(2),
    ]);
    const workflow = createWorkflow(id(), () => new WorkflowResponse(use({ service, make: (n) => n * 2 })));
    expect((await workflow(container).run()).result).toStrictEqual([1, 4]);
    expect((await workflow(container).run()).result).toStrictEqual([2, 4]);
  });
});

test("an instance that has no JSON is refused when the workflow is composed", () => {
  const see = createStep("see", async (input: unknown) => input);
  const price = Object.assign(Object.create({}) as object, { amount: 1n });
  expect(() => createWorkflow("no-json", () => void see({ price }))).toThrow(
    'The Object "price" in the composer of workflow "no-json" cannot be copied as JSON: "amount" is a BigInt.',
  );
});
