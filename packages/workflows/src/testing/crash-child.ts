/**
 * A process for the crash tests: `node crash-child.js URL TRANSACTION FAIL BOUNDARY [pooled]`. Runs the crash workflow, kills
 * itself at a boundary between statements, and prints how many boundaries it passed when it gets to the end.
 */
import { asValue, createContainer } from "@velella/kernel";
import { createPgConnection, createWorkflowEngine } from "../index";
import { crashWorkflow, World } from "./crash-workflows";
import { withFaults } from "./faults";

const [url = "", transactionId = "", fail = "", killAt = "0", pooled] = process.argv.slice(2);

async function main(): Promise<void> {
  let passed = 0;
  const connection = createPgConnection({ url, poolSize: 8, preparedStatements: !pooled });
  const faulty = withFaults(connection, (boundary) => {
    passed = boundary;
    if (boundary === Number(killAt)) process.kill(process.pid, "SIGKILL");
  });
  const container = createContainer();
  const engine = createWorkflowEngine({ connection: faulty, container, sessionLock: !pooled, leaseSeconds: pooled ? 0.3 : 30 });
  // The steps' own statements are boundaries as well.
  container.register({ world: asValue(new World(faulty)), workflows: asValue(engine) });
  await crashWorkflow(container).run({ input: { fail: fail === "fail" }, transactionId, throwOnError: false });
  process.stdout.write(String(passed));
  await engine.stop();
  await connection.close();
}

void main();
