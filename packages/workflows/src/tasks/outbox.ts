import type { EventMessage, Logger, SqlExecutor, SqlTransaction } from "@velella/kernel";
import type { EventGroups } from "./event-groups";
import type { EventListOptions, EventSelection, OutboxEvent, OutboxStore } from "./outbox-store";

/** What the engine does with events. */
export interface EngineEvents {
  /**
   * Stores events for delivery: at once, or with the transaction of `executor`.
   *
   * @throws `outbox.no_event`, `outbox.no_name`, `outbox.bad_field`, `outbox.bad_option`, `outbox.bad_data`; nothing is stored then.
   */
  emit(messages: EventMessage | EventMessage[], options?: { executor?: SqlExecutor | undefined }): Promise<void>;
  /** Stores events that wait until their group is released; as `emit` otherwise. @throws `outbox.bad_group` as well. */
  hold(group: string, messages: EventMessage | EventMessage[], options?: { executor?: SqlExecutor | undefined }): Promise<void>;
  /** Hands the events of a group over for delivery. Returns how many. @throws `outbox.bad_group` */
  release(group: string): Promise<number>;
  /** Drops the events of a group; with names, only those. Returns how many. @throws `outbox.bad_group` */
  clear(group: string, names?: readonly string[]): Promise<number>;
  /** The newest events, as long as they are kept. */
  list(options?: EventListOptions): Promise<OutboxEvent[]>;
  /** Delivers events again: to those who failed, when there are such, else to every subscriber. Returns how many. */
  replay(ids: readonly string[]): Promise<number>;
  /**
   * Gives up deliveries that are dead, or whose subscriber is gone: no instance has it, not the one that is asked either, and
   * either it is remembered no more, or it is named here. Returns how many.
   */
  discard(selection: EventSelection): Promise<number>;
}

/** What an {@link Outbox} works with. */
export interface OutboxOptions {
  store: OutboxStore;
  groups: EventGroups;
  logger: Logger;
  /** Seconds that delivered events are kept. */
  retention: number;
  /** Seconds that deliveries which were put aside, and groups which nobody released, are kept. */
  deadRetention: number;
  /** Called when events can be delivered. */
  onEvents(): void;
}

type EmitTarget = { executor?: SqlExecutor | undefined };

/** The events of an engine. */
export class Outbox implements EngineEvents {
  constructor(private readonly options: OutboxOptions) {}

  async emit(messages: EventMessage | EventMessage[], { executor }: EmitTarget = {}): Promise<void> {
    const all = [messages].flat();
    if (!all.length) return;
    await this.options.store.emit(all, executor);
    // Events of a transaction can be seen once it is committed.
    if (executor && "afterCommit" in executor) (executor as SqlTransaction).afterCommit(() => this.options.onEvents());
    else if (!executor) this.options.onEvents();
  }

  async hold(group: string, messages: EventMessage | EventMessage[], { executor }: EmitTarget = {}): Promise<void> {
    const all = [messages].flat();
    if (all.length) await this.options.groups.hold(group, all, executor);
  }

  async release(group: string): Promise<number> {
    const released = await this.options.groups.release(group);
    if (released) this.options.onEvents();
    return released;
  }

  clear(group: string, names?: readonly string[]): Promise<number> {
    return this.options.groups.clear(group, names);
  }

  list(options?: EventListOptions): Promise<OutboxEvent[]> {
    return this.options.store.list(options);
  }

  async replay(ids: readonly string[]): Promise<number> {
    const replayed = await this.options.store.replay(ids);
    this.options.onEvents();
    return replayed;
  }

  discard(selection: EventSelection): Promise<number> {
    return this.options.store.discard(selection);
  }

  /** Removes what was kept long enough. */
  async sweep(allOf: (sweep: (limit: number) => Promise<number>) => Promise<number>): Promise<void> {
    const { store, groups, retention, deadRetention, logger } = this.options;
    const dead = await allOf((limit) => store.sweepDead(deadRetention, limit));
    if (dead) logger.warn(`${dead} deliveries that were put aside as dead are removed after ${deadRetention} s`);
    await allOf((limit) => store.sweep(retention, limit));
    const dropped = await groups.sweep(deadRetention);
    if (dropped.events)
      logger.warn(
        `${dropped.events} events that nobody released are removed after ${deadRetention} s: groups ${dropped.groups.join(", ")}`,
      );
  }
}
