import { createConnection } from "@velella/data";
import { createAppRegistries, createContainer } from "@velella/kernel";
import { createWorkflowEngine } from "@velella/workflows";
import type { Job } from "@velella/workflows";
import { expect, test } from "vitest";
import { loadJobs } from "./load-jobs";

/** An engine that is never started, so that no database is asked for. */
function engineOfNoUse() {
  const connection = createConnection({ url: "postgres://nobody@127.0.0.1:1/none" });
  return createWorkflowEngine({ connection, registries: createAppRegistries() });
}

function jobsOf(files: Record<string, unknown>): Job[] {
  const engine = engineOfNoUse();
  loadJobs(Object.keys(files), (file) => files[file], engine, createContainer());
  return engine.jobs.list();
}

const run = async () => undefined;
const job = (config: object) => jobsOf({ "src/jobs/j.ts": { default: run, config } });

test("each form of a schedule is taken, with its options", () => {
  const jobs = jobsOf({
    "a.ts": {
      default: run,
      config: { name: "a", schedule: "0 7 * * *", timezone: "Europe/Berlin", catchUp: "once", numberOfExecutions: 3 },
    },
    "b.ts": { default: run, config: { name: "b", schedule: { interval: 60_000 } } },
    "c.ts": { default: run, config: { name: "c", schedule: { cron: "*/5 * * * * *" } } },
  });
  expect(jobs).toMatchObject([
    { name: "a", schedule: "0 7 * * *", timezone: "Europe/Berlin", catchUp: "once", numberOfExecutions: 3 },
    { name: "b", schedule: { interval: 60_000 } },
    { name: "c", schedule: "*/5 * * * * *" },
  ]);
});

test.each<[config: object, message: string]>([
  [{}, "The job src/jobs/j.ts has no name."],
  [{ name: 5, schedule: "* * * * *" }, '"name" in the config of the job src/jobs/j.ts is 5; expected a text.'],
  [{ name: "j" }, "The job src/jobs/j.ts has no schedule."],
  [{ name: "j", schedule: "" }, "The job src/jobs/j.ts has no schedule."],
  [
    { name: "j", schedule: "every day" },
    'The job src/jobs/j.ts cannot be scheduled. The schedule of job "j", "every day", cannot be used:',
  ],
  [{ name: "j", schedule: { interval: 0 } }, "The job src/jobs/j.ts cannot be scheduled."],
  [{ name: "j", schedule: "* * * * *", timezone: "Mars/Olympus" }, "The job src/jobs/j.ts cannot be scheduled."],
  [{ name: "j", schedule: "* * * * *", timezone: 1 }, `"timezone" in the config of the job src/jobs/j.ts is 1; expected an IANA name`],
  [
    { name: "j", schedule: "* * * * *", numberOfExecutions: 0 },
    '"numberOfExecutions" in the config of the job src/jobs/j.ts is 0; expected',
  ],
  [{ name: "j", schedule: "* * * * *", numberOfExecutions: "2" }, `"numberOfExecutions" in the config of the job src/jobs/j.ts is '2';`],
  [
    { name: "j", schedule: "* * * * *", catchUp: "twice" },
    `"catchUp" in the config of the job src/jobs/j.ts is 'twice'; expected "skip" or "once".`,
  ],
  [{ name: "j", schedule: "* * * * *", timeZone: "Europe/Berlin" }, 'The config of the job src/jobs/j.ts has no option "timeZone".'],
  [{ name: "j", schedule: "* * * * *", numberOfExecution: 1 }, 'The config of the job src/jobs/j.ts has no option "numberOfExecution".'],
  [
    { name: "j", schedule: { cron: "* * * * *", interval: 1000 } },
    "The job src/jobs/j.ts cannot be scheduled. It has both a cron expression and an interval.",
  ],
])("a job that cannot be run as it says is refused, and its file named: %j", (config, message) => {
  expect(() => job(config)).toThrow(message);
});

test("what else is in the config of a job is none of the framework's business", () => {
  const config = { name: "j", schedule: "* * * * *", timeout: 5, description: "daily", data: {} };
  expect(job(config)).toMatchObject([{ name: "j" }]);
});

test("a job file without a function, and two with one name, are refused", () => {
  expect(() => jobsOf({ "src/jobs/j.ts": { config: { name: "j", schedule: "* * * * *" } } })).toThrow(
    "The job src/jobs/j.ts has no default export that is a function.",
  );
  const config = { name: "same", schedule: "* * * * *" };
  expect(() => jobsOf({ "a.ts": { default: run, config }, "b.ts": { default: run, config } })).toThrow(
    'Two jobs have the name "same": a.ts and b.ts.',
  );
});
