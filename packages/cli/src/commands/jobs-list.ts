import type { JobOverview, JobRun } from "@velella/workflows";
import type { CommandContext } from "../command-context";
import { count } from "../count";
import { duration, moment } from "../measures";
import { runWithApp } from "../run-with-app";
import { tableLines } from "../table";

/** Lists jobs and scheduled workflows: when they run next, and how they ran last. */
export async function jobsList(context: CommandContext): Promise<void> {
  await runWithApp(context, "develop", async (app) => {
    const jobs = await app.engine.jobs.overview();
    if (context.json) return context.print(JSON.stringify(jobs));
    if (jobs.length === 0) return context.print("There is no job; one is known from the first start of an app that has it.");
    const rows = jobs.map((job) => [
      job.name,
      scheduleOf(job),
      job.next_tick ? moment(job.next_tick) : job.schedule_error === null ? "never" : "unknown",
      job.last_run ? outcomeOf(job.last_run) : "never",
      String(job.executions),
      job.instances ? count(job.instances, "instance") : "nobody now",
    ]);
    for (const line of tableLines([["JOB", "SCHEDULE", "NEXT (UTC)", "LAST (UTC)", "TICKS", "RUN BY"], ...rows])) context.print(line);
    for (const { schedule_error } of jobs) if (schedule_error !== null) context.print(schedule_error);
  });
}

function scheduleOf({ schedule, timezone, numberOfExecutions }: JobOverview): string {
  const { cron, interval } = typeof schedule === "string" ? { cron: schedule, interval: undefined } : schedule;
  const when = interval === undefined ? (cron ?? "") : `every ${duration(interval)}`;
  return [when, timezone, numberOfExecutions !== null && `${numberOfExecutions} times`].filter(Boolean).join(", ");
}

/** `done 2026-11-24 08:03:22`. */
const outcomeOf = ({ state, tick }: JobRun): string => `${state} ${moment(tick)}`;
