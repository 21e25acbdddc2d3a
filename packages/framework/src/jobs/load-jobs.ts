import type { Container } from "@velella/kernel";
import type { WorkflowEngine } from "@velella/workflows";
import { jobErrors } from "./errors";

/** The `config` export of a job file. */
export interface ScheduledJobConfig {
  name: string;
  /** A cron expression (five fields, or six with seconds), or an interval in milliseconds. */
  schedule: string | { cron?: string; interval?: number };
  /** Stop after so many runs. */
  numberOfExecutions?: number;
  /** IANA name of the timezone in which the cron expression is meant; that of the server by default. */
  timezone?: string;
  /** What happens after a time without any process: nothing (`skip`, the default), or one run for all missed ticks (`once`). */
  catchUp?: "skip" | "once";
}

/** Registers the job files of an app with the engine, which runs each tick once over all instances. */
export function loadJobs(files: readonly string[], load: (file: string) => unknown, engine: WorkflowEngine, container: Container): void {
  for (const file of files) {
    const { default: run, config } = load(file) as { default?: unknown; config?: Partial<ScheduledJobConfig> };
    if (typeof run !== "function") throw jobErrors.noFunction(file);
    if (!config?.name) throw jobErrors.noName(file);
    const schedule = typeof config.schedule === "object" && config.schedule.cron ? config.schedule.cron : config.schedule;
    if (!schedule) throw jobErrors.noSchedule(file);
    engine.jobs.add({
      name: config.name,
      schedule: schedule,
      numberOfExecutions: config.numberOfExecutions,
      timezone: config.timezone,
      catchUp: config.catchUp,
      handler: () => (run as (container: Container) => Promise<void>)(container.createScope()),
    });
  }
}
