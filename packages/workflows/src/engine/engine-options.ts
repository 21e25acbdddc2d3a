import type { Container, Logger, Registries, SharedContext, SqlConnection, SqlTransaction } from "@velella/kernel";
import type { EventTransport } from "../transport/event-transport";

/** How an engine works. Only `connection` is needed. */
export interface WorkflowEngineOptions {
  /** Where the engine's tables are, and where transactional steps run. */
  connection: SqlConnection;
  /** Connections for the engine's own statements, so that steps which use up the pool do not stop it; `connection` by default. */
  checkpoints?: SqlConnection;
  /** The container that steps of resumed runs, subscribers' runs and scheduled workflows get a scope of. */
  container?: Container;
  /** Told of failures that nobody awaits, of runs that are parked or interrupted, and of a lease in danger; silent by default. */
  logger?: Logger;
  /** Where workflows and hook handlers are registered; those of the process by default. */
  registries?: Registries;
  /** Makes the `context` of a transactional step from its transaction. */
  contextFor?(transaction: SqlTransaction): SharedContext;
  /** `server`: takes up no interrupted runs, and delivers neither events nor ticks; leaves them to `worker` or `shared` (the default). */
  mode?: "shared" | "worker" | "server";
  /** The schema of the tables; by default the first of the search path. */
  schema?: string;
  /** Journals every run, also one that could be made of plain calls: for tests, and to see everything in timelines. */
  journalAll?: boolean;
  /** Milliseconds between two looks for work; 250 by default. */
  pollInterval?: number;
  /** Seconds without a sign of life after which other instances take over; 30 by default. */
  leaseSeconds?: number;
  /** Whether to hold an advisory lock in a session of its own, which shows at once when a process ends; true by default. A transaction pooler wants false. */
  sessionLock?: boolean;
  /**
   * Whether to listen, in that session, for what other instances tell with NOTIFY, so that work which they leave is taken
   * up, and runs that they cancel are told, at once instead of at the next look; as `sessionLock` by default.
   */
  listen?: boolean;
  /**
   * How a thread reaches the database, in the terms of `pg`, to renew the lease while the event loop is blocked. Without
   * it a loop that is blocked for longer than the lease loses its runs to others.
   */
  leaseConnection?: { connectionString: string; options?: string; ssl?: boolean | object };
  /** Seconds after which an event loop that does not turn counts as dead, and its lease ends; 300 by default. */
  blockedLoopSeconds?: number;
  /** How often the owner of a run may die in a row, without getting further, before the run is parked; 5 by default. */
  parkAfter?: number;
  /**
   * What secret parts of steps are encrypted with (see `secret` of `createStep`); of several the first encrypts, and all
   * decrypt, so that it can be replaced. Steps that declare secret parts need it.
   */
  secret?: string | readonly string[];
  /** Bytes of JSON that one value of a run may have: its input, the output of a step; 16 MB by default, with a warning from 1 MB on. */
  maxPayloadBytes?: number;
  /** How deliveries of events reach a process that has their subscriber: by PostgreSQL itself by default. See `createBullTransport`. */
  transport?: EventTransport | undefined;
  /** How often an event is tried with a subscriber that fails; 5 by default. */
  maxDeliveryAttempts?: number;
  /** Seconds before the second attempt of an event whose `options.backoff` does not say, doubled for each further one; 1 by default. */
  deliveryBackoff?: number;
  /** Seconds that `stop` waits for what is at work, before it is left to other instances; 20 by default. */
  stopSeconds?: number;
  /** Milliseconds between two removals of runs, events and ticks that were kept long enough; 60,000 by default. */
  sweepInterval?: number;
  /** Seconds that delivered events are kept, to be listed and replayed; 3600 by default. */
  eventRetention?: number;
  /** Seconds that deliveries which were put aside as dead are kept, and groups of events that nobody released; 30 days by default. */
  deadRetention?: number;
  /**
   * Seconds that a subscriber or a job is remembered when no instance has it any more; a day by default. So long events
   * are kept for the subscriber; then what it has not got is put aside as dead, and the job's count of ticks is forgotten.
   */
  rememberSeconds?: number;
}
