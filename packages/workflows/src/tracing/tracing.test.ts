import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import type { WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

const exporter = new InMemorySpanExporter();
const tests = testEngines();
let engine: WorkflowEngine;

beforeAll(async () => {
  await tests.open();
  ({ engine } = tests.engine());
  await engine.start();
});
afterAll(() => tests.close());
beforeEach(() => {
  exporter.reset();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => {
  trace.disable();
  context.disable();
});

const named = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name);

const ask = createStep("ask", async () => (await tests.connection.query("select 42 as answer")).rows);
const write = createStep({ name: "write", transactional: true }, async (_: void, step) => {
  await step.context.transactionManager?.execute("select set_config('a.b', ?, true)", ["c"]);
});
const waitForIt = createStep({ name: "wait", async: true }, async () => undefined);

test("statements on a connection of this package are spans within their step", async () => {
  const workflow = createWorkflow("traced-sql", () => {
    ask();
    write();
  });
  await engine.run(workflow);
  const statementsOf = (step: string) =>
    exporter
      .getFinishedSpans()
      .filter(({ parentSpanContext }) => parentSpanContext?.spanId === named(`step ${step}`)[0]?.spanContext().spanId)
      .map(({ name, attributes }) => [name, attributes["db.query.text"]]);
  expect(statementsOf("ask")).toStrictEqual([["SQL SELECT", "select 42 as answer"]]);
  expect(statementsOf("write")).toStrictEqual([["SQL SELECT", "select set_config('a.b', $1, true)"]]);
});

test("the span of a run that is taken up links to the one in which it began", async () => {
  const workflow = createWorkflow("traced-twice", () => {
    waitForIt();
    ask();
  });
  await engine.run(workflow, { transactionId: "T", context: { userId: "ada" } });
  await eventually(
    () => named("workflow traced-twice").length,
    (count) => count === 1,
  );
  await engine.setStepSuccess({ idempotencyKey: { workflowId: "traced-twice", transactionId: "T", stepId: "wait" } });
  await eventually(
    () => named("workflow traced-twice").length,
    (count) => count === 2,
  );
  const [first, second] = named("workflow traced-twice");
  expect(first?.links).toStrictEqual([]);
  expect(second?.spanContext().traceId).not.toBe(first?.spanContext().traceId);
  expect(second?.links.map(({ context: { traceId, spanId } }) => ({ traceId, spanId }))).toStrictEqual([
    { traceId: first?.spanContext().traceId, spanId: first?.spanContext().spanId },
  ]);
});

test("a run that joins another leaves no span open, and steps see nothing of what is stored", async () => {
  const contexts: unknown[] = [];
  const look = createStep("look", async (_: void, step) => void contexts.push(step.context));
  const workflow = createWorkflow({ name: "traced-joined", store: true, idempotent: true }, () => {
    waitForIt();
    look();
  });
  const spans = () => named("workflow traced-joined").length;
  await engine.run(workflow, { transactionId: "J" });
  // Who joins a run that is still at work here has no span.
  await eventually(
    async () => {
      await engine.run(workflow, { transactionId: "J" });
      return spans();
    },
    (count) => count > 1,
  );
  const before = spans();
  await engine.setStepSuccess({ idempotencyKey: { workflowId: "traced-joined", transactionId: "J", stepId: "wait" } });
  await eventually(
    () => contexts.length,
    (count) => count === 1,
  );
  expect(Object.keys(contexts[0] as object)).not.toContain("$trace");
  await eventually(spans, (count) => count === before + 1);
});
