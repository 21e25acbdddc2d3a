/**
 * An instance in a process of its own, for the durability tests: `node engine-child.js URL OPTIONS`, with the options as
 * JSON. Prints a line for each thing that happens, and lives until it is killed.
 */
import { asValue, createContainer } from "@velella/kernel";
import { createPgConnection, createStep, createWorkflow, createWorkflowEngine, WorkflowResponse } from "../index";
import type { WorkflowEngineOptions } from "../index";
import { countStatement, World } from "./crash-workflows";
import { poolerOptions } from "./pgbouncer";

export interface ChildOptions extends Pick<
  WorkflowEngineOptions,
  "leaseSeconds" | "sessionLock" | "listen" | "parkAfter" | "pollInterval" | "blockedLoopSeconds" | "mode"
> {
  /** Take up runs and deliver events. */
  start?: boolean;
  /** Run this workflow once, under this transaction id. */
  run?: [workflow: string, transactionId: string];
  /** By way of a transaction pooler. */
  pooled?: boolean;
  /** Emit events forever, and print the number of each that is safe. */
  emit?: boolean;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const count = createStep({ name: "count", transactional: true }, async (thing: string, { context, transactionId }) => {
  await context.transactionManager?.execute(countStatement, [transactionId, thing, 1]);
});

/** Two counted effects with time to freeze between them. */
createWorkflow({ name: "freezes", store: true }, () => {
  count("before");
  createStep("linger", async (_: void, { container, transactionId }) => {
    await container.resolve<World>("world").put(transactionId, "lingered", "yes");
    say("lingering");
    await pause(700);
    return process.pid;
  })();
  count("after").config({ name: "count-after" });
  return new WorkflowResponse("the end");
});

/** Two counted effects, with a time between them in which the event loop does not turn. */
createWorkflow({ name: "blocks", store: true }, () => {
  count("before");
  createStep("block", async () => {
    say("blocking");
    const until = Date.now() + 3000;
    while (Date.now() < until);
    return process.pid;
  })();
  count("after").config({ name: "count-after" });
  return new WorkflowResponse("the end");
});

/** Takes its process with it. */
createWorkflow("poison", () => {
  count("tasted");
  createStep("swallow", async () => {
    say("poisoned");
    process.kill(process.pid, "SIGKILL");
    await pause(1000);
  })();
});

/** Slow enough to be under way when another run kills the process. */
createWorkflow("healthy", () => {
  count("started");
  createStep("work", () => pause(100))();
  count("worked").config({ name: "count-worked" });
});

async function main(): Promise<void> {
  const [url = "", json = "{}"] = process.argv.slice(2);
  const { start, run, emit, pooled, ...options } = JSON.parse(json) as ChildOptions;
  const connection = createPgConnection({ url, preparedStatements: !pooled });
  const container = createContainer();
  const engine = createWorkflowEngine({
    connection,
    container,
    leaseConnection: { connectionString: url },
    ...(pooled && poolerOptions),
    ...options,
  });
  container.register({ world: asValue(new World(connection)), workflows: asValue(engine) });
  engine.subscribers.add({
    id: "keeper",
    events: ["kept"],
    handler: async ({ id, data }) => {
      await connection.query("insert into handled values ($1, $2)", [id, String(data)]);
    },
  });
  // The run first: what the engine takes up with its start may kill the process at once.
  const running = run && engine.run(run[0], { transactionId: run[1], throwOnError: false });
  if (start) await engine.start();
  say("ready");
  if (running) say(JSON.stringify(await running));
  for (let n = 0; emit; n++) {
    const data = `${process.pid}-${n}`;
    if (n % 2) await engine.events.emit({ name: "kept", data });
    else
      await connection.transaction(async (executor) => {
        await executor.query("insert into written values ($1)", [data]);
        await engine.events.emit({ name: "kept", data }, { executor });
      });
    say(`safe ${data}`);
  }
}

void main();
