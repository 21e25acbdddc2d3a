import type { Writable } from "node:stream";
import { endWhenSilent, markConnectionError, sqlSpan } from "@velella/kernel";
import type { SqlResult } from "@velella/kernel";
import type { ClientBase, QueryConfig, QueryResult } from "pg";
import { connectionErrors } from "./errors";

/** What the driver remembers of named statements; it has no way of its own to forget one. */
interface DriverMemory {
  connection?: { parsedStatements?: Record<string, string>; submittedNamedStatements?: Record<string, string>; stream?: Writable };
}

/** Shared by the connections of a pool: a migration that one of them notices has made the plans of all of them stale. */
export interface PlanGeneration {
  current: number;
}

/** One connection to the server, and the statements prepared on it. */
export class Backend {
  /** Name that callers use → name on the server, least recently used first. */
  private readonly prepared = new Map<string, string>();
  private discarded: string[] = [];
  private lastAlias = 0;
  private generation: number;
  private isGathering = false;
  /** Ends the watch on the server's silence. */
  private endWatch: (() => void) | undefined;
  /** Why the connection can serve no longer. */
  failure: Error | undefined;

  constructor(
    private readonly client: ClientBase,
    /** 0 turns preparing off. */
    private readonly maxPrepared: number,
    private readonly plans: PlanGeneration = { current: 0 },
    /** Told each statement with its duration in milliseconds, also where it failed. */
    private readonly onStatement?: (text: string, durationMs: number) => void,
    /** After how many milliseconds the server cancels a statement; 0 where it does not. */
    private readonly statementTimeoutMs = 0,
  ) {
    this.generation = plans.current;
    client.on("error", (error) => (this.failure ??= error));
  }

  query<Row>(text: string, params?: readonly unknown[], name?: string): Promise<SqlResult<Row>> {
    return this.run(text, params, name) as Promise<SqlResult<Row>>;
  }

  /** Like `query`, also telling what command it was. */
  async run(text: string, params?: readonly unknown[], name?: string): Promise<QueryResult & { rowCount: number }> {
    // The protocol counts in 16 bits, and so would the driver, from zero again.
    if (params && params.length > 65_535) throw connectionErrors.tooManyParameters(params.length, text);
    const config: QueryConfig = { text };
    if (params && params.length > 0) config.values = params as unknown[];
    if (name && this.maxPrepared > 0) config.name = this.nameOnServer(name);
    // Before it is connected there is nothing to watch.
    this.endWatch ??= endWhenSilent(this.client, this.statementTimeoutMs);
    if (!name && text.includes("statement_timeout")) this.endWatch();
    const started = this.onStatement ? performance.now() : 0;
    try {
      const results = await sqlSpan(text, () => this.send(config));
      const result = Array.isArray(results) ? (results.at(-1) as QueryResult) : results;
      return Object.assign(result, { rowCount: result.rowCount ?? 0 });
    } catch (error) {
      // The driver's stack leads to its socket, this one to the caller.
      if (error instanceof Error) Error.captureStackTrace(error);
      // What was prepared meanwhile, on this connection or another, may be stale as well.
      if (name && isStalePlan(error)) this.plans.current++;
      // The driver says of a lost connection only that it is lost; what the server said came before.
      if (this.failure && this.failure !== error && !(error as { code?: string }).code) (error as Error).cause ??= this.failure;
      if (isFatal(error)) this.failure ??= error as Error;
      throw markConnectionError(error);
    } finally {
      this.onStatement?.(text, performance.now() - started);
    }
  }

  /** By callback: the driver's promises cost as much as the rest of what is done here for a statement. */
  private send(config: QueryConfig): Promise<QueryResult | QueryResult[]> {
    this.gather();
    return new Promise((resolve, reject) => {
      this.client.query(config, (error: Error | null, result: QueryResult | QueryResult[]) => (error ? reject(error) : resolve(result)));
    });
  }

  /**
   * What is sent before anything else happens travels in one packet: the system's call costs more than all that the driver
   * does for a statement, and the server wakes up once.
   */
  private gather(): void {
    const stream = (this.client as DriverMemory).connection?.stream;
    if (!stream || this.isGathering) return;
    this.isGathering = true;
    stream.cork();
    process.nextTick(() => {
      this.isGathering = false;
      stream.uncork();
    });
  }

  /** To be called between uses: drops statements beyond the limit, and those that a migration made stale. */
  async tidy(): Promise<void> {
    while (this.prepared.size > this.maxPrepared) this.forget(this.prepared.keys().next().value as string);
    if (this.discarded.length === 0) return;
    const statements = this.discarded.map((name) => `deallocate "${name}"`).join("; ");
    this.discarded = [];
    await this.client.query(statements);
  }

  get isTidy(): boolean {
    return this.discarded.length === 0 && this.prepared.size <= this.maxPrepared;
  }

  private nameOnServer(name: string): string {
    if (this.generation !== this.plans.current) {
      for (const stale of [...this.prepared.keys()]) this.forget(stale);
      this.generation = this.plans.current;
    }
    const known = this.prepared.get(name) ?? `${name}_${++this.lastAlias}`;
    // Which ones were used last matters once there may soon be too many.
    if (this.prepared.size > this.maxPrepared / 2) this.prepared.delete(name);
    this.prepared.set(name, known);
    return known;
  }

  private forget(name: string): void {
    const known = this.prepared.get(name);
    if (!known) return;
    this.prepared.delete(name);
    const memory = (this.client as DriverMemory).connection;
    // A statement that the server refused to prepare is not there to be dropped.
    if (known in (memory?.parsedStatements ?? {}) || known in (memory?.submittedNamedStatements ?? {})) this.discarded.push(known);
    delete memory?.parsedStatements?.[known];
    delete memory?.submittedNamedStatements?.[known];
  }
}

/** True for the error that a prepared statement gives after a migration changed the types of its columns. */
export function isStalePlan(error: unknown): boolean {
  return (error as { code?: string }).code === "0A000" && /cached plan/.test((error as Error).message);
}

/** True when the server ended the connection with this error, or the network did. */
function isFatal(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? "";
  return code.length !== 5 || code.startsWith("57P0") || code.startsWith("08");
}
