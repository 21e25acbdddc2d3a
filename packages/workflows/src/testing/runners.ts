import { asValue, createContainer, silentLogger } from "@velella/kernel";
import type { Container, EventMessage, Logger, SqlConnection } from "@velella/kernel";
import { createTestDatabase } from "@velella/data/testing";
import { eventually } from "./test-engine";
import type { TestDatabase } from "@velella/data/testing";
import { createPgConnection } from "../connection/pg-connection";
import { createWorkflowEngine } from "../engine/workflow-engine";
import type { WorkflowEngine } from "../engine/workflow-engine";

/** A way to run workflows, as the behaviour suite needs it. */
export interface TestRunner {
  open(): Promise<void>;
  close(): Promise<void>;
  /** What a run's container has registered. */
  services(): Record<string, unknown>;
  /** The events that are delivered from now on. */
  events(): EventMessage[];
  /** The errors that are logged from now on. */
  log(): string[];
  /** Resolves once events that were emitted have been delivered. */
  settled(): Promise<void>;
}

/** A container as runs of a way need it. */
export function containerFor(runner: TestRunner): Container {
  const container = createContainer();
  for (const [name, value] of Object.entries(runner.services())) container.register(name, asValue(value));
  return container;
}

/** Every way to run a workflow. */
export const runners: [name: string, create: () => TestRunner][] = [
  ["direct", directRunner],
  ["journalled", journalledRunner],
];

function directRunner(): TestRunner {
  const delivered: EventMessage[] = [];
  const bus = { emit: async (messages: EventMessage[]) => void delivered.push(...messages) };
  const { lines, logger } = errorLog();
  return {
    open: async () => undefined,
    close: async () => undefined,
    services: () => ({ event_bus: bus, logger }),
    events: () => cleared(delivered),
    log: () => cleared(lines),
    settled: async () => undefined,
  };
}

function journalledRunner(): TestRunner {
  const delivered: EventMessage[] = [];
  const { lines, logger } = errorLog();
  let database: TestDatabase;
  let connection: SqlConnection;
  let engine: WorkflowEngine;
  return {
    open: async () => {
      database = await createTestDatabase();
      connection = createPgConnection({ url: database.url });
      engine = createWorkflowEngine({ connection, journalAll: true, logger, secret: "the key" });
      await engine.migrate();
      engine.subscribers.add({ id: "all", events: ["*"], handler: (event) => void delivered.push(event) });
      await engine.start();
    },
    close: async () => {
      await engine.stop();
      await connection.close();
      await database.drop();
    },
    services: () => ({ workflows: engine, logger }),
    events: () => cleared(delivered),
    log: () => cleared(lines),
    settled: async () => {
      const open = async () =>
        (await connection.query("select from velella_event where routed_at is null union all select from velella_task")).rowCount;
      await eventually(open, (n) => n === 0);
    },
  };
}

function cleared<T>(list: T[]): T[] {
  list.length = 0;
  return list;
}

function errorLog(): { lines: string[]; logger: Logger } {
  const lines: string[] = [];
  return { lines, logger: { ...silentLogger(), error: (...parts: unknown[]) => void lines.push(parts.map(String).join(" ")) } };
}
