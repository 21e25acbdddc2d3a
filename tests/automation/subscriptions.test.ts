import { Client } from "pg";
import { expect, test } from "vitest";
import { eventually } from "../support/running-app";
import type { RunningApp } from "../support/running-app";
import { askingApp } from "./asking-app";

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
  const asking = await askingApp({ "src/api/asks/[id]/events/route.ts": stream });
  const { database, ask } = asking;
  const client = new Client({ connectionString: database.url });
  const interests = async () => (await client.query(`select distinct instance from velella_subscription`)).rowCount;
  try {
    await client.connect();
    const [server, other, worker] = [await asking.start("server"), await asking.start("server"), await asking.start("worker")];
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
      step("onStepSuccess", "ask"),
      step("onStepBegin", "after"),
      step("onStepSuccess", "after"),
      step("onStepBegin", "emit-event-step"),
      step("onStepSuccess", "emit-event-step"),
      { eventType: "onFinish", result: "asked", state: "done" },
    ]);
    expect(asking.writers("step ask")).toStrictEqual([other.child.pid]);
    expect(asking.writers("step after")).toStrictEqual([worker.child.pid]);
    // The client has gone, and with it what it wanted to know.
    await eventually(async () => (await interests()) === 0, "the subscription is taken back");

    const two = await listen(server, "A-2");
    await eventually(async () => (await interests()) === 1, "the others know of the subscriber");
    await Promise.all([server.kill(), two.said.catch(() => undefined)]);
    await eventually(async () => (await interests()) === 0, "what a dead process wanted to know is forgotten");
  } finally {
    await client.end();
    await asking.close();
  }
});
