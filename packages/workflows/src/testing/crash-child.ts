/**
 * A process for the crash tests: `node crash-child.js OPTIONS`, with the options as JSON. It runs a workflow, or takes up what
 * another one left, and kills or stops itself at a boundary between statements; or prints which it passed when it gets to the
 * end.
 */
import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { asValue, createContainer } from "@velella/kernel";
import type { Container } from "@velella/kernel";
import { createPgConnection, createWorkflowEngine } from "../index";
import { closingWorkflow, crashSubscriber, crashWorkflow, wholeWorkflow } from "./crash-workflows";
import { withFaults } from "./faults";
import { World } from "./world";

/** What a process that may die is told. */
export interface CrashOptions {
  /** Connection string of the database that it shares with others. */
  url: string;
  /** Transaction id of the run, and its input's `run`. */
  transaction: string;
  /** What it runs: `crash` by default. `whole` has no name but the transaction's in its input. */
  workflow?: "crash" | "closing" | "whole";
  /** Has the crash workflow fail, and be undone. */
  fail?: boolean;
  /** The boundary at which to die; never without it. */
  dieAt?: number;
  /** Stops there instead, having said so, to be killed from outside at a moment of choice. */
  stops?: boolean;
  /** Seconds after which others take it for dead; 30 by default. */
  leaseSeconds?: number;
  /** Behind a pooler in transaction mode: no prepared statements, and no lock by a session. False by default. */
  pooled?: boolean;
  /** The schema of the engine's tables. */
  schema?: string;
  /** Takes the run up, instead of starting it; boundaries then count from the claim on. */
  heir?: boolean;
}

const {
  url,
  transaction,
  workflow = "crash",
  fail = false,
  dieAt,
  stops,
  leaseSeconds = 30,
  pooled,
  schema,
  heir,
} = JSON.parse(process.argv[2] ?? "{}") as CrashOptions;

const input = { run: transaction };
const run = {
  crash: (container: Container) => crashWorkflow(container).run({ input: { fail }, transactionId: transaction, throwOnError: false }),
  closing: (container: Container) => closingWorkflow(container).run({ input, transactionId: transaction }),
  whole: (container: Container) => wholeWorkflow(container).run({ input }),
};

/** Statements that come by the clock: how many there are is not for the run to say. */
const byTheClock = /^(insert into \S*velella_instance |select workflow_id as "workflowId")/;

/** What a process says before it stops. */
const stopped = "stopped";

async function main(): Promise<void> {
  const passed: string[] = [];
  let hasBegun = false;
  const connection = createPgConnection({ url, poolSize: 8, preparedStatements: !pooled });
  const faulty = withFaults(connection, ({ statement }) => {
    if (heir && !passed.length && !statement.includes("e set owner = $1")) return;
    if (hasBegun && byTheClock.test(statement)) return;
    hasBegun ||= byTheClock.test(statement);
    passed.push(statement);
    if (passed.length !== dieAt) return;
    if (stops) writeSync(1, `${stopped}\n`);
    process.kill(process.pid, stops ? "SIGSTOP" : "SIGKILL");
  });
  const container = createContainer();
  const engine = createWorkflowEngine({
    connection: faulty,
    container,
    sessionLock: !pooled,
    leaseSeconds,
    ...(schema !== undefined && { schema }),
  });
  // The steps' own statements are boundaries as well.
  const world = new World(faulty);
  container.register({ world: asValue(world), workflows: asValue(engine) });
  if (heir) {
    engine.subscribers.add(crashSubscriber(world));
    await engine.start();
    // On the connection below, where to ask is no boundary.
    while ((await connection.query(openStatement(schema))).rowCount) await pause(5);
  } else await run[workflow](container);
  process.stdout.write(JSON.stringify(passed));
  await engine.stop();
  await connection.close();
}

/** Finds what is still to be done in a schema. */
function openStatement(name: string | undefined): string {
  const table = (one: string) => `${name === undefined ? "" : `${name}.`}velella_${one}`;
  return `select 1 from ${table("execution")} where finished_at is null union all select 1 from ${table("task")}
    union all select 1 from ${table("event")} where routed_at is null limit 1`;
}

void main();
