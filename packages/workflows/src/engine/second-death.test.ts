import { asValue, createContainer } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { createPgConnection, createWorkflowEngine } from "../index";
import { checkEnd, inCrashChild, stepKeysOf } from "../testing/crash-runs";
import type { StepKeys } from "../testing/crash-runs";
import { crashSubscriber } from "../testing/crash-workflows";
import { compileChildren } from "../testing/start-child";
import { World } from "../testing/world";
import { eventually } from "../testing/test-engine";

// A process dies at a boundary between two statements; the one that takes its run up dies as well, at a boundary of its own;
// a third one, this process, takes it to its end. CRASH_ALL=1 has every pair of boundaries.

const all = process.env.CRASH_ALL === "1";
// Each in a schema of its own, so that no heir takes up what another one is to inherit.
const lanes = 4;

let database: TestDatabase;
let connection: SqlConnection;
let world: World;
let keys: StepKeys;
let boundaries: number;

const container = createContainer();
const engineIn = (schema: string) => createWorkflowEngine({ connection, container, schema, pollInterval: 20 });
const schemaOf = (lane: number) => `lane_${lane}`;

beforeAll(async () => {
  compileChildren();
  database = await createTestDatabase();
  connection = createPgConnection({ url: database.url });
  world = new World(connection);
  await world.create();
  container.register("world", asValue(world));
  for (let lane = 0; lane < lanes; lane++) await engineIn(schemaOf(lane)).migrate();
  const end = await inCrashChild({ url: database.url, transaction: "undisturbed", schema: schemaOf(0) });
  boundaries = typeof end === "object" && "passed" in end ? end.passed.length : 0;
  await takeToTheEnd(schemaOf(0));
  keys = await stepKeysOf(world, "undisturbed");
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

/** The third process. */
async function takeToTheEnd(schema: string): Promise<void> {
  const engine = engineIn(schema);
  engine.subscribers.add(crashSubscriber(world));
  await engine.start();
  const open = async () =>
    (
      await connection.query(
        `select 1 from ${schema}.velella_execution where finished_at is null union all select 1 from ${schema}.velella_task
        union all select 1 from ${schema}.velella_event where routed_at is null`,
      )
    ).rowCount;
  expect(await eventually(open, (n) => n === 0, 10)).toBe(0);
  await engine.stop();
}

/** Has two processes die, at these boundaries, and the third one finish. False: the second one came to the end. */
async function dieTwice(lane: number, first: number, second: number): Promise<boolean> {
  const schema = schemaOf(lane);
  const transaction = `${first}-${second}`;
  const child = { url: database.url, transaction, schema };
  expect(await inCrashChild({ ...child, dieAt: first })).toBe("killed");
  const heir = await inCrashChild({ ...child, dieAt: second, heir: true });
  await takeToTheEnd(schema);
  await checkEnd(world, transaction, { fail: false, keys, label: transaction });
  return heir === "killed";
}

test(
  "a run ends well after two deaths, at whichever boundaries",
  async () => {
    expect(boundaries).toBeGreaterThan(20);
    const firsts = Array.from({ length: boundaries }, (_, i) => i + 1).filter((first) => all || first % 18 === 8);
    let deaths = 0;
    const work = async (lane: number) => {
      for (let first = firsts.shift(); first !== undefined; first = firsts.shift()) {
        // What the second one does ends sooner the later the first one died.
        for (let second = 1; await dieTwice(lane, first, second); second += all ? 1 : 10) deaths++;
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane)));
    expect(deaths).toBeGreaterThan(all ? boundaries * 10 : 2);
  },
  all ? 3_600_000 : 60_000,
);
