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
 * What travels with the control flow and is never needed for correctness by a caller: the workflow step around it, which holds
 * back the events of its run's group until the run succeeds.
 */
export interface AmbientContext {
  /** The group whose events `holdEvents` takes. */
  readonly eventGroupId: string;
  /** Takes events that belong to the group. False: the step is over, and takes none any more. */
  holdEvents(messages: readonly EventMessage[]): boolean;
}

const storage = new AsyncLocalStorage<AmbientContext>();

/** The ambient context of the running step; undefined outside of one. */
export function ambient(): AmbientContext | undefined {
  return storage.getStore();
}

/** Calls a function in an ambient context, which takes the place of one around it. */
export function withAmbient<TArguments extends unknown[], T>(
  context: AmbientContext,
  run: (...given: TArguments) => T,
  ...given: TArguments
): T {
  return storage.run(context, run, ...given);
}
