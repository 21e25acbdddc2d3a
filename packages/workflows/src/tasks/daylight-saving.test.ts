import type { SqlConnection } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ownSchema } from "../testing/own-schema";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterEach(() => tests.stop());
afterAll(() => tests.close());

/** The connection, with a clock that can be set to another time, from which it goes on as all clocks do. */
function withClock(connection: SqlConnection) {
  let ahead = 0;
  const clocked: SqlConnection = {
    query: async <Row>(text: string, params?: readonly unknown[], name?: string) => {
      const result = await connection.query<Row>(text, params, name);
      if (text !== "select now()") return result;
      const rows = (result.rows as { now: Date }[]).map(({ now }) => ({ now: new Date(now.getTime() + ahead) }) as Row);
      return { ...result, rows };
    },
    transaction: (run, options) => connection.transaction(run, options),
    session: () => connection.session(),
    close: async () => undefined,
  };
  return { connection: clocked, set: (time: number) => void (ahead = time - Date.now()), now: () => Date.now() + ahead };
}

const instances = 16;
const times = (from: string, seconds: readonly number[]) => seconds.map((n) => new Date(Date.parse(from) + n * 1000).toISOString());
/** Seconds around the change at which a job of every other second ticks. */
const everyOther = [-4, -2, 0, 2, 4];

// Twelve seconds go by once all instances are there.
const timeout = 60_000;
// Europe/Berlin: clocks go from 2 to 3 at 01:00 UTC, and from 3 back to 2 at 01:00 UTC.
test.each([
  {
    way: "forward",
    change: "2027-03-28T01:00:00Z",
    ticks: {
      // Hours 1 and 3 of the local day follow each other.
      "*/2 * 1,3 * * *": everyOther,
      // An hour that the day does not have, and a time in it: once, at the end of the gap.
      "*/2 * 2 * * *": [],
      "0 30 2 * * *": [0],
      "0 0 3 * * *": [0],
    },
  },
  {
    way: "back",
    change: "2027-10-31T01:00:00Z",
    ticks: {
      // The hour that the day has twice.
      "*/2 * 2 * * *": everyOther,
      // A time that the day has twice counts once, and that was an hour ago.
      "0 0 2 * * *": [],
      "0 0 3 * * *": [],
    },
  },
])("sixteen instances tick once per tick while the clocks go $way", { timeout }, async ({ change, ticks }) => {
  const { connection, set, now } = withClock(tests.connection);
  // Ticks need no looks for work; those of so many would keep a busy machine from all else.
  const options = { connection, sessionLock: false, pollInterval: 500, sweepInterval: 500 };
  const { engine, another } = await ownSchema(tests, () => options);
  const engines = [engine, ...Array.from({ length: instances - 1 }, () => another())];
  const seen: Record<string, string[]> = {};
  const expected = new Map(Object.entries<number[] | undefined>(ticks));
  for (const one of engines) {
    for (const schedule of expected.keys()) {
      const handler = ({ tick }: { tick: Date }) => void (seen[schedule] ??= []).push(tick.toISOString());
      one.jobs.add({ name: schedule, schedule, timezone: "Europe/Berlin", handler });
    }
  }
  await Promise.all(engines.map((one) => one.start()));
  // Once all are there, who then follow the clock of the database with their next sweep.
  const [begin, end] = [Date.parse(change) - 5_000, Date.parse(change) + 5_000];
  set(begin - 1_500);
  await eventually(now, (time) => time >= end, 15);
  const isMeant = (time: number) => time >= begin && time < end;
  const historyOf = async (schedule: string) => (await engine.jobs.history(schedule)).filter(({ tick }) => isMeant(tick.getTime()));
  // The last ticks may still be under way.
  for (const [schedule, seconds = []] of expected) {
    const last = times(change, seconds).at(-1);
    await eventually(
      () => historyOf(schedule),
      (runs) => runs.every(({ state }) => state === "done") && (!last || runs.some(({ tick }) => tick.toISOString() === last)),
    );
  }
  await Promise.all(engines.map((one) => one.stop()));
  for (const [schedule, seconds] of expected) {
    const wanted = times(change, seconds ?? []);
    const found = (seen[schedule] ?? []).filter((tick) => isMeant(Date.parse(tick)));
    // The first ones may go by until the instances see the new time; none is missing from then on, and none comes twice.
    const fromStart = wanted.slice(Math.max(0, wanted.indexOf(found[0] ?? "")));
    expect({ schedule, found: found.toSorted() }).toStrictEqual({ schedule, found: fromStart });
    expect(found.length).toBeGreaterThanOrEqual(Math.min(wanted.length, 3));
    expect((await historyOf(schedule)).map(({ tick }) => tick.toISOString()).toSorted()).toStrictEqual(found.toSorted());
  }
});
