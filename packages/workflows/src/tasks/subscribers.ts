import { engineErrors } from "../engine/errors";
import type { DeliveredEvent } from "./task-store";

/** Someone who is told of events. */
export interface Subscriber {
  /** Keeps its deliveries apart from others', over restarts: the same subscriber has the same id. */
  id: string;
  /** Names of events; `*` stands for all. */
  events: readonly string[];
  /** Called at least once for each event; an error has the delivery tried again. */
  handler(event: DeliveredEvent): Promise<void> | void;
  /** How many events it is given at once in one process; 5 by default. */
  concurrency?: number;
}

/** The subscribers of this process. */
export class Subscribers {
  private readonly byId = new Map<string, Subscriber>();

  add(subscriber: Subscriber): void {
    if (this.byId.has(subscriber.id)) throw engineErrors.duplicateSubscriber(subscriber.id);
    this.byId.set(subscriber.id, subscriber);
  }

  remove(id: string): void {
    this.byId.delete(id);
  }

  get(id: string): Subscriber | undefined {
    return this.byId.get(id);
  }

  list(): Subscriber[] {
    return [...this.byId.values()];
  }

  /** Pairs of subscriber and event. */
  subscriptions(): (readonly [string, string])[] {
    return this.list().flatMap(({ id, events }) => events.map((event) => [id, event] as const));
  }
}
