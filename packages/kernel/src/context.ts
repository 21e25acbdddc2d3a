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
  /** The transaction to join. What is written in it stays only if its owner commits. */
  transactionManager?: TManager;
  /** The same as `transactionManager`, for code that reads it by this name; it joins nothing by itself. */
  manager?: TManager;
  /** Of the transaction that is begun where none is joined: one of {@link IsolationLevel}, that of the server by default. */
  isolationLevel?: string;
  /** In a transaction that is joined, undo everything of the method when it fails. Default: false. */
  enableNestedTransactions?: boolean;
  /** The group of the running workflow: events that carry it wait for the success of the run. */
  eventGroupId?: string;
  /** Of the running workflow, by its caller's choice or made up. */
  transactionId?: string;
  /** Of this very run; another one for each run with the same `transactionId`. */
  runId?: string;
  /** Stays the same when the step is tried again. */
  idempotencyKey?: string;
  /** That of the step which runs this workflow; undefined for one that nobody runs as a step. */
  parentStepIdempotencyKey?: string;
  /** Of the HTTP request that led here. */
  requestId?: string;
  /** Handed on as it is; nothing here reads it. */
  messageAggregator?: unknown;
}

/** A message for the event bus. */
export interface EventMessage<Data = unknown> {
  /** What subscribers know it by, such as `product.created`. */
  name: string;
  /** The payload; subscribers get it as JSON has it. */
  data: Data;
  /**
   * Handed to subscribers beside the payload. With the `eventGroupId` of the running workflow the event waits for the success
   * of the run.
   */
  metadata?: Record<string, unknown> & { eventGroupId?: string };
  /** How it is delivered: `EventOptions` of the workflow engine. Other names are kept, for other event buses. */
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
