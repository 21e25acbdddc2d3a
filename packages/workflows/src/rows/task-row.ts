/** Whether a task is the delivery of an event to a subscriber, or a tick of a job. */
export type TaskKind = "event" | "job";

/** Whose a task is: a subscriber by its id, or a job by its name. Made and read by `tasks/target.ts`. */
export type Target = `event:${string}` | `job:${string}`;

/**
 * How a task stands; one that is done is gone. `ready`: it waits until `run_at`, or is at work where it has an owner; so it is when it
 * is made, and after an attempt that failed (`TaskStore.fail`). `dead`: it was tried often enough, or its subscriber is forgotten
 * (`Handlers.sweep`), or its process died with it too often (`reap`), or the database did not take it (`EventRouter`). Nobody takes a
 * dead one up: `events.replay()` makes it ready again, `events.discard()` or its retention removes it.
 */
export type TaskState = "ready" | "dead";

/** What workers do. As with runs, `owner` and `attempts` together are a claim: what is written of a task holds only under it. */
export interface TaskRow {
  /** `EVENT:SUBSCRIBER`, or `job:NAME:TICK`: so that none is made twice. */
  id: string;
  kind: TaskKind;
  target: Target;
  /** Null for jobs. */
  event_id: string | null;
  /** The time of the schedule that it is for; null for events. */
  tick: Date | null;
  state: TaskState;
  /** 1 is the most urgent. */
  priority: number;
  /** When it is due. Of a dead one: since when it is dead. */
  run_at: Date;
  /** The instance that works on it; null while nobody does. */
  owner: string | null;
  /** How often it was claimed. One that is given back without being begun does not count. */
  attempts: number;
  /** After so many it is dead. Of jobs it is 1, for the next tick is the next attempt. */
  max_attempts: number;
  /** Stack or message of what it failed with last, or why it is dead. */
  error: string | null;
  /** From then on counts for how long it waits for a subscriber that no instance has. */
  created_at: Date;
  /** Of its event: one with a lower position, to the same subscriber, goes before it. */
  partition_key: string | null;
  position: string | null;
}

/**
 * How a tick of a job stands: `claimed` by the instance that made a task of it, `running` from the beginning of that (`JobHistory.begin`),
 * then `done` or `failed`. One whose process died is begun again; one whose job is forgotten has failed.
 */
export type FireState = "claimed" | "running" | "done" | "failed";

/** A tick of a job, and what came of it: the history of jobs. */
export interface FireRow {
  job: string;
  tick: Date;
  state: FireState;
  /** When it was begun last; before that, when it was claimed. */
  started_at: Date | null;
  finished_at: Date | null;
  /** Stack or message of what it failed with. */
  error: string | null;
  /** How often it was begun: more than once where its process died. */
  attempts: number;
}
