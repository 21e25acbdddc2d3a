import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ownSchema } from "../testing/own-schema";
import { eventually, testEngines } from "../testing/test-engine";
import { errorText } from "./error-text";

const tests = testEngines();
beforeAll(() => tests.open());
afterEach(() => tests.stop());
afterAll(() => tests.close());

const circular: Record<string, unknown> = { n: 1n };
circular.self = circular;

const unreadable = {
  toJSON: () => {
    throw new Error("no JSON");
  },
};

const thrown: [what: string, value: unknown, text: string][] = [
  ["an error with a NUL in its message", new Error("bad\0input"), "Error: bad\u2400input\n"],
  ["an error with half a character", new Error("ab😀".slice(0, 3)), "Error: ab\uFFFD\n"],
  ["a circle with a BigInt", circular, "<ref *1> { n: 1n, self: [Circular *1] }"],
  ["what throws when it is written", unreadable, "{ toJSON: [Function: toJSON] }"],
  ["an object", { code: 7 }, '{"code":7}'],
  ["a text", "just a text", "just a text"],
  ["nothing", undefined, "undefined"],
  ["a symbol", Symbol("s"), "Symbol(s)"],
];

test.each(thrown)("%s is recorded as what a subscriber or a job failed with, and ends there", async (_what, value, text) => {
  expect(errorText(value).startsWith(text)).toBe(true);
  const { engine, query } = await ownSchema(tests);
  const fail = () => {
    // oxlint-disable-next-line no-throw-literal -- anything can be thrown
    throw value;
  };
  engine.subscribers.add({ id: "fails", events: ["e"], handler: fail });
  engine.jobs.add({ name: "fails", schedule: { interval: 50 }, numberOfExecutions: 1, handler: fail });
  await engine.start();
  await engine.events.emit({ name: "e", data: 1, options: { attempts: 1 } });
  const open = () => query<{ kind: string; state: string; error: string | null }>("select kind, state, error from velella_task");
  const left = await eventually(open, (rows) => rows.length === 1 && rows[0]?.state === "dead");
  expect(left).toMatchObject([{ kind: "event", state: "dead", error: expect.stringContaining(text) }]);
  const recorded = value === undefined ? "It threw nothing." : text;
  const history = await eventually(
    () => engine.jobs.history("fails"),
    ([run]) => run?.finished_at instanceof Date,
  );
  expect(history).toMatchObject([{ state: "failed", error: expect.stringContaining(recorded) }]);
});
