import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { createConnection } from "@velella/data";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import type { SqlConnection } from "@velella/kernel";
import { createStep, createWorkflow, createWorkflowEngine, StepResponse, WorkflowResponse } from "@velella/workflows";
import type { WorkflowEngine } from "@velella/workflows";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

const exporter = new InMemorySpanExporter();
let database: TestDatabase;
let connection: SqlConnection;
let engine: WorkflowEngine;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url });
  engine = createWorkflowEngine({ connection, pollInterval: 50 });
  await engine.migrate();
  await engine.start();
});
afterAll(async () => {
  await engine?.stop();
  await connection?.close();
  await database?.drop();
});

beforeEach(() => {
  exporter.reset();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => {
  trace.disable();
  context.disable();
});

const plain = createStep("plain", async () => new StepResponse((await connection.query<{ one: number }>("select 1 as one")).rows[0]));
const transactional = createStep({ name: "transactional", transactional: true }, async (_: void, step) => {
  const { executor } = step.context.transactionManager!;
  await executor.query("create table if not exists written (id int)");
  await executor.query("insert into written values ($1)", [42]);
});
const failing = createStep(
  { name: "failing", maxRetries: 1 },
  async () => {
    throw new Error("Sold out.");
  },
  async () => undefined,
);
const answer = createStep({ name: "answer", async: true }, async () => undefined);

const write = createWorkflow("traced-write", () => {
  const read = plain();
  transactional();
  return new WorkflowResponse(read);
});
const fail = createWorkflow("traced-failure", () => {
  plain();
  failing();
});
const wait = createWorkflow("traced-wait", () => {
  plain();
  answer();
});

const polling = { timeout: 10_000 };
const spans = () => exporter.getFinishedSpans();
const named = (name: string): ReadableSpan[] => spans().filter((span) => span.name === name);
const childrenOf = (parent: ReadableSpan | undefined) =>
  spans().filter((span) => span.parentSpanContext?.spanId === parent?.spanContext().spanId);
const statements = (parent: ReadableSpan | undefined) => childrenOf(parent).map(({ attributes }) => attributes["db.query.text"]);

test("a workflow holds its steps, and a step its statements, within the caller's trace", async () => {
  const tracer = trace.getTracer("caller");
  await tracer.startActiveSpan("request", async (request) => {
    await engine.run(write, { transactionId: "T-1" });
    request.end();
  });
  const [request] = named("request");
  const [workflow] = named("workflow traced-write");
  expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(new Set([request!.spanContext().traceId]));
  expect(workflow).toMatchObject({
    attributes: { "velella.workflow.transaction_id": "T-1", "velella.workflow.state": "done" },
    status: { code: 0 },
  });
  expect(workflow!.parentSpanContext?.spanId).toBe(request!.spanContext().spanId);
  expect(
    childrenOf(workflow)
      .filter(({ name }) => name.startsWith("step "))
      .map(({ name }) => name),
  ).toEqual(["step plain", "step transactional"]);
  expect(named("step plain")[0]?.attributes).toMatchObject({ "velella.step.action": "invoke", "velella.step.attempt": 1 });
  expect(statements(named("step plain")[0])).toEqual(["select 1 as one"]);
  expect(statements(named("step transactional")[0])).toEqual(
    expect.arrayContaining(["create table if not exists written (id int)", "insert into written values ($1)"]),
  );
  expect(named("SQL INSERT")[0]).toMatchObject({ kind: 2, attributes: { "db.system.name": "postgresql", "db.operation.name": "INSERT" } });
});

test("every attempt and the undoing have spans of their own; what failed says so", async () => {
  await expect(engine.run(fail)).rejects.toMatchObject({ message: "Sold out." });
  const [workflow] = named("workflow traced-failure");
  expect(workflow).toMatchObject({ attributes: { "velella.workflow.state": "reverted" }, status: { code: 2, message: "Sold out." } });
  expect(named("step failing").map(({ attributes, status }) => [attributes["velella.step.attempt"], status.code])).toEqual([
    [1, 2],
    [2, 2],
  ]);
  expect(named("step failing")[0]?.events[0]).toMatchObject({ name: "exception", attributes: { "exception.message": "Sold out." } });
  expect(named("undo failing")).toMatchObject([{ attributes: { "velella.step.action": "compensate" }, status: { code: 0 } }]);
});

test("a run that waits has failed nothing, and goes on in a span of its own", async () => {
  await engine.run(wait, { transactionId: "W-1" });
  await expect.poll(() => named("workflow traced-wait").length, polling).toBe(1);
  expect(named("workflow traced-wait")[0]?.status.code).toBe(0);
  await engine.setStepSuccess({ idempotencyKey: { workflowId: "traced-wait", transactionId: "W-1", stepId: "answer" } });
  await expect.poll(() => named("workflow traced-wait").length, polling).toBe(2);
  expect(named("workflow traced-wait")[1]).toMatchObject({ attributes: { "velella.workflow.state": "done" } });
});

test("polls in the background make no spans, also when a traced request set them going; and nothing does without an SDK", async () => {
  await trace.getTracer("caller").startActiveSpan("request", async (request) => {
    await engine.run(wait, { transactionId: "W-2" });
    request.end();
  });
  await expect.poll(() => named("workflow traced-wait").length, polling).toBe(1);
  exporter.reset();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(spans()).toEqual([]);
  trace.disable();
  context.disable();
  await engine.run(write);
  expect(spans()).toEqual([]);
});
