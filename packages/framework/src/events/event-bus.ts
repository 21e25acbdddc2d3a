import { ambient } from "@velella/kernel";
import type { EventMessage, SharedContext } from "@velella/kernel";
import type { WorkflowEngine } from "@velella/workflows";

/** Called for each event that a subscription matches. */
export type EventListener = (message: EventMessage) => Promise<void> | void;

export interface EmitOptions {
  /** Milliseconds to wait before delivery. */
  delay?: number;
  /** 1 is the most urgent. */
  priority?: number;
  /** How often a failing subscriber is tried. */
  attempts?: number;
  [option: string]: unknown;
}

/**
 * The event bus that apps resolve as `event_bus`. Events go to the outbox of the database, in the caller's
 * transaction when there is one, and reach every subscriber at least once after the commit.
 */
export class EventBusService {
  private listeners = 0;

  constructor(private readonly engine: WorkflowEngine) {}

  /**
   * Emits one event or several. An event that carries the `eventGroupId` of the running workflow waits for the
   * workflow's success, and is dropped when it fails.
   */
  async emit(messages: EventMessage | EventMessage[], options: EmitOptions = {}, sharedContext: SharedContext = {}): Promise<void> {
    const all = (Array.isArray(messages) ? messages : [messages]).map((message) => ({
      ...message,
      options: { ...options, ...message.options },
    }));
    const { holdEvents, eventGroupId } = ambient();
    const belongs = (message: EventMessage) => eventGroupId !== undefined && message.metadata?.eventGroupId === eventGroupId;
    const held = holdEvents ? all.filter(belongs) : [];
    if (held.length) holdEvents?.(held);
    const now = holdEvents ? all.filter((message) => !belongs(message)) : all;
    if (now.length) await this.engine.events.emit(now, { executor: sharedContext.transactionManager?.executor });
  }

  /** Subscribes to an event, or to all with `*`; `subscriberId` keeps its deliveries apart from other subscribers'. */
  subscribe(event: string | symbol, listener: EventListener, context: { subscriberId?: string } = {}): this {
    const id = context.subscriberId ?? `${String(event)}#${++this.listeners}`;
    this.engine.subscribers.add({ id, events: [String(event)], handler: (message) => listener(message) });
    return this;
  }

  /** Ends the subscription with this id. */
  unsubscribe(_event: string | symbol, _listener: EventListener, context: { subscriberId?: string } = {}): this {
    if (context.subscriberId) this.engine.subscribers.remove(context.subscriberId);
    return this;
  }
}
