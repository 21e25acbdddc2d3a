import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { velella } from "../support/command-line";
import type { CommandResult } from "../support/command-line";
import { startApp } from "../support/running-app";
import type { RunningApp } from "../support/running-app";
import { notingApp } from "./scratch-automation";
import type { NotingApp } from "./scratch-automation";

/** An app with a workflow that waits for an answer, in processes of several modes on one database. */
export interface AskingApp extends NotingApp {
  readonly database: TestDatabase;
  /** Starts a process: a server, or a worker. */
  start(mode: "server" | "worker"): Promise<RunningApp>;
  /** Has a process start the run with a transaction id, or answer its step. */
  ask(app: RunningApp, body: { id: string; answer?: true }): Promise<void>;
  velella(...args: string[]): Promise<CommandResult>;
  /** Stops the processes, and removes the app and its database. */
  close(): Promise<void>;
}

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

/** @param files Beside the workflow and its route. */
export async function askingApp(files: Record<string, string>): Promise<AskingApp> {
  const database = await createTestDatabase();
  const scratch = notingApp({ "src/workflows/asks.ts": workflow, "src/api/asks/route.ts": route, ...files });
  const { directory } = scratch;
  const env = { DATABASE_URL: database.url };
  const apps: RunningApp[] = [];
  const asking: AskingApp = {
    ...scratch,
    database,
    start: async (mode) => {
      const app = await startApp({ directory, env: { ...env, WORKER_MODE: mode } });
      apps.push(app);
      return app;
    },
    ask: async (app, body) => {
      const { status, text } = await app.request("POST", "/asks", { body });
      if (status !== 200) throw new Error(`The app answered ${status}: ${text}`);
    },
    velella: (...args) => velella(args, { directory, env }),
    close: async () => {
      for (const app of apps) await app.stop();
      scratch.remove();
      await database.drop();
    },
  };
  const { code, output } = await asking.velella("db:migrate");
  if (code === 0) return asking;
  await asking.close();
  throw new Error(`The database could not be migrated:\n${output}`);
}
