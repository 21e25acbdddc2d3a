import { createContainer, silentLogger } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

const number = "4242424242424242";
const log: string[] = [];
const logger = Object.fromEntries(
  Object.entries(silentLogger()).map(([name]) => [name, (...parts: unknown[]) => void log.push(parts.map(String).join(" "))]),
) as unknown as Logger;

/** Everything that the tables hold. */
const tables = async () => {
  const read = async (table: string) => (await tests.connection.query<{ row: string }>(`select t::text as row from ${table} t`)).rows;
  return JSON.stringify([await read("velella_execution"), await read("velella_step"), await read("velella_event")]);
};

const undone: unknown[] = [];
const charge = createStep(
  { name: "charge", secret: { input: ["card.number"], output: ["token"] } },
  async ({ card, decline }: { card: { number: string }; decline: boolean }) => {
    if (decline) throw new Error(`Card ${card.number} declined`);
    return new StepResponse({ token: `tok-${card.number}`, id: 7 }, { refund: card.number });
  },
  async (data) => void undone.push(data),
);
const wait = createStep({ name: "wait", async: true, secret: { output: ["pin"] } }, async () => undefined);
const fail = createStep("fail", async (failing: boolean) => {
  if (failing) throw new Error("as asked");
});
const pay = createWorkflow(
  { name: "pay", store: true },
  (input: { card: { number: string; name: string }; decline: boolean; fail: boolean }) => {
    const card = transform({ input }, ({ input: given }) => ({ number: given.card.number }));
    const payment = charge({ card, decline: input.decline });
    const answer = wait();
    const text = transform({ answer, payment }, ({ answer: given, payment: { token } }) => `${JSON.stringify(given)} ${token}`);
    fail(input.fail);
    return new WorkflowResponse({ id: payment.id, token: payment.token, text });
  },
);
const input = { card: { number, name: "N" }, decline: false, fail: false };
const address = (transactionId: string) => ({ idempotencyKey: { workflowId: "pay", transactionId, stepId: "wait" } });

test("secret parts are in no table, timeline, message or log, and yet another instance goes on with them", async () => {
  const first = tests.engine({ secret: "the key", logger });
  await pay(first.container).run({ input, transactionId: "secret" });
  const rest = async () =>
    (await tests.connection.query("select from velella_execution where owner is null and state = 'invoking'")).rowCount;
  await eventually(rest, (n) => n === 1);
  expect(await tables()).not.toContain(number);
  await first.engine.stop();
  const second = tests.engine({ secret: ["a newer key", "the key"], logger });
  await second.engine.start();
  const results: unknown[] = [];
  second.engine.subscribe({
    workflowId: "pay",
    subscriberId: "s",
    subscriber: ({ eventType, result, response }) => void results.push([eventType, result, response]),
  });
  await second.engine.setStepSuccess({ ...address("secret"), stepResponse: { pin: "9876-pin", other: 1 } });
  const [execution] = await eventually(
    () => second.engine.listWorkflowExecutions({ transaction_id: "secret" }),
    ([found]) => found?.state === "done",
  );
  expect(execution?.context.data).toStrictEqual({
    input: "[secret]",
    output: { id: 7, token: "[secret]", text: "[secret]" },
  });
  expect(execution?.execution.steps.map(({ key, output }) => [key, output])).toStrictEqual([
    ["charge", { token: "[secret]", id: 7 }],
    ["wait", { pin: "[secret]", other: 1 }],
    ["fail", undefined],
  ]);
  await eventually(
    () => results,
    (told) => told.some((one) => (one as unknown[])[0] === "onFinish"),
  );
  expect(results).toContainEqual(["onFinish", { id: 7, token: "[secret]", text: "[secret]" }, undefined]);
  for (const secret of [number, "9876-pin"]) expect((await tables()) + log.join() + JSON.stringify(results)).not.toContain(secret);
  await second.engine.stop();
});

test("compensation gets its data; messages of errors have the secrets taken out", async () => {
  const { engine, container } = tests.engine({ secret: "the key", logger });
  await engine.start();
  await pay(container).run({ input: { ...input, fail: true }, transactionId: "undone" });
  await eventually(
    () =>
      engine.setStepSuccess(address("undone")).then(
        () => true,
        () => false,
      ),
    Boolean,
  );
  const state = async () => (await engine.listWorkflowExecutions({ transaction_id: "undone" }))[0]?.state;
  expect(await eventually(state, (found) => found === "reverted")).toBe("reverted");
  expect(undone).toStrictEqual([{ refund: number }]);
  const { errors } = await pay(container).run({ input: { ...input, decline: true }, throwOnError: false, logOnError: true });
  expect(errors[0]?.error.message).toBe("Card [secret] declined");
  expect(JSON.stringify(errors)).not.toContain(number);
  expect((await tables()) + log.join()).not.toContain(number);
  await engine.stop();
});

test("an engine without a secret refuses to journal what is declared secret, and parks what it cannot read", async () => {
  const { container } = tests.engine();
  await expect(pay(container).run({ input })).rejects.toThrow("has no secret to encrypt them with");
  const keeper = tests.engine({ secret: "the key" });
  await pay(keeper.container).run({ input, transactionId: "foreign" });
  const waits = async () => (await tests.connection.query("select from velella_step where key = 'wait' and status = 'waiting'")).rowCount;
  await eventually(waits, (n) => n === 1);
  await keeper.engine.stop();
  const stranger = tests.engine({ secret: "another key", container: createContainer() });
  await stranger.engine.start();
  const parked = async () => (await stranger.engine.listWorkflowExecutions({ transaction_id: "foreign" }))[0]?.execution.parked;
  await stranger.engine.setStepSuccess(address("foreign"));
  expect(await eventually(parked, (reason) => reason !== null)).toContain("a secret that is none of the 1 that the workflow engine has");
});
