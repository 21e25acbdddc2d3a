import { asValue, createContainer } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hasPgBouncer, startPgBouncer } from "@velella/data/testing";
import type { Pooler } from "@velella/data/testing";
import type { WorkflowEngine } from "../index";
import type { CrashOptions } from "../testing/crash-child";
import { inCrashChild } from "../testing/crash-runs";
import { crashSubscriber } from "../testing/crash-workflows";
import { compileChildren } from "../testing/start-child";
import { eventually, testEngines } from "../testing/test-engine";
import { World } from "../testing/world";

// Runs whose last steps, their events and their end are one transaction, in real processes that kill themselves with SIGKILL at
// every boundary between statements.

const tests = testEngines();
let engine: WorkflowEngine;
let world: World;
let pooler: Pooler | undefined;

beforeAll(async () => {
  compileChildren();
  await tests.open();
  if (hasPgBouncer()) pooler = await startPgBouncer(tests.url);
  world = new World(tests.connection);
  await world.create();
  const container = createContainer();
  container.register({ world: asValue(world) });
  ({ engine } = tests.engine({ container }));
  engine.subscribers.add(crashSubscriber(world));
  await engine.start();
});
afterAll(async () => {
  await tests.close();
  await pooler?.stop();
});

const three = ["after one#1", "one#1", "two#1"];
const atOnce = 4;

/** Runs a workflow undisturbed, then once for each boundary that it passed; gives what is there in the end, by boundary. */
async function killEverywhere(options: Omit<CrashOptions, "url" | "transaction">): Promise<{ passed: string[]; ends: string[][] }> {
  const { workflow, pooled } = options;
  const url = pooled && pooler ? pooler.urlOf(tests.url) : tests.url;
  const name = (boundary: number) => `${workflow}-${pooled === true}-${boundary}`;
  const undisturbed = await inCrashChild({ ...options, url, transaction: name(0) });
  if (typeof undisturbed !== "object" || !("passed" in undisturbed)) throw new Error("It was to come to its end.");
  const { passed } = undisturbed;
  for (let from = 1; from <= passed.length; from += atOnce) {
    const round = Array.from({ length: Math.min(atOnce, passed.length - from + 1) }, (_, i) => from + i);
    const killed = await Promise.all(round.map((dieAt) => inCrashChild({ ...options, url, transaction: name(dieAt), dieAt })));
    expect(killed).toStrictEqual(round.map(() => "killed"));
  }
  const open = async () =>
    (
      await tests.connection.query(
        "select from velella_execution where finished_at is null union all select from velella_event where routed_at is null union all select from velella_task",
      )
    ).rowCount;
  expect(await eventually(open, (count) => count === 0, 10)).toBe(0);
  const ends = await Promise.all(
    [0, ...passed.map((_, i) => i + 1)].map(async (boundary) => {
      const lines = await world.look(name(boundary));
      return (await world.told(name(boundary))) ? [...lines, "told"] : lines;
    }),
  );
  return { passed, ends };
}

test("what needs no records happens as a whole, with its event, or not at all", async () => {
  const { passed, ends } = await killEverywhere({ workflow: "whole" });
  expect(passed.filter((statement) => /velella_(execution|step)/.test(statement))).toStrictEqual([]);
  const committed = passed.indexOf("transaction") + 1;
  expect(committed).toBeGreaterThan(4);
  expect(ends).toStrictEqual([[...three, "told"], ...passed.map((_, i) => (i + 1 < committed ? [] : [...three, "told"]))]);
});

const modes: [name: string, options: Partial<CrashOptions>][] = [["directly", {}]];
if (hasPgBouncer()) modes.push(["through a pooler", { pooled: true, leaseSeconds: 0.5 }]);

test.each(modes)("a run that has begun goes on elsewhere, and its last steps are done once: %s", async (_name, options) => {
  const { passed, ends } = await killEverywhere({ workflow: "closing", ...options });
  const begun = passed.findIndex((statement) => statement.includes("velella_execution")) + 1;
  expect(begun).toBeGreaterThan(0);
  const all = [...three, "first=there"].sort().concat("told");
  expect(ends).toStrictEqual([all, ...passed.map((_, i) => (i + 1 < begun ? [] : all))]);
});
