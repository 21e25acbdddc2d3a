import { AsyncLocalStorage } from "node:async_hooks";
import type { SqlExecutor } from "./sql/connection";

/** What an entity manager is to user code: raw SQL inside the current transaction. */
export interface SqlManager {
  /** The executor that statements of this manager run on. */
  readonly executor: SqlExecutor;
  /** Runs a statement with `?` or `$n` placeholders and returns its rows. */
  execute<Row = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<Row[]>;
}

/**
 * The explicit context that service methods take as their last parameter (`sharedContext`).
 * A method that gets a `transactionManager` joins that transaction; there is no hidden one across services.
 */
export interface SharedContext<TManager = SqlManager> {
  transactionManager?: TManager;
  manager?: TManager;
  isolationLevel?: string;
  enableNestedTransactions?: boolean;
  eventGroupId?: string;
  transactionId?: string;
  runId?: string;
  idempotencyKey?: string;
  parentStepIdempotencyKey?: string;
  requestId?: string;
  messageAggregator?: unknown;
}

/** A message for the event bus. */
export interface EventMessage<Data = unknown> {
  name: string;
  data: Data;
  metadata?: Record<string, unknown> & { eventGroupId?: string };
  options?: Record<string, unknown>;
}

/**
 * What travels with the control flow and is never needed for correctness by a caller: tracing, and the
 * sink that holds back events emitted inside a workflow step until the workflow succeeds.
 */
export interface AmbientContext {
  requestId?: string;
  /** Set while a workflow step runs: takes the events that belong to the run's group; false once that step is over. */
  holdEvents?: (messages: EventMessage[]) => boolean;
  /** What `holdEvents` belongs to, for the package that made it. */
  eventHold?: object;
  /** The group whose events `holdEvents` takes. */
  eventGroupId?: string;
}

const storage = new AsyncLocalStorage<AmbientContext>();

/** The ambient context of the running request or step; empty outside of one. */
export function ambient(): AmbientContext {
  return storage.getStore() ?? {};
}

/** Runs a function with additions to the ambient context. */
export function withAmbient<T>(additions: AmbientContext, run: () => T): T {
  return storage.run({ ...storage.getStore(), ...additions }, run);
}
