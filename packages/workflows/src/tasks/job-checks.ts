import { engineErrors } from "../errors/engine-errors";
import { checkOptions, func, name, oneOf, required, text, wholeFromOne } from "../options/option-checks";
import type { OptionChecks } from "../options/option-checks";
import type { Job } from "./jobs";

const checks: OptionChecks<Job> = {
  name: required(name),
  schedule: required({
    expected: "a cron expression, or { cron } or { interval }",
    holds: (value) => typeof value === "string" || (typeof value === "object" && value !== null),
  }),
  numberOfExecutions: wholeFromOne(),
  timezone: name,
  catchUp: oneOf("skip", "once"),
  concurrency: oneOf("allow", "forbid"),
  workflowId: name,
  handler: required(func),
  source: text,
};

// Their values are looked at where the schedule is read.
const anything = { expected: "anything", holds: () => true };
const scheduleChecks = { cron: anything, interval: anything };

/** Refuses a job with options that there are not, or that cannot be meant. @throws `engine.unknown_option`, `engine.bad_option` */
export function checkJob(job: Job): void {
  const whose = `${JSON.stringify(job.name)}${job.source === undefined ? "" : ` (${job.source})`}`;
  checkOptions(`Job ${whose}`, job, checks, engineErrors);
  if (typeof job.schedule === "object") checkOptions(`The schedule of job ${whose}`, job.schedule, scheduleChecks, engineErrors);
}
