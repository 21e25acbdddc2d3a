import { inspect } from "node:util";
import { AppError, isMisspelt } from "@velella/kernel";
import type { Container } from "@velella/kernel";
import type { Job, WorkflowEngine } from "@velella/workflows";
import { jobErrors } from "./errors";

/** The `config` export of a job file. */
export interface ScheduledJobConfig {
  /** Names the job over all instances: each of its ticks runs on one of those that have it. */
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

const configNames = [
  "name",
  "schedule",
  "numberOfExecutions",
  "timezone",
  "catchUp",
] as const satisfies readonly (keyof ScheduledJobConfig)[];

/**
 * Registers the job files of an app with the engine, which runs each tick once over all instances.
 *
 * @throws `job.no_function`, `job.no_name`, `job.no_schedule`, `job.bad_option`, `job.unknown_option`, `job.bad_schedule`, naming the file;
 * `engine.duplicate_job`, naming both.
 */
export function loadJobs(files: readonly string[], load: (file: string) => unknown, engine: WorkflowEngine, container: Container): void {
  for (const file of files) {
    const { default: run, config } = load(file) as { default?: unknown; config?: Partial<ScheduledJobConfig> };
    if (typeof run !== "function") throw jobErrors.noFunction(file);
    const handler = () => (run as (container: Container) => Promise<void>)(container.createScope());
    add(engine, file, { ...optionsOf(file, config ?? {}), handler, source: file });
  }
}

function optionsOf(file: string, config: Partial<ScheduledJobConfig>): Omit<Job, "handler"> {
  const { name, schedule, numberOfExecutions, timezone, catchUp } = config;
  // Others are let pass: they may be for another framework, or another version.
  const misspelt = Object.keys(config).find((key) => isMisspelt(key, configNames));
  if (misspelt !== undefined) throw jobErrors.unknownOption(file, misspelt, configNames);
  const refuse = (option: string, found: unknown, expected: string) => jobErrors.badOption(file, option, inspect(found), expected);
  if (name === undefined || name === "") throw jobErrors.noName(file);
  if (typeof name !== "string") throw refuse("name", name, "a text");
  const isBoth = typeof schedule === "object" && schedule?.cron !== undefined && schedule.interval !== undefined;
  if (isBoth) throw jobErrors.badSchedule(file, "It has both a cron expression and an interval.");
  const when = typeof schedule === "object" && schedule !== null && schedule.cron ? schedule.cron : schedule;
  if (when === undefined || when === null || when === "") throw jobErrors.noSchedule(file);
  if (numberOfExecutions !== undefined && !(Number.isInteger(numberOfExecutions) && numberOfExecutions > 0))
    throw refuse("numberOfExecutions", numberOfExecutions, "a whole number from 1 on");
  if (timezone !== undefined && typeof timezone !== "string") throw refuse("timezone", timezone, `an IANA name, such as "Europe/Berlin"`);
  if (catchUp !== undefined && catchUp !== "skip" && catchUp !== "once") throw refuse("catchUp", catchUp, `"skip" or "once"`);
  return { name, schedule: when, numberOfExecutions, timezone, ...(catchUp && { catchUp }) };
}

function add(engine: WorkflowEngine, file: string, job: Job): void {
  try {
    engine.jobs.add(job);
  } catch (error) {
    if (AppError.isAppError(error) && error.reason === "engine.bad_schedule") throw jobErrors.badSchedule(file, error.message);
    throw error;
  }
}
