/**
 * An event of the outbox. It is there from the transaction that made it true. Its states are those of `routed_at`: while that is
 * null it waits until `deliver_at`; then an `EventRouter` makes a task of it for each subscriber. When these are gone, it is kept for
 * the retention of events. `events.replay()` may have it routed again.
 */
export interface EventRow {
  /** `evt_…`: made by who emits it, once, and the same over all deliveries. */
  id: string;
  name: string;
  /** JSON, and so are `metadata` and `options`. */
  data: string | null;
  metadata: string | null;
  options: string | null;
  /** 0 is the most urgent; 100 where it does not say. Its tasks have it from here. */
  priority: number;
  /** How often a subscriber is tried; null for what the engine says. */
  max_attempts: number | null;
  /** When it is to be delivered: at once, or after its `delay`. */
  deliver_at: Date;
  created_at: Date;
  /** When it was handed to the subscribers of then. */
  routed_at: Date | null;
  /** Events of one key reach each subscriber in the order of their positions. */
  partition_key: string | null;
  /** Numbers what has a partition key, in the order of its writing. */
  position: string | null;
}
