import { Cron } from "croner";
import { engineErrors } from "../errors/engine-errors";

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
 */
export function ticksOf(job: string, schedule: JobSchedule, timezone?: string): Ticks {
  const interval = typeof schedule === "object" ? schedule.interval : undefined;
  if (typeof schedule === "object" && schedule.cron !== undefined && interval !== undefined)
    throw engineErrors.badSchedule(job, JSON.stringify(schedule), "it has both a cron expression and an interval.");
  if (interval !== undefined) {
    if (!Number.isFinite(interval) || interval < 1)
      throw engineErrors.badSchedule(job, JSON.stringify(schedule), "the interval is no positive number.");
    if (interval > endOfTime)
      throw engineErrors.badSchedule(job, JSON.stringify(schedule), `the interval is longer than the ${endOfTime} ms that dates go up to.`);
    return { after: (moment) => new Date((Math.floor(moment.getTime() / interval) + 1) * interval) };
  }
  const pattern = typeof schedule === "string" ? schedule : (schedule.cron ?? "");
  try {
    const cron = new Cron(pattern, { paused: true, ...(timezone && { timezone }) });
    // A wrong timezone shows only when it is used.
    cron.nextRun();
    return { after: (moment) => cron.nextRun(moment) ?? undefined };
  } catch (error) {
    throw engineErrors.badSchedule(job, JSON.stringify(schedule), error instanceof Error ? error.message : String(error));
  }
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
