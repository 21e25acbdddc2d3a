/**
 * An instance in a process of its own, for the durability tests: `node engine-child.js URL OPTIONS`, with the options as
 * JSON. Prints a line for each thing that happens, and lives until it is killed.
 */
import { asValue, createContainer } from "@velella/kernel";
import { poolerOptions } from "./pooler-options";
import { createBullTransport, createPgConnection, createStep, createWorkflow, createWorkflowEngine, WorkflowResponse } from "../index";
import type { WorkflowEngineOptions } from "../index";
import "./attempted-workflows";
import { mortal } from "./doubtful-workflows";
import { withFaults } from "./faults";
import { pause } from "./pause";
import { countStatement, World } from "./world";

/** What an instance in a process of its own is told. */
export interface ChildOptions extends Pick<
  WorkflowEngineOptions,
  "leaseSeconds" | "sessionLock" | "listen" | "parkAfter" | "pollInterval" | "blockedLoopSeconds" | "mode"
> {
  /** Take up runs and deliver events. */
  start?: boolean;
  /** Run this workflow once, under this transaction id where one is given. */
  run?: [workflow: string, transactionId?: string];
  /** By way of a transaction pooler. */
  pooled?: boolean;
  /** Emit events forever, and print the number of each that is safe. */
  emit?: boolean;
  /** Have a job that ticks once, prints the tick, and is at work on it for so many milliseconds. */
  job?: number;
  /** Have events travel by the Redis of this address. */
  redisUrl?: string;
  /** Pause, and say so, between the record of a transactional step and the commit. */
  pausesBeforeCommit?: boolean;
  /** Milliseconds by which the clock of the main thread is set ahead of that of others. */
  clockAheadMs?: number;
  /** Milliseconds after which the server ends a transaction in which nothing is asked for. */
  idleInTransaction?: number;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

const count = createStep(
  { name: "count", transactional: true },
  async (thing: string, { context, transactionId, stepName, idempotencyKey }) => {
    await context.transactionManager?.execute(countStatement, [transactionId, thing, 1, stepName, idempotencyKey]);
  },
);

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
    const until = Date.now() + 4500;
    while (Date.now() < until);
    return process.pid;
  })();
  count("after").config({ name: "count-after" });
  return new WorkflowResponse("the end");
});

/** Waits for an answer from outside. */
createWorkflow({ name: "waits", store: true }, () => {
  createStep({ name: "wait", async: true }, async () => undefined)();
  count("answered");
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

/** Fails, and takes its process with it, in turn; four times each, then it works. */
createWorkflow({ name: "perseveres", store: true }, () => {
  createStep({ name: "persevere", maxRetries: 4, retryInterval: 0.05 }, async (_: void, { container, transactionId }) => {
    const world = container.resolve<World>("world");
    const calls = (await world.look(transactionId)).length;
    await world.put(transactionId, `call ${calls}`, String(process.pid));
    if (calls === 8) return;
    if (calls % 2) process.kill(process.pid, "SIGKILL");
    throw new Error("not yet");
  })();
});

/** One effect, and an event of which its step does not say anything; the first time its process ends between the two. */
createWorkflow("unsaid", () => {
  createStep("unsaid", async (_: void, { container, emit }) => {
    const world = container.resolve<World>("world");
    const isFirst = !(await world.look("unsaid")).length;
    await world.put("unsaid", "effect", String(process.pid));
    if (isFirst) process.kill(process.pid, "SIGKILL");
    emit({ name: "kept", data: "unsaid" });
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
  const { start, run, emit, pooled, job, redisUrl, pausesBeforeCommit, idleInTransaction, clockAheadMs, ...options } = JSON.parse(
    json,
  ) as ChildOptions;
  const { now } = Date;
  if (clockAheadMs !== undefined) Date.now = () => now() + clockAheadMs;
  const direct = createPgConnection({
    url,
    preparedStatements: !pooled,
    ...(idleInTransaction !== undefined && { idle_in_transaction_session_timeout: idleInTransaction }),
  });
  const connection = pausesBeforeCommit
    ? withFaults(direct, async ({ statement, inTransaction }) => {
        if (!inTransaction || !statement.startsWith("with input as")) return;
        say("before the commit");
        await pause(700);
      })
    : direct;
  const container = createContainer();
  const engine = createWorkflowEngine({
    connection,
    container,
    leaseConnection: { connectionString: url },
    ...(pooled && poolerOptions),
    ...(redisUrl !== undefined && { transport: createBullTransport({ redisUrl, prefix: "killed", resendSeconds: 1 }) }),
    ...options,
  });
  container.register({ world: asValue(new World(connection)), workflows: asValue(engine), [mortal]: asValue(true) });
  engine.subscribers.add({
    id: "keeper",
    events: ["kept"],
    handler: async ({ id, data }) => {
      await connection.query("insert into handled values ($1, $2)", [id, String(data)]);
    },
  });
  if (job !== undefined) {
    const handler = async ({ tick }: { tick: Date }) => {
      say(`tick ${tick.toISOString()}`);
      await pause(job);
    };
    engine.jobs.add({ name: "once", schedule: { interval: 500 }, numberOfExecutions: 1, handler });
  }
  // The run first: what the engine takes up with its start may kill the process at once.
  const [workflow, transactionId] = run ?? [];
  const running = workflow && engine.run(workflow, { ...(transactionId !== undefined && { transactionId }), throwOnError: false });
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
