import { createTestDatabase } from "@velella/data/testing";
import { Client } from "pg";
import { expect, test } from "vitest";
import { velella } from "../support/command-line";
import { eventually, startApp } from "../support/running-app";
import type { RunningApp } from "../support/running-app";
import { notingApp } from "./scratch-automation";

const workflow = `
import { createStep, createWorkflow, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import { note } from "../lib/note";

const ask = createStep({ name: "ask", async: true }, async () => note("step ask"));
const after = createStep("after", async () => note("step after"));

export const asks = createWorkflow("asks", () => {
  ask();
  after();
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
  }
  res.json({ pid: process.pid });
};
`;
const stream = `
import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";

export const GET = async (req: MedusaRequest, res: MedusaResponse) => {
  const workflows = req.scope.resolve("workflows");
  const run = { workflowId: "asks", transactionId: req.params.id! };
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  res.write(": listening\\n\\n");
  const subscriberId = workflows.subscribe({
    ...run,
    subscriber: ({ eventType, step, result, transaction }) => {
      res.write(\`data: \${JSON.stringify({ eventType, step: step?.id, result, state: transaction.getState() })}\\n\\n\`);
      if (eventType === "onFinish") res.end();
    },
  });
  res.on("close", () => workflows.unsubscribe({ ...run, subscriberId }));
};
`;

/** Opens a stream of server-sent events; what it said is there when it has ended. */
async function listen(app: RunningApp, id: string): Promise<{ said: Promise<unknown[]> }> {
  const response = await fetch(`${app.url}/asks/${id}/events`);
  const said = async () =>
    (await response.text())
      .split("\n\n")
      .filter((part) => part.startsWith("data: "))
      .map((part) => JSON.parse(part.slice("data: ".length)) as unknown);
  return { said: said() };
}

test("a client of one server hears of a run that another one started, up to its end in the worker", async () => {
  const database = await createTestDatabase();
  const scratch = notingApp({
    "src/workflows/asks.ts": workflow,
    "src/api/asks/route.ts": route,
    "src/api/asks/[id]/events/route.ts": stream,
  });
  const { directory } = scratch;
  const env = { DATABASE_URL: database.url };
  const apps: { stop(): Promise<void> }[] = [];
  const client = new Client({ connectionString: database.url });
  const start = async (mode: string) => {
    const app = await startApp({ directory, env: { ...env, WORKER_MODE: mode } });
    apps.push(app);
    return app;
  };
  const interests = async () => (await client.query(`select distinct instance from velella_subscription`)).rowCount;
  try {
    await client.connect();
    const migrated = await velella(["db:migrate"], { directory, env });
    expect(migrated.code, migrated.output).toBe(0);
    const [server, other, worker] = [await start("server"), await start("server"), await start("worker")];
    const ask = async (app: RunningApp, body: object) => {
      const { status, text } = await app.request("POST", "/asks", { body });
      expect(status, text).toBe(200);
    };
    const one = await listen(server, "A-1");
    await eventually(async () => (await interests()) === 1, "the others know of the subscriber");
    await ask(other, { id: "A-1" });
    await eventually(
      async () => (await client.query("select from velella_execution where owner is null")).rowCount === 1,
      "the run waits for its answer",
    );
    await ask(other, { id: "A-1", answer: true });
    const said = await one.said;
    const step = (eventType: string, name: string) => ({ eventType, step: name, state: "invoking" });
    expect(said).toStrictEqual([
      { eventType: "onBegin", state: "invoking" },
      step("onStepBegin", "ask"),
      step("onStepAwaiting", "ask"),
      { eventType: "onResume", state: "invoking" },
      step("onStepBegin", "after"),
      step("onStepSuccess", "after"),
      { eventType: "onFinish", result: "asked", state: "done" },
    ]);
    expect(scratch.writers("step ask")).toStrictEqual([other.child.pid]);
    expect(scratch.writers("step after")).toStrictEqual([worker.child.pid]);
    // The client has gone, and with it what it wanted to know.
    await eventually(async () => (await interests()) === 0, "the subscription is taken back");

    const two = await listen(server, "A-2");
    await eventually(async () => (await interests()) === 1, "the others know of the subscriber");
    await Promise.all([server.kill(), two.said.catch(() => undefined)]);
    await eventually(async () => (await interests()) === 0, "what a dead process wanted to know is forgotten");
  } finally {
    await client.end();
    for (const app of apps) await app.stop();
    scratch.remove();
    await database.drop();
  }
});
