import { createAppRegistries, createContainer, asValue } from "@velella/kernel";
import type { Container, Registries, SqlConnection } from "@velella/kernel";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { createPgConnection, createWorkflowEngine } from "../index";
import type { WorkflowEngine, WorkflowEngineOptions } from "../index";
import { testingErrors } from "./errors";
import { pause } from "./pause";

/** Engines on a database of their own, as a test file needs them. */
export interface TestEngines {
  readonly connection: SqlConnection;
  readonly url: string;
  readonly registries: Registries;
  /** Another instance on the database, with a container that resolves it; stopped at the end. */
  engine(options?: Partial<WorkflowEngineOptions>): { engine: WorkflowEngine; container: Container };
  open(): Promise<void>;
  /** Stops the engines that were made so far. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Made at the top of a test file; `open` makes the database, and `close` drops it. Engines poll every 50 ms unless told
 * otherwise.
 */
export function testEngines(): TestEngines {
  const engines: WorkflowEngine[] = [];
  const registries = createAppRegistries();
  let database: TestDatabase;
  let connection: SqlConnection;
  return {
    registries,
    get connection() {
      return connection;
    },
    get url() {
      return database.url;
    },
    engine: (options = {}) => {
      const container = createContainer();
      const engine = createWorkflowEngine({ connection, container, registries, pollInterval: 50, ...options });
      container.register({ workflows: asValue(engine) });
      engines.push(engine);
      return { engine, container };
    },
    open: async () => {
      database = await createTestDatabase();
      connection = createPgConnection({ url: database.url, poolSize: 30 });
      await createWorkflowEngine({ connection }).migrate();
    },
    stop: async () => {
      for (const engine of engines.splice(0)) await engine.stop();
    },
    close: async () => {
      for (const engine of engines) await engine.stop();
      await connection.close();
      await database.drop();
    },
  };
}

/**
 * Asks again until the answer is the expected one.
 *
 * @param seconds How long; by default so long that a busy machine does not matter.
 * @throws when it has not come by then, with the last one
 */
export async function eventually<T>(ask: () => T | Promise<T>, holds: (answer: T) => boolean, seconds = 15): Promise<T> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > until) throw testingErrors.notCome(seconds, answer);
    await pause(10);
  }
}
