import type { Logger } from "@velella/kernel";
import type { ClaimedTask } from "./claimed-task";

/** A subscriber of this process, as a transport sees it. */
export interface TransportSubscriber {
  id: string;
  /** The names of the events that it is for here, sorted; null for all. Another process may have it for others. */
  events: readonly string[] | null;
  /** How many events it may be given at once here. */
  concurrency: number;
  /** How many of them are at work. */
  working: number;
}

/** An event that is due to a subscriber. Its row in PostgreSQL is the truth; a transport carries no more than this. */
export interface DueDelivery {
  /** Of the row. */
  id: string;
  subscriber: string;
  /** The name of the event. */
  event: string;
  /** How often it was tried before. */
  attempts: number;
  /** 1 is the most urgent. */
  priority: number;
}

/** What the engine does for a transport. Every method may fail while the database is away. */
export interface TransportServices {
  logger: Logger;
  subscribers(): TransportSubscriber[];
  /** Claims deliveries that are due, of events that the subscribers are for here: at most as many for each subscriber as given. */
  claim(room: ReadonlyMap<string, number>): Promise<ClaimedTask[]>;
  /**
   * Deliveries to these subscribers that are due, of events that they are for here; at most `limit` of each. They are due again
   * after some seconds, unless they were claimed by then.
   */
  handOver(subscribers: readonly string[], limit: number, seconds: number): Promise<DueDelivery[]>;
  /** Claims a delivery that was handed over; undefined when it was claimed already, or is not to be made any more. */
  accept(delivery: Pick<DueDelivery, "id" | "attempts">): Promise<ClaimedTask | undefined>;
  /** Gives a claimed delivery to its subscriber; resolves when it is on record how that ended. Never rejects. */
  begin(task: ClaimedTask): Promise<void>;
}

/**
 * How deliveries get from the outbox to a process that has their subscriber. A delivery stays in PostgreSQL until its
 * subscriber has had it: a transport that loses one makes it late, and one that carries it twice makes nothing of it.
 */
export interface EventTransport {
  start(services: TransportServices): Promise<void>;
  /** Called when deliveries may be due. Returns whether there may be more of them now. */
  carry(): Promise<boolean>;
  /** Takes no more deliveries. */
  stop(): Promise<void>;
}
