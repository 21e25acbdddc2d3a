import { createTestDatabase } from "@velella/data/testing";
import { expect, test } from "vitest";
import { velella } from "../support/command-line";
import { eventually, startApp } from "../support/running-app";
import { jobFile, notingApp, subscriberFile } from "./scratch-automation";

const workflow = `
import { createStep, createWorkflow, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import { emitEventStep } from "@medusajs/medusa/core-flows";
import { note } from "../lib/note";

const ask = createStep({ name: "ask", async: true }, async () => note("step ask"));
const after = createStep("after", async () => note("step after"));

export const asks = createWorkflow({ name: "asks", retentionTime: 600 }, () => {
  ask();
  after();
  emitEventStep({ eventName: "asked", data: { id: "1" } });
  return new WorkflowResponse("asked");
});
`;
const route = `
import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import { asks } from "../../workflows/asks";

export const POST = async (req: MedusaRequest<{ id: string; answer?: boolean }>, res: MedusaResponse) => {
  const { id, answer } = req.body;
  if (!answer) await asks(req.scope).run({ context: { transactionId: id } });
  else {
    const idempotencyKey = { action: "invoke", transactionId: id, stepId: "ask", workflowId: "asks" } as const;
    await req.scope.resolve("workflows").setStepSuccess({ idempotencyKey, stepResponse: "yes" });
    await req.scope.resolve("event_bus").emit({ name: "told", data: { id } });
  }
  res.json({ pid: process.pid });
};
`;

test("beside a worker, a server answers requests and leaves events, jobs and runs to go on with to the worker", async () => {
  const database = await createTestDatabase();
  const scratch = notingApp({
    "src/workflows/asks.ts": workflow,
    "src/api/asks/route.ts": route,
    "src/subscribers/told.ts": subscriberFile("told", { event: ["told", "asked"] }),
    "src/jobs/ticks.ts": jobFile({ name: "ticks", schedule: { interval: 200 } }),
  });
  const directory = scratch.directory;
  const env = { DATABASE_URL: database.url };
  const apps: { stop(): Promise<void> }[] = [];
  const start = async (mode: string) => {
    const app = await startApp({ directory, env: { ...env, WORKER_MODE: mode } });
    apps.push(app);
    return app;
  };
  /** Until then the server would go on with the run itself. */
  const rests = (id: string) =>
    eventually(async () => {
      const { output } = await velella(["workflows", "show", id, "--json"], { directory, env });
      return JSON.parse(output.trim().split("\n").at(-1) ?? "").execution?.owner === null;
    }, "the server has given the run back");
  try {
    const migrated = await velella(["db:migrate"], { directory, env });
    expect(migrated.code, migrated.output).toBe(0);
    const server = await start("server");
    const ask = async (body: object) => {
      const { status, text } = await server.request("POST", "/asks", { body });
      expect(status, text).toBe(200);
    };
    await ask({ id: "A-1" });
    await rests("A-1");
    await ask({ id: "A-1", answer: true });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // Alone it does nothing but answer; the step was part of that.
    expect(scratch.lines()).toStrictEqual(["step ask"]);
    expect(scratch.writers("step ask")).toStrictEqual([server.child.pid]);

    const worker = await start("worker");
    await eventually(async () => scratch.lines().filter((line) => line.startsWith("told")).length === 2, "the events are delivered");
    await eventually(async () => scratch.lines().filter((line) => line.startsWith("job")).length > 3, "the job ticks");
    // What the server begins from now on is gone on with at once.
    await ask({ id: "A-2" });
    await rests("A-2");
    await ask({ id: "A-2", answer: true });
    await eventually(async () => scratch.lines().filter((line) => line.startsWith("told")).length === 4, "the events are delivered");
    expect(scratch.writers("told")).toStrictEqual([worker.child.pid]);
    expect(scratch.writers("job")).toStrictEqual([worker.child.pid]);
    expect(scratch.writers("step after")).toStrictEqual([worker.child.pid]);
    expect(scratch.writers("step ask")).toStrictEqual([server.child.pid]);
  } finally {
    for (const app of apps) await app.stop();
    scratch.remove();
    await database.drop();
  }
});
