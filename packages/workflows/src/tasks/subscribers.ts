import { engineErrors } from "../errors/engine-errors";
import { checkOptions, func, name, names, required, text } from "../options/option-checks";
import type { OptionChecks } from "../options/option-checks";
import { shown } from "../shown";
import type { DeliveredEvent } from "../transport/claimed-task";

/** Someone who is told of events. */
export interface Subscriber {
  /** Keeps its deliveries apart from others', over restarts: the same subscriber has the same id. At most 255 characters. */
  id: string;
  /** Names of events, of at most 255 characters; `*` stands for all. */
  events: readonly string[];
  /** Called at least once for each event; an error has the delivery tried again. */
  handler(event: DeliveredEvent): Promise<void> | void;
  /** How many events it is given at once in one process: a whole number from 1; 5 by default. */
  concurrency?: number;
  /** Where it is written, for messages. */
  source?: string;
}

/** The subscribers of one id, which share its deliveries. */
export interface SubscriberLine {
  id: string;
  /** The greatest that one of them asks for. */
  concurrency: number;
  /** The names of the events that it is for here; null for all. */
  events: readonly string[] | null;
}

const defaultConcurrency = 5;
const mostAtOnce = 10_000;

const checks: OptionChecks<Subscriber> = {
  id: required(name),
  events: required(names),
  handler: required(func),
  // It has an error of its own, which says what it does.
  concurrency: { expected: "a whole number", holds: () => true },
  source: text,
};

/** The subscribers of this process. */
export class Subscribers {
  private readonly byId = new Map<string, Subscriber[]>();

  /** @param onChange Called when subscribers come or go. */
  constructor(private readonly onChange: () => void = () => undefined) {}

  /**
   * Adds a subscriber. Several may share an id, and with it a line of deliveries, as long as each event is for one of them.
   *
   * @throws `engine.duplicate_subscriber` when an event would be for two of them, `engine.bad_concurrency`,
   * `engine.unknown_option`, `engine.bad_option`.
   */
  add(subscriber: Subscriber): void {
    const { id, events, concurrency, source } = subscriber;
    // One that no statement takes would stand in each that routes or claims, and stop those of all others.
    checkOptions(`Subscriber ${shown(id)}${source === undefined ? "" : ` (${source})`}`, subscriber, checks, engineErrors);
    if (concurrency !== undefined && !(Number.isSafeInteger(concurrency) && concurrency >= 1 && concurrency <= mostAtOnce))
      throw engineErrors.badConcurrency(id, shown(concurrency), mostAtOnce, source);
    const others = this.byId.get(id) ?? [];
    const rival = others.find((other) => events.some((event) => overlaps(other.events, event)));
    if (rival) throw engineErrors.duplicateSubscriber(id, [rival.source ?? [], source ?? []].flat());
    this.byId.set(id, [...others, subscriber]);
    this.onChange();
  }

  /** Removes a subscriber, or with an event its subscription to that. Returns whether there was one. */
  remove(id: string, event?: string): boolean {
    const before = this.byId.get(id);
    if (!before || (event !== undefined && !before.some(({ events }) => events.includes(event)))) return false;
    const kept = event === undefined ? [] : before.map((one) => without(one, event)).filter(({ events }) => events.length > 0);
    if (kept.length) this.byId.set(id, kept);
    else this.byId.delete(id);
    this.onChange();
    return true;
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  /** The one of this id that an event is for. */
  find(id: string, event: string): Subscriber | undefined {
    return this.byId.get(id)?.find(({ events }) => events.includes(event) || events.includes("*"));
  }

  /** The line of deliveries of each id. */
  lines(): SubscriberLine[] {
    return [...this.byId].map(([id, subscribers]) => {
      const events = subscribers.flatMap((subscriber) => subscriber.events);
      return { id, concurrency: concurrencyOf(subscribers), events: events.includes("*") ? null : [...new Set(events)].toSorted() };
    });
  }

  /** How many events the subscribers of an id are given at once. */
  concurrencyOf(id: string): number {
    return concurrencyOf(this.byId.get(id) ?? []);
  }

  /** Pairs of subscriber and event. */
  subscriptions(): (readonly [string, string])[] {
    return [...this.byId].flatMap(([id, subscribers]) => subscribers.flatMap(({ events }) => events.map((event) => [id, event] as const)));
  }
}

function concurrencyOf(subscribers: readonly Subscriber[]): number {
  const asked = subscribers.flatMap(({ concurrency }) => concurrency ?? []);
  return asked.length ? Math.max(...asked) : defaultConcurrency;
}

const overlaps = (events: readonly string[], event: string): boolean =>
  events.includes(event) || events.includes("*") || (event === "*" && events.length > 0);

function without(subscriber: Subscriber, event: string): Subscriber {
  if (!subscriber.events.includes(event)) return subscriber;
  const events = subscriber.events.filter((one) => one !== event);
  return { ...subscriber, events, handler: (delivered) => subscriber.handler(delivered) };
}
