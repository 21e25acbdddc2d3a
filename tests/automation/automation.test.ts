import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { velella } from "../support/command-line";
import { eventually, startApp } from "../support/running-app";
import type { RunningApp } from "../support/running-app";
import { emitScript, jobFile, notingApp, subscriberFile } from "./scratch-automation";
import type { NotingApp } from "./scratch-automation";

// Jobs and subscribers as an app writes them: files, found by their folder.

const yearly = { cron: "0 0 1 1 *" };
let database: TestDatabase;
let scratch: NotingApp;
let app: RunningApp | undefined;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  scratch = notingApp({
    "src/subscribers/all.ts": subscriberFile("all", { event: "*" }),
    "src/subscribers/some.ts": subscriberFile("some", { event: ["a", "b"], context: { subscriberId: "some-of-them" } }),
    "src/subscribers/one.ts": subscriberFile("one", { event: "c" }),
    "src/jobs/thrice.ts": jobFile({ name: "thrice", schedule: { interval: 200 }, numberOfExecutions: 3 }),
    "src/jobs/seconds.ts": jobFile({ name: "seconds", schedule: "* * * * * *", numberOfExecutions: 1 }),
    "src/jobs/tokyo.ts": jobFile({ name: "tokyo", schedule: "30 9 * * *", timezone: "Asia/Tokyo" }),
    "src/jobs/catches.ts": jobFile({ name: "catches", schedule: yearly, catchUp: "once" }),
    "src/jobs/skips.ts": jobFile({ name: "skips", schedule: yearly }),
    "src/jobs/breaks.ts": jobFile(
      { name: "breaks", schedule: { interval: 300 }, numberOfExecutions: 1 },
      'throw new Error("The digest could not be sent.");',
    ),
    "src/scripts/emit.ts": emitScript,
  });
  env = { DATABASE_URL: database.url };
  await succeed("db:migrate");
});
afterAll(async () => {
  await app?.stop();
  scratch.remove();
  await database.drop();
});

const command = (...args: string[]) => velella(args, { directory: scratch.directory, env });

async function succeed(...args: string[]): Promise<string> {
  const { code, output } = await command(...args);
  if (code !== 0) throw new Error(`velella ${args.join(" ")} failed:\n${output}`);
  return output;
}

async function json<T>(...args: string[]): Promise<T> {
  const output = await succeed("--json", ...args);
  const line = output.split("\n").find((text) => /^[[{]/.test(text));
  return JSON.parse(line ?? "") as T;
}

async function rows<T>(text: string): Promise<T[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(text)).rows as T[];
  } finally {
    await client.end();
  }
}

const sorted = (prefix: string) =>
  scratch
    .lines()
    .filter((line) => line.startsWith(prefix))
    .toSorted();

test("a script runs no job and hears no event, and makes neither known; what it emits is kept for the app", async () => {
  await succeed("exec", "./src/scripts/emit.ts", "early");
  expect(scratch.lines()).toStrictEqual([]);
  expect(await rows("select name from velella_job")).toStrictEqual([]);
  expect(await rows("select target from velella_handler")).toStrictEqual([]);
  expect(await rows("select name, routed_at from velella_event")).toStrictEqual([{ name: "early", routed_at: null }]);
  expect(await succeed("jobs", "list")).toContain("There is no job; one is known from the first start of an app that has it.");
});

test("subscribers hear the events that their files name: one, several or all, by their own id or the file's", async () => {
  app = await startApp({ directory: scratch.directory, env });
  await succeed("exec", "./src/scripts/emit.ts", "a", "b", "c");
  await eventually(async () => sorted("all").length >= 4 && sorted("some").length >= 2 && sorted("one").length >= 1, "all have heard");
  const heard = (label: string, event: string) => `${label} ${event} {"from":"script"} function`;
  expect(sorted("all")).toStrictEqual(["a", "b", "c", "early"].map((event) => heard("all", event)));
  expect(sorted("some")).toStrictEqual([heard("some", "a"), heard("some", "b")]);
  expect(sorted("one")).toStrictEqual([heard("one", "c")]);
  // By the app only, never by the script.
  expect(scratch.writers("")).toStrictEqual([app.child.pid]);
  const handlers = await rows<{ target: string; event: string }>("select target, event from velella_handler order by target, event");
  expect(handlers.filter(({ target }) => target.startsWith("event:"))).toStrictEqual([
    { target: "event:all", event: "*" },
    { target: "event:one", event: "c" },
    { target: "event:some-of-them", event: "a" },
    { target: "event:some-of-them", event: "b" },
  ]);
});

interface Overview {
  name: string;
  timezone: string | null;
  executions: number;
  instances: number;
  next_tick: string | null;
  last_run: { state: string } | null;
}

test("jobs run by their schedules, as often as they say, and are listed with their next and their last run", async () => {
  // A run is on record as done some time after its last line.
  const ended = `select job from velella_fire where job in ('thrice', 'seconds') and state = 'done'`;
  await eventually(async () => (await rows(ended)).length >= 4, "the jobs have run");
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(sorted("job thrice")).toStrictEqual(Array(3).fill("job thrice function"));
  expect(sorted("job seconds")).toStrictEqual(["job seconds function"]);
  expect(sorted("job catches")).toStrictEqual([]);
  const jobs = Object.fromEntries((await json<Overview[]>("jobs", "list")).map((job) => [job.name, job]));
  expect(Object.keys(jobs)).toStrictEqual(["breaks", "catches", "seconds", "skips", "thrice", "tokyo"]);
  expect(jobs.thrice).toMatchObject({ executions: 3, instances: 1, next_tick: null, last_run: { state: "done" } });
  expect(jobs.tokyo).toMatchObject({ timezone: "Asia/Tokyo", executions: 0, last_run: null });
  expect(jobs.tokyo?.next_tick).toMatch(/T00:30:00.000Z$/);
  const output = await succeed("jobs", "list");
  expect(output).toMatch(/^JOB +SCHEDULE +NEXT \(UTC\) +LAST \(UTC\) +TICKS +RUN BY$/m);
  expect(output).toMatch(/^thrice +every 200 ms, 3 times +never +done [\d-]+ [\d:]+ +3 +1 instance$/m);
  expect(output).toMatch(/^tokyo +30 9 \* \* \*, Asia\/Tokyo +[\d-]+ 00:30:00 +never +0 +1 instance$/m);
});

test("the history shows when runs began, how long they took and how they failed", async () => {
  await eventually(async () => (await json<unknown[]>("jobs", "history", "breaks", "--failed")).length === 1, "the failure is on record");
  const output = await succeed("jobs", "history", "--failed");
  expect(output).toMatch(/^JOB +TICK \(UTC\) +STATE +ATTEMPT +BEGAN AFTER +TOOK +ERROR$/m);
  expect(output).toMatch(/^breaks +[\d-]+ [\d:]+ +failed +1 +[\d.]+ m?s +[\d.]+ m?s +Error: The digest could not be sent\.$/m);
  expect(await json("jobs", "history", "thrice", "--limit", "2")).toMatchObject([
    { job: "thrice", state: "done", attempts: 1, error: null },
    { job: "thrice", state: "done" },
  ]);
  expect(await succeed("jobs", "history", "thrice", "--limit", "2")).toContain("These are the newest 2 runs; --limit shows more.");
  expect(await succeed("jobs", "history", "tokyo")).toContain("No job has run in the last week.");
  const unknown = await command("jobs", "history", "thrise");
  expect(unknown.code).toBe(1);
  expect(unknown.output).toContain('No job is called "thrise"; there are breaks, catches, seconds, skips, thrice, tokyo.');
});

test("a job whose stored schedule cannot be read is listed with the reason, beside the others", async () => {
  await rows(`insert into velella_job (name, schedule) values ('old', '["0 0 * * *","Mars/Olympus",null]')`);
  const listed = await succeed("jobs", "list");
  await rows("delete from velella_job where name = 'old'");
  expect(listed).toMatch(/^old +0 0 \* \* \*, Mars\/Olympus +unknown +never/m);
  expect(listed).toMatch(/^The schedule of job "old", "0 0 \* \* \*", cannot be used:/m);
  expect(listed).toMatch(/^thrice /m);
});

test("after a time without any process a job catches up once if it says so", async () => {
  await app?.stop();
  app = undefined;
  expect(await succeed("jobs", "list")).toMatch(/^thrice .* nobody now$/m);
  await rows("update velella_job set last_tick = now() - interval '3 years'");
  app = await startApp({ directory: scratch.directory, env });
  await eventually(async () => sorted("job catches").length > 0, "the missed ticks are caught up with");
  expect(sorted("job catches")).toHaveLength(1);
  expect(sorted("job skips")).toStrictEqual([]);
});

test("what a subscriber that is gone has not got is listed, and can be given up", async () => {
  await app?.stop();
  app = undefined;
  scratch.write("src/subscribers/one.ts", subscriberFile("two", { event: "d", context: { subscriberId: "two" } }));
  app = await startApp({ directory: scratch.directory, env });
  await succeed("exec", "./src/scripts/emit.ts", "c", "c");
  const orphaned = () => json<{ id: string }[]>("events", "list", "--orphaned");
  const [first] = await eventually(async () => {
    const found = await orphaned();
    return found.length === 2 && found;
  }, "the events were routed");
  expect(await succeed("events", "list", "--orphaned")).toMatch(/^evt_\w+ +c .* one, which no instance has, open after 0 attempts$/m);
  const nothing = await command("events", "discard");
  expect(nothing.code).toBe(1);
  expect(nothing.output).toContain("Which deliveries are to be given up?");
  const unnamed = await succeed("events", "discard", first?.id ?? "");
  expect(unnamed).toContain("There is no such delivery that may be given up.");
  expect(unnamed).toContain("--subscriber NAME also takes what waits for one that is gone.");
  const own = await succeed("events", "discard", "--subscriber", "two");
  expect(own).toContain('This app has the subscriber "two": what waits for it is kept, only what is dead is given up.');
  expect(await succeed("events", "discard", first?.id ?? "", "--subscriber", "one")).toContain("1 delivery will not be made any more.");
  expect(await json("events", "discard", "--subscriber", "one", "--name", "c")).toStrictEqual({ discarded: 1 });
  expect(await succeed("events", "discard", "--all")).toContain("There is no such delivery");
  expect(await orphaned()).toStrictEqual([]);
});

const wrongJob = (why: string, text: string, message: RegExp) => ({ why, file: "src/jobs/wrong.ts", text, message });

test.each([
  wrongJob("no schedule", jobFile({ name: "wrong" }), /The job .*src\/jobs\/wrong\.ts has no schedule\./),
  wrongJob("no name", jobFile({ schedule: "* * * * *" }), /The job .*src\/jobs\/wrong\.ts has no name\./),
  wrongJob(
    "no function",
    `export const config = { name: "wrong", schedule: "* * * * *" };`,
    /wrong\.ts has no default export that is a function/,
  ),
  wrongJob("no cron expression", jobFile({ name: "wrong", schedule: "daily" }), /The job .*src\/jobs\/wrong\.ts cannot be scheduled\./),
  wrongJob(
    "a name that is taken",
    jobFile({ name: "tokyo", schedule: "* * * * *" }),
    /Two jobs have the name "tokyo": .*tokyo\.ts and .*wrong\.ts/,
  ),
  {
    why: "no event",
    file: "src/subscribers/wrong.ts",
    text: subscriberFile("wrong", {}),
    message: /The subscriber .*src\/subscribers\/wrong\.ts names no event/,
  },
])("a file that cannot be used stops the boot, and is named: $why", async ({ file, text, message }) => {
  const broken = notingApp({ [file]: text, "src/jobs/tokyo.ts": jobFile({ name: "tokyo", schedule: "* * * * *" }) });
  try {
    const { code, output } = await velella(["start"], { directory: broken.directory, env: { ...env, PORT: "0" } });
    expect(output).toMatch(message);
    expect(code).toBe(1);
  } finally {
    broken.remove();
  }
});
