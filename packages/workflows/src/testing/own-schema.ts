import type { Container } from "@velella/kernel";
import type { WorkflowEngine, WorkflowEngineOptions } from "../index";
import type { TestEngines } from "./test-engine";

/** Engines whose tables no other test sees. */
export interface OwnSchema {
  engine: WorkflowEngine;
  container: Container;
  /** Another instance on the same tables, with these options instead. */
  another(options?: Partial<WorkflowEngineOptions>): WorkflowEngine;
  /** Runs a statement; names of tables begin with `velella_`. */
  query<T>(text: string): Promise<T[]>;
}

let next = 0;

/** Makes an engine in a schema of its own. @param optionsOf Called for each instance. */
export async function ownSchema(tests: TestEngines, optionsOf: () => Partial<WorkflowEngineOptions> = () => ({})): Promise<OwnSchema> {
  const schema = `own_${++next}`;
  const made = tests.engine({ schema, ...optionsOf() });
  await made.engine.migrate();
  return {
    ...made,
    another: (options) => tests.engine({ schema, ...(options ?? optionsOf()) }).engine,
    query: async <T>(text: string) => (await tests.connection.query<T>(text.replaceAll("velella_", `${schema}.velella_`))).rows,
  };
}
