import { Cron } from "croner";
import { engineErrors } from "../engine/errors";

/** When a job runs: a cron expression (five fields, or six with seconds), or every so many milliseconds. */
export type JobSchedule = string | { cron?: string; interval?: number };

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
  if (interval !== undefined) {
    if (!Number.isFinite(interval) || interval < 1)
      throw engineErrors.badSchedule(job, JSON.stringify(schedule), "the interval is no positive number.");
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
