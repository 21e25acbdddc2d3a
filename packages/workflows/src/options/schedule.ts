import { inspect } from "node:util";
import { Cron } from "croner";
import { engineErrors } from "../errors/engine-errors";
import { shown } from "../shown";

/** When a job runs: a cron expression (five fields, or six with seconds), or every so many milliseconds. */
export type JobSchedule = string | { cron?: string; interval?: number };

/** The last moment that a Date knows, in milliseconds. */
const endOfTime = 8.64e15;

/** Computes the ticks of a schedule. The same on every instance, so that each tick has one name. */
export interface Ticks {
  /** The first tick after a moment; undefined when there is none any more. */
  after(moment: Date): Date | undefined;
}

/**
 * @param timezone IANA name; the server's by default. A local time that does not exist on the day of a change counts as
 * the end of the gap; one that exists twice counts once.
 * @throws `engine.bad_schedule`
 */
export function ticksOf(job: string, schedule: JobSchedule, timezone?: string): Ticks {
  const refuse = (issue: string) => engineErrors.badSchedule(job, shownSchedule(schedule), issue);
  const { cron, interval } = partsOf(schedule);
  if (timezone && !isTimezone(timezone))
    throw refuse(`its timezone ${shown(timezone)} is not known; expected an IANA name, such as "Europe/Berlin".`);
  if (cron !== undefined && interval !== undefined) throw refuse("it has both a cron expression and an interval.");
  if (interval !== undefined) {
    if (!Number.isFinite(interval) || interval < 1) throw refuse("the interval is no positive number.");
    if (interval > endOfTime) throw refuse(`the interval is longer than the ${endOfTime} ms that dates go up to.`);
    return { after: (moment) => new Date((Math.floor(moment.getTime() / interval) + 1) * interval) };
  }
  if (typeof cron !== "string") throw refuse("it is neither a cron expression nor an interval.");
  if (!cron.trim()) throw refuse("the cron expression is empty.");
  try {
    const ticks = new Cron(cron, { paused: true, ...(timezone && { timezone }) });
    // Some mistakes show only when it is used.
    ticks.nextRun();
    return { after: (moment) => ticks.nextRun(moment) ?? undefined };
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

/** The parts of a schedule, whatever it is. */
function partsOf(schedule: JobSchedule): { cron?: unknown; interval?: number } {
  return typeof schedule === "object" && schedule !== null ? schedule : { cron: schedule };
}

function isTimezone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

/** JSON would make something else of numbers that are none. */
function shownSchedule(schedule: unknown): string {
  return typeof schedule === "object" ? inspect(schedule, { breakLength: Infinity }) : shown(schedule);
}

/** The last tick between two moments, both left out; undefined when there is none. Looks at few, however many there are. */
export function lastTickBetween(ticks: Ticks, after: Date, before: Date): Date | undefined {
  const tickAfter = (time: number) => {
    const tick = ticks.after(new Date(time));
    return tick && tick < before ? tick : undefined;
  };
  let last = tickAfter(after.getTime());
  // Halves the time that a later one may be in.
  for (let end = before.getTime(); last && end - last.getTime() > 1;) {
    const middle = Math.floor((last.getTime() + end) / 2);
    const later = tickAfter(middle);
    if (later) last = later;
    else end = middle;
  }
  return last;
}
