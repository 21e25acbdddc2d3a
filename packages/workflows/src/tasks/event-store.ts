import { generateId } from "@velella/kernel";
import type { EventMessage } from "@velella/kernel";
import type { Tables } from "../store/schema";

/** A row of the outbox, as the statement that inserts it takes it. */
export interface EventRow {
  id: string;
  name: string;
  data: string | null;
  metadata: string | null;
  options: string | null;
  priority: number;
  max_attempts: number | null;
  /** Seconds until delivery. */
  delay: number;
  /** The run that releases it, when one does. */
  execution_id?: string;
}

/** A message as a row: its id is made here, once, and stays with it through every delivery. */
export function eventRow(message: EventMessage): EventRow {
  const { delay, priority, attempts } = (message.options ?? {}) as { delay?: number; priority?: number; attempts?: number };
  return {
    id: generateId("evt"),
    name: String(message.name),
    data: text(message.data),
    metadata: text(message.metadata),
    options: text(message.options),
    priority: typeof priority === "number" ? Math.trunc(priority) : 100,
    max_attempts: typeof attempts === "number" ? Math.max(1, Math.trunc(attempts)) : null,
    delay: typeof delay === "number" ? delay / 1000 : 0,
  };
}

const text = (value: unknown): string | null => (value === undefined ? null : (JSON.stringify(value) ?? null));

/** Part of a `with` clause: inserts rows given as one JSON parameter, where a condition holds. */
export function insertEventsCte({ event }: Tables, parameter: string, condition: string): string {
  return `inserted_events as (
    insert into ${event} (id, name, data, metadata, options, priority, max_attempts, deliver_at)
    select id, name, data, metadata, options, priority, max_attempts, now() + delay * interval '1 second'
    from json_to_recordset(${parameter}::json) as e(id text, name text, data text, metadata text, options text, priority int, max_attempts int, delay float8, execution_id text)
    where ${condition}
    on conflict (id) do nothing
    returning id
  )`;
}
