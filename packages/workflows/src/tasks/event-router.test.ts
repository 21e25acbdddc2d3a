import { randomBytes } from "node:crypto";
import { createLogger } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { Writable } from "node:stream";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { pause } from "../testing/pause";
import type { WorkflowEngine } from "../index";
import { ownSchema } from "../testing/own-schema";
import type { OwnSchema } from "../testing/own-schema";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterEach(() => tests.stop());
afterAll(() => tests.close());

/** An engine with one subscriber to everything, and what that saw and was logged. */
async function listening(connection = tests.connection) {
  const log: string[] = [];
  const seen: unknown[] = [];
  const destination = new Writable({ write: (chunk: Buffer, _encoding, done) => (log.push(chunk.toString()), done()) });
  const made = await ownSchema(tests, () => ({ connection, logger: createLogger({ pretty: false, destination }) }));
  made.engine.subscribers.add({ id: "s", events: ["*"], handler: ({ data }) => void seen.push(data) });
  return { ...made, seen, log };
}

/** Starts an engine with two events, of one of which the database takes no task at all. */
async function emitBadAndGood(engine: WorkflowEngine, query: OwnSchema["query"]): Promise<void> {
  await query("alter table velella_task add constraint no_sevens check (priority <> 77)");
  await engine.events.emit([
    { name: "bad", data: "bad", options: { priority: 77 } },
    { name: "good", data: "good" },
  ]);
  await engine.start();
}

test("an event that the database does not take as a delivery holds up no other: it is put aside as dead, and can be replayed", async () => {
  const { engine, query, seen, log } = await listening();
  await engine.events.emit([
    { name: "bad", data: "bad", options: { priority: 1, partitionKey: "k" } },
    ...Array.from({ length: 250 }, (_, n) => ({ name: "good", data: n })),
  ]);
  // As an earlier release took it: the row of the event still fits, that of a delivery, with its subscriber, does not.
  const key = randomBytes(4_000).toString("base64").slice(0, 2_684);
  await query(`update velella_event set partition_key = '${key}' where name = 'bad'`);
  await engine.start();
  await eventually(
    () => seen.length,
    (n) => n === 250,
  );
  expect(seen.toSorted((a, b) => Number(a) - Number(b))).toStrictEqual(Array.from({ length: 250 }, (_, n) => n));

  const [dead, ...more] = await engine.events.list({ dead: true });
  expect(more).toStrictEqual([]);
  expect(dead).toMatchObject({ name: "bad", data: "bad", routed_at: expect.any(Date) });
  expect(dead?.deliveries).toMatchObject([
    { subscriber: "s", state: "dead", attempts: 0, error: expect.stringContaining("index row size") },
  ]);
  expect(log.filter((line) => line.includes(`Event \\"bad\\" (${dead?.id}) cannot be routed`))).toHaveLength(1);

  expect(await engine.events.replay([dead?.id ?? ""])).toBe(1);
  await eventually(
    () => seen.length,
    (n) => n === 251,
  );
  expect(seen.at(-1)).toBe("bad");
});

test("an event of which the database does not even take a dead delivery is tried again later, and holds up no other meanwhile", async () => {
  const { engine, query, seen, log } = await listening();
  await emitBadAndGood(engine, query);
  await eventually(
    () => seen.length,
    (n) => n === 1,
  );
  expect(seen).toStrictEqual(["good"]);
  expect(log.join()).toContain("no_sevens");
  await query("alter table velella_task drop constraint no_sevens");
  await query("update velella_event set deliver_at = now() where name = 'bad'");
  await eventually(
    () => seen.length,
    (n) => n === 2,
  );
  expect(seen).toStrictEqual(["good", "bad"]);
});

test("a statement that has failed and still holds its rows, as the server may say before it rolls back, makes no event be passed over", async () => {
  let held: Promise<unknown> | undefined;
  const connection: SqlConnection = {
    ...tests.connection,
    query: (text, values, name) =>
      tests.connection.query<never>(text, values, name).catch(async (error: unknown) => {
        const table = /update (\S+) e set routed_at/.exec(text)?.[1];
        if (table && !held) await new Promise<void>((isHeld) => (held = holdBad(table, isHeld)));
        throw error;
      }),
  };
  const { engine, query, seen, log } = await listening(connection);
  await emitBadAndGood(engine, query);
  await eventually(
    () => seen.length,
    (n) => n === 1,
  );
  expect(log.join()).toContain("no_sevens");
  await held;
});

/** Keeps the bad event to itself for a while. */
function holdBad(table: string, isHeld: () => void): Promise<void> {
  return tests.connection.transaction(async (transaction) => {
    await transaction.query(`select from ${table} where name = 'bad' for update`);
    isHeld();
    await pause(300);
  });
}
