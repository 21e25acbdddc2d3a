import { generateId } from "@velella/kernel";
import type { EventMessage } from "@velella/kernel";
import type { EventRow } from "../rows/event-row";
import type { Tables } from "./schema";
import { jsonOf } from "../options/event-options";

/** A row of the outbox, as the statement that inserts it takes it. */
export interface NewEventRow extends Omit<EventRow, "deliver_at" | "created_at" | "routed_at" | "position"> {
  /** Seconds until delivery. */
  delay: number;
  /** The run that releases it, when one does. */
  execution_id?: string;
}

/** A message as a row: its id is made here, once, and stays with it through every delivery. @throws `outbox.bad_data` */
export function eventRow(message: EventMessage): NewEventRow {
  const { delay, priority, attempts, partitionKey } = message.options ?? {};
  return {
    id: generateId("evt"),
    name: String(message.name),
    data: jsonOf(message, "data"),
    metadata: jsonOf(message, "metadata"),
    options: message.options && Object.keys(message.options).length ? jsonOf(message, "options") : null,
    priority: typeof priority === "number" ? Math.trunc(priority) : 100,
    max_attempts: typeof attempts === "number" ? Math.max(1, Math.trunc(attempts)) : null,
    partition_key: typeof partitionKey === "string" ? partitionKey : null,
    delay: typeof delay === "number" ? delay / 1000 : 0,
  };
}

/**
 * Part of a `with` clause: inserts rows given as one JSON parameter, where a condition holds. What has a partition key is
 * numbered, by a sequence: of two transactions that changed the same record, the one that had to wait is the later one.
 */
export function insertEventsCte({ event, position }: Tables, parameter: string, condition: string): string {
  return `inserted_events as (
    insert into ${event} (id, name, data, metadata, options, priority, max_attempts, deliver_at, partition_key, position)
    select id, name, data, metadata, options, priority, max_attempts, now() + delay * interval '1 second',
      partition_key, case when partition_key is not null then nextval('${position.replaceAll("'", "''")}') end
    from json_to_recordset(${parameter}::json) as e(id text, name text, data text, metadata text, options text, priority int, max_attempts int, partition_key text, delay float8, execution_id text)
    where ${condition}
    on conflict (id) do nothing
    returning id
  )`;
}
