import { basename } from "node:path";
import { inspect } from "node:util";
import type { Container } from "@velella/kernel";
import type { DeliveredEvent, WorkflowEngine } from "@velella/workflows";
import { eventErrors } from "./errors";

/** What a subscriber function gets. */
export interface SubscriberArgs<Data = unknown> {
  /** With an `id` that stays the same when it comes again: what must not happen twice depends on it. */
  event: DeliveredEvent<Data>;
  container: Container;
  /** Options of the plugin that the subscriber belongs to; empty in an app. */
  pluginOptions: Record<string, unknown>;
}

/** The `config` export of a subscriber file. */
export interface SubscriberConfig {
  /** Events to receive; `*` stands for all. */
  event: string | string[];
  /** What makes this subscriber a different one than its file's name says. */
  context?: {
    /** Keeps deliveries apart from other subscribers'; by default the file's name. */
    subscriberId?: string;
  };
}

/**
 * Registers the subscriber files of an app. Delivery begins later, once all of them are known.
 *
 * @throws `event.no_handler`, `event.no_event`, `event.bad_id`, `engine.bad_option`, naming the file; `engine.duplicate_subscriber`,
 * naming both.
 */
export function loadSubscribers(
  files: readonly string[],
  load: (file: string) => unknown,
  engine: WorkflowEngine,
  container: Container,
  pluginOptions: Record<string, unknown> = {},
): void {
  for (const file of files) {
    const { default: handler, config } = load(file) as { default?: unknown; config?: Partial<SubscriberConfig> };
    if (typeof handler !== "function") throw eventErrors.noHandler(file);
    const id = config?.context?.subscriberId ?? basename(file).replace(/\.[cm]?[jt]sx?$/, "");
    if (typeof id !== "string" || !id) throw eventErrors.badId(file, inspect(id));
    engine.subscribers.add({
      id,
      events: eventsOf(file, config),
      source: file,
      handler: (message) =>
        (handler as (args: SubscriberArgs) => Promise<void>)({ event: message, container: container.createScope(), pluginOptions }),
    });
  }
}

function eventsOf(file: string, config: Partial<SubscriberConfig> | undefined): string[] {
  const events: unknown[] = [config?.event ?? []].flat();
  const names = events.filter((event): event is string => typeof event === "string" && event !== "");
  if (!names.length || names.length < events.length) throw eventErrors.noEvent(file, inspect(config?.event));
  return names;
}
