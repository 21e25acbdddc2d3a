import type { Target, TaskKind } from "../rows/task-row";

const prefixes = { event: "event:", job: "job:" } as const satisfies Record<TaskKind, string>;

/** What deliveries to a subscriber are for. */
export const subscriberTarget = (id: string): Target => `${prefixes.event}${id}`;

/** What ticks of a job are for. */
export const jobTarget = (name: string): Target => `${prefixes.job}${name}`;

/** Whether a target is a job; else it is a subscriber. */
export const isJob = (target: Target): boolean => target.startsWith(prefixes.job);

/** The id of the subscriber, or the name of the job. */
export const nameOf = (target: Target): string => target.slice(target.indexOf(":") + 1);

/** A target as messages call it. */
export const shownTarget = (target: Target): string => `the ${isJob(target) ? "job" : "subscriber"} "${nameOf(target)}"`;

/** The same in SQL: each is given an expression, and gives one. */
export const targetSql = {
  subscriber: (id: string): string => `'${prefixes.event}' || ${id}`,
  job: (name: string): string => `'${prefixes.job}' || ${name}`,
  isSubscriber: (target: string): string => `${target} like '${prefixes.event}%'`,
  /** The id of the subscriber that a target is. */
  subscriberOf: (target: string): string => `substr(${target}, ${prefixes.event.length + 1})`,
  /** The name of the job that a target is. */
  jobOf: (target: string): string => `substr(${target}, ${prefixes.job.length + 1})`,
} as const;
