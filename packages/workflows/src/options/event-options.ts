import type { EventMessage } from "@velella/kernel";
import { shown } from "../shown";
import { outboxErrors } from "../errors/outbox-errors";
import { canBeKept, isKey, keyExpected } from "./kept-text";
import { checkKnownOptions, nullable } from "./option-checks";
import type { OptionCheck, OptionChecks } from "./option-checks";

/** How long a failing subscriber waits for its next attempt. */
export interface EventBackoff {
  /** `exponential` (the default) doubles the time with each attempt, up to an hour; `fixed` does not. */
  type?: "exponential" | "fixed";
  /** Milliseconds before the second attempt. */
  delay: number;
}

/** How an event is delivered: its `options`. */
export interface EventOptions {
  /** Milliseconds to wait before delivery. */
  delay?: number;
  /** 0 is the most urgent; 100 by default. */
  priority?: number;
  /** How often a failing subscriber is tried. */
  attempts?: number;
  /** Time between attempts: milliseconds, doubled each time, or the kind of it. The engine's `deliveryBackoff` by default. */
  backoff?: number | EventBackoff;
  /**
   * Events with the same key reach each subscriber one after the other, in the order in which they were emitted. At most 500
   * characters.
   */
  partitionKey?: string;
}

// The most that BullMQ can carry, so that both transports take the same.
const lowestPriority = 2_097_152;
const longestDelay = 100 * 365 * 86_400_000;
const mostAttempts = 1_000_000;

const whole = (expected: string, least: number, most: number): OptionCheck =>
  nullable({ expected, holds: (value) => isWhole(value, least, most) });

/** Others may be there for another event bus, and are kept as they are. */
const checks: OptionChecks<EventOptions> = {
  delay: nullable({ expected: "milliseconds, from 0 on", holds: (value) => isWithin(value, 0, longestDelay) }),
  priority: whole(`a whole number from 0, the most urgent, to ${lowestPriority}`, 0, lowestPriority),
  attempts: whole("a whole number from 1 on", 1, mostAttempts),
  backoff: nullable({ expected: `milliseconds, or { type: "fixed" or "exponential", delay: milliseconds }`, holds: isBackoff }),
  partitionKey: nullable({ expected: keyExpected, holds: isKey }),
};

/**
 * Refuses events that could not be stored or delivered as they say, before anything rests on them.
 *
 * @throws `outbox.no_event`, `outbox.no_name`, `outbox.bad_field`, `outbox.bad_option`, `outbox.unknown_option`, `outbox.bad_data` (all
 * invalid_data).
 */
export function checkEvents(messages: readonly EventMessage[]): void {
  checkEnvelopes(messages);
  for (const message of messages) for (const field of ["data", "metadata"] as const) jsonOf(message, field);
}

/** As {@link checkEvents}, for events whose content is written as JSON next anyway. */
export function checkEnvelopes(messages: readonly EventMessage[]): void {
  for (const message of messages) {
    if (typeof message !== "object" || message === null) throw outboxErrors.noEvent(shown(message));
    const name: unknown = message.name;
    if (typeof name !== "string" || name === "" || !canBeKept(name)) throw outboxErrors.noName(shown(name));
    for (const field of ["options", "metadata"] as const) {
      const value: unknown = message[field];
      if (!isAbsent(value) && (typeof value !== "object" || Array.isArray(value))) throw outboxErrors.badField(name, field, shown(value));
    }
    if (message.options) checkKnownOptions(name, message.options, checks, outboxErrors);
  }
}

/** The group that an event waits for; undefined when it waits for none. @throws `outbox.bad_group` */
export function eventGroupOf({ name, metadata }: EventMessage): string | undefined {
  const group: unknown = metadata?.eventGroupId;
  if (isAbsent(group)) return undefined;
  checkGroup(group, `"metadata.eventGroupId" of event "${name}"`);
  return group;
}

/** Refuses what no group can be called. @throws `outbox.bad_group` */
export function checkGroup(group: unknown, what = "The name of a group of events"): asserts group is string {
  if (!isKey(group)) throw outboxErrors.badGroup(what, shown(group), keyExpected);
}

/** A part of an event as JSON; null where there is none. */
export function jsonOf(message: EventMessage, field: "data" | "metadata" | "options"): string | null {
  const value = message[field];
  if (value === undefined) return null;
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    throw outboxErrors.badData(message.name, field, error instanceof Error ? error.message : String(error));
  }
  if (json === undefined) throw outboxErrors.badData(message.name, field, `it is ${shown(value)}.`);
  return json;
}

/** Seconds until the next attempt of an event that has failed so often. */
export function backoffSeconds(backoff: unknown, attempts: number, defaultSeconds: number): number {
  const { type = "exponential", delay = defaultSeconds * 1000 } = isBackoff(backoff)
    ? typeof backoff === "number"
      ? { delay: backoff }
      : backoff
    : {};
  return Math.min((delay / 1000) * (type === "fixed" ? 1 : 2 ** (attempts - 1)), 3600);
}

function isBackoff(value: unknown): value is number | EventBackoff {
  if (typeof value === "number") return isWithin(value, 0, longestDelay);
  if (typeof value !== "object" || value === null) return false;
  const { type, delay } = value as Partial<EventBackoff>;
  return (isAbsent(type) || type === "fixed" || type === "exponential") && isWithin(delay, 0, longestDelay);
}

const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === "number" && value >= least && value <= most;

const isWhole = (value: unknown, least: number, most: number): value is number => isWithin(value, least, most) && Number.isInteger(value);
