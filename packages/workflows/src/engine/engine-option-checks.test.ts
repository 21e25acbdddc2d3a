import { createConnection } from "@velella/data";
import { expect, test } from "vitest";
import { createWorkflowEngine } from "../index";
import type { Job, Subscriber, WorkflowEngineOptions } from "../index";

/** Of an engine that is never started, so that no database is asked for. */
const connection = createConnection({ url: "postgres://nobody@127.0.0.1:1/none" });
const engine = (options: object = {}) => createWorkflowEngine({ connection, ...options } as WorkflowEngineOptions);

/** What is refused, as message and hint. */
function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    const { message, hint = "" } = error as { message: string; hint?: string };
    return `${message} ${hint}`.trim();
  }
  return "nothing";
}

test.each<[options: object, message: string]>([
  [{ connection: undefined }, "The workflow engine has connection: undefined; expected a connection, such as createPgConnection makes it."],
  [{ connection: {} }, "The workflow engine has connection: {}; expected a connection, such as createPgConnection makes it."],
  [{ mode: "wroker" }, 'The workflow engine has mode: "wroker"; expected "shared" or "worker" or "server".'],
  [
    { pollInterval: -5 },
    "The workflow engine has pollInterval: -5; expected a number of milliseconds above 0, and no more than 2147483647.",
  ],
  [{ pollInterval: 1e10 }, "The workflow engine has pollInterval: 10000000000; expected a number of milliseconds above 0, and"],
  [{ leaseSeconds: "x" }, 'The workflow engine has leaseSeconds: "x"; expected a number of seconds above 0, and no more than 2147483.'],
  [{ parkAfter: Number.NaN }, "The workflow engine has parkAfter: NaN; expected a whole number from 1 to 2147483647."],
  [{ pollIntervall: 3 }, 'The workflow engine has no option "pollIntervall". Did you mean "pollInterval"?'],
  [{ secret: "" }, 'The workflow engine has secret: ""; expected a text that is not empty, or a list of such texts.'],
  [{ leaseConnection: "postgres://" }, 'The workflow engine has leaseConnection: "postgres://"; expected { connectionString }'],
  [{ transport: "redis" }, 'The workflow engine has transport: "redis"; expected a transport, such as createBullTransport makes it.'],
])("an engine cannot be made with options that cannot be meant: %o", (options, message) => {
  expect(refusal(() => engine(options))).toContain(message);
});

test("options that are undefined count as left out", () => {
  expect(refusal(() => engine({ mode: undefined, secret: undefined, transport: undefined, pollInterval: undefined }))).toBe("nothing");
});

const job: Job = { name: "j", schedule: "* * * * *", handler: () => undefined };
test.each<[options: object, message: string]>([
  [{ name: "" }, 'Job "" has name: ""; expected a text of 1 to 255 characters'],
  [{ numberOfExecutions: -1 }, 'Job "j" has numberOfExecutions: -1; expected a whole number from 1 to 2147483647.'],
  [{ concurrency: "none" }, 'Job "j" has concurrency: "none"; expected "allow" or "forbid".'],
  [{ catchUp: "twice", source: "j.ts" }, 'Job "j" (j.ts) has catchUp: "twice"; expected "skip" or "once".'],
  [{ handler: undefined }, 'Job "j" has handler: undefined; expected a function.'],
  [{ schedule: undefined }, 'Job "j" has schedule: undefined; expected a cron expression, or { cron } or { interval }.'],
  [{ timeZone: "Europe/Berlin" }, 'Job "j" has no option "timeZone". Did you mean "timezone"?'],
  [{ schedule: { cron: "* * * * *", interval: 5 } }, "cannot be used: it has both a cron expression and an interval."],
  [{ schedule: { intervall: 5 } }, 'The schedule of job "j" has no option "intervall". Did you mean "interval"?'],
])("a job cannot be added with options that cannot be meant: %o", (options, message) => {
  expect(refusal(() => engine().jobs.add({ ...job, ...options } as Job))).toContain(message);
});

const subscriber: Subscriber = { id: "s", events: ["e"], handler: () => undefined };
test.each<[options: object, message: string]>([
  [{ id: undefined }, "Subscriber undefined has id: undefined; expected a text of 1 to 255 characters"],
  [{ handler: undefined }, 'Subscriber "s" has handler: undefined; expected a function.'],
  [
    { events: "e" },
    'Subscriber "s" has events: "e"; expected a list of texts of 1 to 255 characters, without NUL and halves of characters.',
  ],
  [{ event: "e" }, 'Subscriber "s" has no option "event". Did you mean "events"?'],
])("a subscriber cannot be added with options that cannot be meant: %o", (options, message) => {
  expect(refusal(() => engine().subscribers.add({ ...subscriber, ...options } as Subscriber))).toContain(message);
});
