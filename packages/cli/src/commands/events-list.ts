import type { OutboxEvent } from "@velella/workflows";
import type { CommandContext } from "../command-context";
import { count } from "../count";
import { jsonSize, moment } from "../measures";
import { runWithApp } from "../run-with-app";
import { tableLines } from "../table";

/** Which events are listed: those that are all of what is said here. */
export interface EventsListOptions {
  /** Only events of this name. */
  name?: string;
  /** Only events that a subscriber failed on for good. */
  dead?: boolean;
  /** Only events with a delivery to a subscriber that no instance has, and this app has not. */
  orphaned?: boolean;
  /** At most so many. */
  limit: number;
}

/** Lists the newest events of the outbox, with the deliveries that are still to be made or were given up. */
export async function eventsList(context: CommandContext, options: EventsListOptions): Promise<void> {
  const { name, dead = false, orphaned = false, limit } = options;
  await runWithApp(context, "develop", async (app) => {
    const events = await app.engine.events.list({ name, dead, orphaned, take: limit });
    if (context.json) return context.print(JSON.stringify(events));
    if (events.length === 0)
      return context.print(dead && !orphaned ? "Every subscriber got its events." : "The outbox holds no such event.");
    const rows = events.map((event) => [event.id, event.name, moment(event.created_at), jsonSize(event.data), deliveriesOf(event)]);
    for (const line of tableLines([["ID", "EVENT", "EMITTED", "DATA", "DELIVERIES"], ...rows])) context.print(line);
    if (events.length === limit) context.print(`These are the newest ${count(limit, "event")}; --limit shows more.`);
  });
}

function deliveriesOf({ routed_at, deliveries }: OutboxEvent): string {
  if (routed_at === null) return "to be delivered";
  if (deliveries.length === 0) return "delivered";
  return deliveries
    .map(({ subscriber, state, attempts, error, orphaned }) => {
      const whose = orphaned ? `${subscriber}, which no instance has,` : subscriber;
      const reason = error === null ? "" : `: ${firstLine(error)}`;
      return `${whose} ${state === "dead" ? "dead" : "open"} after ${count(attempts, "attempt")}${reason}`;
    })
    .join("; ");
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? text;
