import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { createConnection } = require("@velella/data");
const { asValue, createContainer } = require("@velella/kernel");
const { createStep, createWorkflow, createWorkflowEngine, StepResponse, WorkflowResponse } = require("@velella/workflows");

/** Five steps that may have any effect: each is recorded before the next one begins. */
export const durable = createWorkflow("bench-durable", (input) => {
  const steps = [1, 2, 3, 4, 5].map((number) => createStep(`bench-durable-${number}`, async (value) => new StepResponse(value)));
  return new WorkflowResponse(steps.reduce((value, step) => step(value), input));
});

/**
 * An instance of the engine with the pools that an app has: one for the steps, one for the checkpoints.
 *
 * @param {{url: string, poolSize?: number, checkpointPoolSize?: number, options?: object}} config
 */
export async function openEngine({ url, poolSize = 10, checkpointPoolSize = 4, options }) {
  const connection = createConnection({ url, poolSize, idleTimeoutMs: 0 });
  const checkpoints = createConnection({ url, poolSize: checkpointPoolSize, idleTimeoutMs: 0 });
  const container = createContainer();
  const engine = createWorkflowEngine({ connection, checkpoints, container, ...options });
  container.register({ workflows: asValue(engine) });
  await engine.migrate();
  return {
    engine,
    connection,
    container,
    async close() {
      await engine.stop();
      await checkpoints.close();
      await connection.close();
    },
  };
}
