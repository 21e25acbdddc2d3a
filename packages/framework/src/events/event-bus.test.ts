import { createConnection } from "@velella/data";
import { asValue, createAppRegistries, createContainer, silentLogger } from "@velella/kernel";
import type { Container, EventMessage } from "@velella/kernel";
import { createStep, createWorkflow, createWorkflowEngine } from "@velella/workflows";
import type { WorkflowEngine } from "@velella/workflows";
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import { emitEventStep } from "../steps/emit-event";
import { EventBusService } from "./event-bus";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let connection: ReturnType<typeof createConnection>;
let engine: WorkflowEngine;
let container: Container;
let bus: EventBusService;
let errors: unknown[];
let schemas = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url });
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});
beforeEach(async () => {
  container = createContainer();
  engine = createWorkflowEngine({
    connection,
    container,
    registries: createAppRegistries(),
    schema: `bus_${++schemas}`,
    pollInterval: 20,
    // So long that what an event says for itself can be told from it.
    deliveryBackoff: 60,
  });
  errors = [];
  bus = new EventBusService(engine, { error: (...said: unknown[]) => void errors.push(said.map(String).join(" ")) });
  container.register({ workflows: asValue(engine), event_bus: asValue(bus), logger: asValue(silentLogger()) });
  await engine.migrate();
  await engine.start();
});
afterEach(() => engine.stop());

const tell = (name: string, data: unknown = 1, eventGroupId?: string): EventMessage => ({
  name,
  data,
  ...(eventGroupId !== undefined && { metadata: { eventGroupId } }),
});

/** Waits for as long as something that is to happen may take, and for what is not to happen. */
async function settled(): Promise<void> {
  for (let quiet = 0; quiet < 5; quiet++) {
    const { rows } = await connection.query<{ open: boolean }>(
      `select exists (select from bus_${schemas}.velella_event where routed_at is null) or exists (select from bus_${schemas}.velella_task) as open`,
    );
    if (rows[0]?.open) quiet = -1;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

test("a subscription ends by its event and its function", async () => {
  const heard: string[] = [];
  const f = ({ name }: EventMessage) => void heard.push(`f ${name}`);
  const g = ({ name }: EventMessage) => void heard.push(`g ${name}`);
  bus.subscribe("x", f).subscribe("x", g).subscribe("y", f);
  expect(bus.unsubscribe("x", f)).toBe(bus);
  await bus.emit([tell("x"), tell("y")]);
  await settled();
  expect(heard.toSorted()).toStrictEqual(["f y", "g x"]);
  // What was never subscribed is no error.
  bus.unsubscribe("x", () => undefined).unsubscribe("z", g, { subscriberId: "nobody" });
  await bus.emit(tell("x"));
  await settled();
  expect(heard.toSorted()).toStrictEqual(["f y", "g x", "g x"]);
});

test("one id may be subscribed to several events, and a subscription ends by its event and its id", async () => {
  const heard: string[] = [];
  const f = ({ name }: EventMessage) => void heard.push(name);
  bus.subscribe("p", f, { subscriberId: "s" }).subscribe("q", f, { subscriberId: "s" }).subscribe("q", f, { subscriberId: "t" });
  expect(() => bus.subscribe("p", f, { subscriberId: "s" })).toThrow('Two subscribers have the id "s".');
  bus.unsubscribe("q", f, { subscriberId: "s" });
  await bus.emit([tell("p"), tell("q")]);
  await settled();
  expect(heard.toSorted()).toStrictEqual(["p", "q"]);
  // The id decides; the function may be another one, or none.
  bus.unsubscribe("p", undefined, { subscriberId: "s" });
  await bus.emit([tell("p"), tell("q")]);
  await settled();
  expect(heard.toSorted()).toStrictEqual(["p", "q", "q"]);
});

test("a subscriber of a file can be unsubscribed by its id", async () => {
  const heard: string[] = [];
  engine.subscribers.add({ id: "from-a-file", events: ["a", "b"], handler: ({ name }) => void heard.push(name) });
  bus.unsubscribe("a", undefined, { subscriberId: "from-a-file" });
  await bus.emit([tell("a"), tell("b")]);
  await settled();
  expect(heard).toStrictEqual(["b"]);
});

test("an id that cannot keep deliveries is refused, and those of others go on", async () => {
  const heard: unknown[] = [];
  bus.subscribe("e", ({ data }) => void heard.push(data), { subscriberId: "fine" });
  for (const subscriberId of ["a\0b", "i".repeat(4_000), 5 as unknown as string, ""])
    expect(() => bus.subscribe("e", () => undefined, { subscriberId })).toThrow("expected a text of 1 to 255 characters");
  await bus.emit(tell("e"));
  await settled();
  expect(heard).toStrictEqual([1]);
});

test("events of a group wait for its release, in their order, also over a restart; or are cleared, all or some", async () => {
  const heard: unknown[] = [];
  bus.subscribe("*", ({ name, data }) => void heard.push(`${name} ${String(data)}`), { subscriberId: "all" });
  await bus.emit([tell("a", 1, "g"), tell("b", 2, "g"), tell("a", 3, "other"), tell("now", 4)]);
  await bus.emit({ ...tell("a", 5, "g"), options: { priority: 100 } });
  await settled();
  expect(heard).toStrictEqual(["now 4"]);
  await bus.clearGroupedEvents("g", { eventNames: ["b"] });
  const restarted = new EventBusService(engine, { error: () => undefined });
  await restarted.releaseGroupedEvents("g");
  await settled();
  expect(heard.slice(1).toSorted()).toStrictEqual(["a 1", "a 5"]);
  await bus.clearGroupedEvents("other");
  await bus.releaseGroupedEvents("other");
  await bus.releaseGroupedEvents("g");
  await settled();
  expect(heard).toHaveLength(3);
});

test("an event that names no group does not wait for one", async () => {
  const heard: unknown[] = [];
  bus.subscribe("*", ({ data }) => void heard.push(data), { subscriberId: "all" });
  for (const eventGroupId of [null, undefined]) await bus.emit({ name: "e", data: 1, metadata: { eventGroupId } as never });
  await bus.releaseGroupedEvents(undefined);
  await bus.clearGroupedEvents(undefined);
  await settled();
  expect(heard).toStrictEqual([1, 1]);
});

test.each<[group: unknown, shown: string]>([
  ["", '""'],
  [5, "5"],
  [{}, "{}"],
  ["a\0b", '"a\\u0000b"'],
  ["g".repeat(501), '"ggg'],
])("a group that nobody could release is refused, and nothing of the call emitted: %j", async (group, shown) => {
  await expect(bus.emit([tell("fine"), tell("also fine", 1, "g"), tell("e", 1, group as string)])).rejects.toMatchObject({
    reason: "outbox.bad_group",
    message: expect.stringContaining(`"metadata.eventGroupId" of event "e" is ${shown}`),
  });
  expect(await engine.events.list()).toStrictEqual([]);
  expect(await engine.events.release("g")).toBe(0);
  for (const use of [
    () => bus.releaseGroupedEvents(group as string),
    () => bus.clearGroupedEvents(group as string),
    () => engine.events.hold(group as string, tell("e")),
  ])
    await expect(use()).rejects.toThrow(`The name of a group of events is ${shown}`);
});

test("events of a group belong to the transaction in which they are emitted", async () => {
  const rolledBack = connection.transaction(async (executor) => {
    await bus.emit(tell("a", 1, "g"), {}, { transactionManager: { executor, execute: async () => [] } });
    throw new Error("no");
  });
  await expect(rolledBack).rejects.toThrow("no");
  expect(await engine.events.release("g")).toBe(0);
});

test("what a run without a container emits, by itself or by the bus, waits for the workflow around it", async () => {
  const heard: unknown[] = [];
  bus.subscribe("*", ({ data }) => void heard.push(data), { subscriberId: "all" });
  const inner = createWorkflow("bare", () => {
    createStep("emits", async (_input: unknown, { context, emit }) => {
      emit(tell("said", "by itself"));
      await bus.emit(tell("said", "by the bus", context.eventGroupId));
    })({});
  });
  const outer = createWorkflow("around-bare", (input: { fails: boolean }) => {
    createStep("runs", async (_input: unknown, { context }) => void (await inner().run({ context })))({});
    createStep("may fail", async ({ fails }: { fails: boolean }) => {
      if (fails) throw new Error("as asked");
    })(input);
  });
  await outer(container).run({ input: { fails: true }, throwOnError: false });
  await outer(container).run({ input: { fails: false } });
  await settled();
  expect(heard.toSorted()).toStrictEqual(["by itself", "by the bus"]);
});

test("events that a step emits with its group wait for the workflow, not for a release", async () => {
  const heard: unknown[] = [];
  bus.subscribe("*", ({ data }) => void heard.push(data), { subscriberId: "all" });
  const step = createStep("emits", async (input: { fail: boolean; data: string }, { eventGroupId }) => {
    await bus.emit(tell("e", input.data, eventGroupId));
    await bus.releaseGroupedEvents(eventGroupId);
    if (input.fail) throw new Error("failed");
  });
  const workflow = createWorkflow("emits", (input: { fail: boolean; data: string }) => void step(input));
  await workflow(container).run({ input: { fail: true, data: "failed" }, throwOnError: false });
  await workflow(container).run({ input: { fail: false, data: "succeeded" } });
  await settled();
  expect(heard).toStrictEqual(["succeeded"]);
});

test("a workflow that runs without an engine emits by the bus once it has succeeded", async () => {
  const heard: unknown[] = [];
  bus.subscribe("*", ({ data }) => void heard.push(data), { subscriberId: "all" });
  const alone = createContainer();
  alone.register({ event_bus: asValue(bus) });
  const workflow = createWorkflow("without-engine", () => {
    emitEventStep({ eventName: "e", data: { id: "1" } });
  });
  await workflow(alone).run();
  await settled();
  expect(heard).toStrictEqual([{ id: "1" }]);
});

test("interceptors are called before an event is emitted, and told whether it waits for its group", async () => {
  const seen: string[] = [];
  const interceptor = async (message: EventMessage, context?: { isGrouped?: boolean; eventGroupId?: string }) => {
    seen.push(`${message.name} ${context?.isGrouped} ${context?.eventGroupId === undefined ? "-" : "group"}`);
  };
  const broken = () => {
    throw new Error("broken interceptor");
  };
  bus.addInterceptor(broken).addInterceptor(interceptor);
  bus.subscribe("*", ({ name }) => void seen.push(`heard ${name}`), { subscriberId: "all" });
  await bus.emit([tell("single"), tell("grouped", 1, "g")]);
  const workflow = createWorkflow("intercepted", () => {
    emitEventStep({ eventName: "from.workflow", data: { id: "1" } });
  });
  await workflow(container).run();
  await settled();
  expect(seen.filter((line) => !line.startsWith("heard"))).toStrictEqual([
    "single false -",
    "grouped true group",
    "from.workflow true group",
  ]);
  expect(seen.indexOf("single false -")).toBeLessThan(seen.indexOf("heard single"));
  expect(seen).toContain("heard from.workflow");
  expect(errors).toContain('An interceptor failed on event "single" Error: broken interceptor');
  bus.removeInterceptor(interceptor);
  const before = seen.length;
  await bus.emit(tell("after"));
  await settled();
  expect(seen.slice(before)).toStrictEqual(["heard after"]);
});

test("options of the call count for all its events, those of an event go before them", async () => {
  const at: number[] = [];
  const fails = () => {
    at.push(performance.now());
    throw new Error("again");
  };
  bus.subscribe("e", fails, { subscriberId: "fails" });
  await bus.emit({ ...tell("e"), options: { attempts: 2 } }, { attempts: 9, backoff: { type: "exponential", delay: 100 } });
  // Within less than the backoff of the engine.
  await expect
    .poll(() => engine.events.list({ dead: true }), { timeout: 20_000 })
    .toMatchObject([{ deliveries: [{ subscriber: "fails", attempts: 2 }] }]);
  expect(at).toHaveLength(2);
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(95);
});

test("absent options and metadata are none, and options that are not known travel with the event", async () => {
  await bus.emit({ name: "e", data: undefined, options: null, metadata: null } as never, null as never);
  await bus.emit({ name: "e", data: null, options: { of: "another bus" } }, { removeOnComplete: true });
  expect((await engine.events.list()).map(({ data }) => data)).toStrictEqual([null, undefined]);
});

test("an option of an event that is undefined leaves that of the call as it is", async () => {
  const heard: unknown[] = [];
  bus.subscribe("*", ({ data }) => void heard.push(data), { subscriberId: "all" });
  await bus.emit(
    [
      { ...tell("e", "later"), options: { delay: undefined } },
      { ...tell("e", "now"), options: { delay: 0 } },
    ],
    { delay: 60_000 },
  );
  await expect.poll(() => heard, { timeout: 10_000 }).not.toHaveLength(0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(heard).toStrictEqual(["now"]);
});

test("what cannot be emitted is refused with the reason, and nothing of the call is emitted", async () => {
  await expect(bus.emit([tell("fine"), { data: 1 } as EventMessage])).rejects.toMatchObject({
    message: expect.stringContaining("An event needs a name; found undefined."),
  });
  await expect(bus.emit(tell("e"), { delay: "5" as unknown as number })).rejects.toThrow(
    'The option "delay" of event "e" is "5"; expected milliseconds, from 0 on.',
  );
  const wrong: [args: unknown[], message: string][] = [
    [[undefined], "An event is undefined; expected an object with a name, such as"],
    [[null], "An event is null; expected an object with a name"],
    [["order.placed"], 'An event is "order.placed"; expected an object with a name'],
    [[[tell("fine"), undefined]], "An event is undefined; expected an object with a name"],
    [[tell("e"), "fast"], `"options" of emit() is 'fast'; expected an object.`],
    [[{ ...tell("e"), options: "fast" }], '"options" of event "e" is "fast"; expected an object.'],
    [[{ ...tell("e"), options: [] }], '"options" of event "e" is []; expected an object.'],
    [[{ ...tell("e"), metadata: "m" }], '"metadata" of event "e" is "m"; expected an object.'],
    [[{ ...tell("e"), data: () => 1 }], 'The data of event "e" cannot be written as JSON: it is a function'],
    [[{ ...tell("e"), data: Symbol("s") }], 'The data of event "e" cannot be written as JSON: it is Symbol(s)'],
  ];
  for (const [args, message] of wrong) await expect(bus.emit(...(args as [never]))).rejects.toThrow(message);
  await expect(engine.events.emit([undefined as never])).rejects.toThrow("An event is undefined;");
  await bus.emit([], null as never);
  expect(await engine.events.list()).toStrictEqual([]);
  expect(() => bus.subscribe("e", "no function" as never)).toThrow('The subscriber to "e" is no function, but string.');
  expect(() => bus.addInterceptor(undefined as never)).toThrow("An interceptor of events is no function, but undefined.");
  const workflow = createWorkflow("nameless", () => {
    emitEventStep({ data: { id: "1" } } as never);
  });
  await expect(workflow(container).run()).rejects.toMatchObject({ message: expect.stringContaining("An event needs a name") });
});
