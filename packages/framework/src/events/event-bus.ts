import { inspect } from "node:util";
import { ambient } from "@velella/kernel";
import type { EventMessage, Logger, SharedContext } from "@velella/kernel";
import { checkEvents, eventGroupOf } from "@velella/workflows";
import type { DeliveredEvent, EventOptions, WorkflowEngine } from "@velella/workflows";
import { eventErrors } from "./errors";

/** Called for each event that a subscription matches; again with the same `id`, where it comes twice. */
export type EventListener = (message: DeliveredEvent) => Promise<void> | void;

/** Called with each event before it is emitted. */
export type EventInterceptor = (message: EventMessage, context?: EventInterceptorContext) => Promise<void> | void;

/** What an interceptor is told beside the event. */
export interface EventInterceptorContext {
  /** It waits for the release of its group. */
  isGrouped?: boolean;
  eventGroupId?: string;
}

/** Options for all events of one call of `emit`; those of a message itself go before them. */
export interface EmitOptions extends EventOptions {
  [option: string]: unknown;
}

/** Names a subscription. */
export interface SubscriptionContext {
  /** Keeps its deliveries apart from other subscribers', over restarts. At most 255 characters. */
  subscriberId?: string;
}

interface Subscription {
  event: string;
  listener: EventListener;
  id: string;
}

/**
 * The event bus that apps resolve as `event_bus`. Events go to the outbox of the database, in the caller's
 * transaction when there is one, and reach every subscriber at least once after the commit.
 */
export class EventBusService {
  private subscriptions: Subscription[] = [];
  private interceptors: EventInterceptor[] = [];
  private unnamed = 0;

  constructor(
    private readonly engine: WorkflowEngine,
    private readonly logger: Pick<Logger, "error">,
  ) {}

  /**
   * Emits one event or several. An event that carries the `eventGroupId` of the running workflow waits for the
   * workflow's success, and is dropped when it fails; one with another group waits for `releaseGroupedEvents`.
   *
   * @throws `event.bad_emit_options`, `outbox.no_event`, `outbox.no_name`, `outbox.bad_field`, `outbox.bad_option`,
   * `outbox.bad_data`, `outbox.bad_group` (invalid_data); nothing is emitted then.
   */
  async emit<Data = unknown>(
    messages: EventMessage<Data> | EventMessage<Data>[],
    options: EmitOptions = {},
    sharedContext: SharedContext = {},
  ): Promise<void> {
    if (typeof options !== "object" || Array.isArray(options)) throw eventErrors.badEmitOptions(inspect(options));
    const all = [messages].flat().map((message) => withOptions(message, options));
    checkEvents(all);
    const step = ambient();
    const byGroup = groupsOf(all);
    for (const [group, grouped] of byGroup) await this.intercept(grouped, group);
    const target = { executor: sharedContext.transactionManager?.executor };
    for (const [group, grouped] of byGroup) {
      if (group === undefined) await this.engine.events.emit(grouped, target);
      else if (group !== step?.eventGroupId || !step.holdEvents(grouped)) await this.engine.events.hold(group, grouped, target);
    }
  }

  /**
   * Subscribes to an event, or to all with `*`. Subscriptions under one `subscriberId` share a line of deliveries.
   *
   * @throws `engine.duplicate_subscriber` when this id is subscribed to the event already; `engine.bad_option`.
   */
  subscribe(event: string | symbol, listener: EventListener, context: SubscriptionContext = {}): this {
    if (typeof listener !== "function") throw eventErrors.noListener(String(event), typeof listener);
    const subscription = { event: String(event), listener, id: context.subscriberId ?? `${String(event)}#${++this.unnamed}` };
    this.engine.subscribers.add({ id: subscription.id, events: [subscription.event], handler: (message) => listener(message) });
    this.subscriptions.push(subscription);
    return this;
  }

  /** Ends the subscription to an event: the one with this `subscriberId`, or else those of this listener. */
  unsubscribe(event: string | symbol, listener?: EventListener, context: SubscriptionContext = {}): this {
    const { subscriberId } = context;
    const isMeant = (one: Subscription) =>
      one.event === String(event) && (subscriberId === undefined ? one.listener === listener : one.id === subscriberId);
    const ids = new Set(this.subscriptions.filter(isMeant).map(({ id }) => id));
    // A file of the app has an id as well.
    if (subscriberId !== undefined) ids.add(subscriberId);
    for (const id of ids) this.engine.subscribers.remove(id, String(event));
    this.subscriptions = this.subscriptions.filter((one) => !isMeant(one));
    return this;
  }

  /**
   * Emits the events of a group, in the order in which they came. Those of a workflow that runs are for it to release. Without
   * a group there is nothing to do.
   *
   * @throws `outbox.bad_group`
   */
  async releaseGroupedEvents(eventGroupId: string | undefined): Promise<void> {
    if (eventGroupId === undefined || eventGroupId === null) return;
    await this.engine.events.release(eventGroupId);
  }

  /** Drops the events of a group; with `eventNames`, only those. Without a group there is nothing to do. @throws `outbox.bad_group` */
  async clearGroupedEvents(eventGroupId: string | undefined, { eventNames }: { eventNames?: string[] } = {}): Promise<void> {
    if (eventGroupId === undefined || eventGroupId === null) return;
    await this.engine.events.clear(eventGroupId, eventNames);
  }

  /** Has a function called with each event before it is emitted, by this bus or by `emitEventStep`. */
  addInterceptor(interceptor: EventInterceptor): this {
    if (typeof interceptor !== "function") throw eventErrors.noInterceptor(typeof interceptor);
    this.interceptors.push(interceptor);
    return this;
  }

  /** One that was not added is no error. */
  removeInterceptor(interceptor: EventInterceptor): this {
    this.interceptors = this.interceptors.filter((one) => one !== interceptor);
    return this;
  }

  /** Calls the interceptors; what one of them does wrong stops no event. */
  async intercept(messages: readonly EventMessage[], eventGroupId: string | undefined): Promise<void> {
    for (const message of this.interceptors.length ? messages : []) {
      for (const interceptor of this.interceptors) {
        try {
          await interceptor(message, { isGrouped: eventGroupId !== undefined, ...(eventGroupId !== undefined && { eventGroupId }) });
        } catch (error) {
          this.logger.error(`An interceptor failed on event "${message.name}"`, error);
        }
      }
    }
  }
}

/** An event with the options of its call. What is no event, or has options that are none, is left for the check to refuse. */
function withOptions(message: EventMessage, options: EmitOptions): EventMessage {
  if (typeof message !== "object" || !message) return message;
  const own: unknown = message.options ?? {};
  if (typeof own !== "object" || Array.isArray(own)) return message;
  return { ...message, options: { ...options, ...given(message.options) } };
}

/** Options without those that are undefined, which say nothing. */
function given(options: EventMessage["options"]): EventMessage["options"] {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));
}

/** The events by their group. */
function groupsOf(messages: readonly EventMessage[]): Map<string | undefined, EventMessage[]> {
  const groups = new Map<string | undefined, EventMessage[]>();
  for (const message of messages) {
    const group = eventGroupOf(message);
    groups.set(group, [...(groups.get(group) ?? []), message]);
  }
  return groups;
}
