import type { EventMessage } from "@velella/kernel";
import { afterEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import { ownSchema } from "../testing/own-schema";
import { eventually } from "../testing/test-engine";
import { transportedEngines } from "../testing/test-transports";
import { backoffSeconds, checkEvents } from "./event-options";

const { tests, transports } = transportedEngines();
afterEach(() => tests.stop());

const circular: Record<string, unknown> = {};
circular.self = circular;

const refusals: [given: object, message: string][] = [
  [{ data: 1 }, "An event needs a name; found undefined."],
  [{ name: "", data: 1 }, 'An event needs a name; found "".'],
  [{ name: 7, data: 1 }, "An event needs a name; found 7."],
  [{ name: "a\0b", data: 1 }, 'An event needs a name; found "a\\u0000b".'],
  [{ name: "e", options: { delay: "5" } }, 'The option "delay" of event "e" is "5"; expected milliseconds, from 0 on.'],
  [{ name: "e", options: { delay: -1 } }, 'The option "delay" of event "e" is -1; expected'],
  [{ name: "e", options: { delay: NaN } }, 'The option "delay" of event "e" is NaN; expected'],
  [
    { name: "e", options: { priority: 1e12 } },
    'The option "priority" of event "e" is 1000000000000; expected a whole number from 0, the most urgent, to 2097152',
  ],
  [{ name: "e", options: { priority: -1 } }, 'The option "priority" of event "e" is -1; expected'],
  [{ name: "e", options: { priority: 1.5 } }, 'The option "priority" of event "e" is 1.5; expected'],
  [{ name: "e", options: { attempts: 0 } }, 'The option "attempts" of event "e" is 0; expected a whole number from 1 on.'],
  [
    { name: "e", options: { backoff: { type: "sometimes", delay: 1 } } },
    'The option "backoff" of event "e" is {"type":"sometimes","delay":1};',
  ],
  [{ name: "e", options: { backoff: { type: "fixed" } } }, 'The option "backoff" of event "e"'],
  [{ name: "e", options: { partitonKey: "k" } }, 'Events have no option "partitonKey", which event "e" has.'],
  [{ name: "e", options: { Delay: 5 } }, 'Events have no option "Delay", which event "e" has.'],
  [{ name: "e", options: { partitionKey: 42 } }, 'The option "partitionKey" of event "e" is 42; expected a text'],
  [{ name: "e", options: { partitionKey: "a\0b" } }, "expected a text of 1 to 500 characters, without NUL and halves of characters."],
  [
    { name: "e", options: { partitionKey: "😀".slice(0, 1) } },
    "expected a text of 1 to 500 characters, without NUL and halves of characters.",
  ],
  [{ name: "e", options: { partitionKey: "k".repeat(501) } }, "…; expected a text of 1 to 500 characters"],
  [{ name: "e", data: circular }, 'The data of event "e" cannot be written as JSON: Converting circular structure'],
  [{ name: "e", metadata: { n: 1n } }, 'The metadata of event "e" cannot be written as JSON: Do not know how to serialize a BigInt'],
];

test.each(refusals.map(([given, message]) => ({ given, message })))(
  "what cannot be delivered as it says is refused: $message",
  ({ given, message }) => {
    expect(() => checkEvents([{ name: "fine", data: 1 }, given as EventMessage])).toThrow(message);
  },
);

test("what can be delivered is not refused", () => {
  const options = {
    delay: 0,
    priority: 2_097_152,
    attempts: 1,
    backoff: { type: "fixed", delay: 0 },
    partitionKey: "k",
    of: "another kind",
    // Of other event buses.
    ...{ removeOnComplete: true, removeOnFail: 3, jobId: "j", lifo: true, timeout: 1, timestamp: 2, keepLogs: 3, repeat: { every: 5 } },
    ...{ internal: true, groupedEventsTTL: 1, deduplication: { id: "d" }, stackTraceLimit: 1, sizeLimit: 1, parent: {}, debounce: {} },
  };
  expect(() =>
    checkEvents([
      { name: "e", data: undefined, options },
      { name: "e", data: null, options: { delay: undefined, priority: 0 } },
      { name: "e", data: null, options: { partitionKey: "😀".repeat(250) } },
    ]),
  ).not.toThrow();
});

test("the time between attempts is doubled, or stays", () => {
  const times = (backoff: unknown) => [1, 2, 3, 30].map((attempt) => backoffSeconds(backoff, attempt, 1));
  expect(times(undefined)).toStrictEqual([1, 2, 4, 3600]);
  expect(times(100)).toStrictEqual([0.1, 0.2, 0.4, 3600]);
  expect(times({ delay: 100 })).toStrictEqual([0.1, 0.2, 0.4, 3600]);
  expect(times({ type: "fixed", delay: 100 })).toStrictEqual([0.1, 0.1, 0.1, 0.1]);
});

test("nothing of what is emitted with a wrong event is stored", async () => {
  const { engine, query } = await ownSchema(tests);
  const wrong = [{ name: "e", data: 1 }, { data: 2 } as unknown as EventMessage];
  await expect(engine.events.emit(wrong)).rejects.toThrow("An event needs a name");
  await expect(engine.events.hold("g", wrong)).rejects.toThrow("An event needs a name");
  expect(await query("select id from velella_event union all select id from velella_event_group")).toStrictEqual([]);
});

test.each(["direct", "journalled"])("a step that emits what cannot be delivered fails, and its run is undone: %s", async (runner) => {
  const { engine } = await ownSchema(tests, () => ({ journalAll: runner === "journalled" }));
  const undone: string[] = [];
  const emit = createStep(
    "emit",
    async (event: unknown, context) => context.emit(event as EventMessage),
    async () => void undone.push("emit"),
  );
  const workflow = createWorkflow({ name: `emits-wrongly-${runner}`, ...(runner === "direct" && { durable: false }) }, (event: unknown) => {
    emit(event);
  });
  for (const [event, message] of [
    [{ data: 1 }, "An event needs a name; found undefined."],
    [{ name: "e", options: { priority: 1e12 } }, 'The option "priority"'],
    [{ name: "e", data: "fine" }, undefined],
  ] as const) {
    const { errors } = await engine.run(workflow, { input: event, throwOnError: false });
    expect(errors.map(({ error }) => error.message)).toStrictEqual(message === undefined ? [] : [expect.stringContaining(message)]);
  }
  expect(undone).toStrictEqual(["emit", "emit"]);
  expect((await engine.events.list()).map(({ data }) => data)).toStrictEqual(["fine"]);
});

describe.each(transports.all)("by %s", (_name, optionsOf) => {
  test("an event may say how long its subscribers wait for their next attempt", async () => {
    const { engine } = await ownSchema(tests, () => ({ ...optionsOf("backoff"), deliveryBackoff: 30 }));
    const at: number[] = [];
    engine.subscribers.add({
      id: "s",
      events: ["e"],
      handler: () => {
        at.push(performance.now());
        throw new Error("again");
      },
    });
    await engine.start();
    await engine.events.emit({ name: "e", data: 1, options: { attempts: 4, backoff: { type: "fixed", delay: 100 } } });
    await eventually(
      () => at.length,
      (n) => n === 4,
    );
    const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect(gaps).toHaveLength(3);
    for (const gap of gaps) {
      expect(gap).toBeGreaterThan(95);
      // Not the engine's own time, and not doubled from that.
      expect(gap).toBeLessThan(15_000);
    }
  });
});
