import type { EventMessage } from "@velella/kernel";
import type { Target } from "../rows/task-row";

/** An event as a subscriber gets it: with the id that stays the same when it is delivered again. */
export interface DeliveredEvent<Data = unknown> extends EventMessage<Data> {
  /** Stays the same over all deliveries, to all subscribers. */
  id: string;
}

/** A task that this instance has claimed. */
export interface ClaimedTask {
  id: string;
  target: Target;
  event: DeliveredEvent | undefined;
  tick: Date | undefined;
  attempts: number;
  maxAttempts: number;
  /** How long to wait before the next attempt, where its event says so itself. */
  backoff: unknown;
  /** What follows it in its line may have to wait for it. */
  isOrdered: boolean;
}
