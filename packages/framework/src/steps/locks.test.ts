import { asValue, createContainer } from "@velella/kernel";
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@velella/workflows";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { silentLogger } from "@velella/kernel";
import type { Container } from "@velella/kernel";
import { LockingService } from "../locking/locking-service";
import { MemoryLockProvider } from "../locking/memory-provider";
import { acquireLockStep, releaseLockStep } from "./locks";
import type { AcquireLockInput } from "./locks";

let container: Container;
let locking: LockingService;

beforeEach(() => {
  const service = new MemoryLockProvider({ logger: silentLogger() });
  locking = new LockingService({ lockProviders: [{ id: "memory", identifier: "memory", isDefault: true, options: {}, service }] });
  container = createContainer();
  container.register({ locking: asValue(locking) });
});

const isFree = async (key: string) => {
  try {
    await locking.acquire(key, { ownerId: "somebody else" });
    await locking.release(key, { ownerId: "somebody else" });
    return true;
  } catch {
    return false;
  }
};

const lookStep = createStep("look", async (key: string) => new StepResponse(await isFree(key)));
const failStep = createStep("fail", async () => {
  throw new TypeError("no");
});

const careful = createWorkflow("careful", (input: { key: string }) => {
  acquireLockStep({ key: input.key, timeout: 1, ttl: 10 });
  const free = lookStep(input.key);
  releaseLockStep({ key: input.key });
  return new WorkflowResponse(free);
});

const failing = createWorkflow("failing", (input: { key: string }) => {
  acquireLockStep({ key: input.key });
  failStep();
});

const patient = createWorkflow("patient", (input: { key: string }) => {
  acquireLockStep({ key: input.key, timeout: 60, retryInterval: 50 });
  releaseLockStep({ key: input.key });
});

const pauseStep = createStep("pause", async () => void (await sleep(50)));
/** Takes its lock twice, the second time while another run stands in line for it. */
const again = createWorkflow("again", (input: { key: string }) => {
  acquireLockStep({ key: input.key, timeout: 20 });
  pauseStep();
  acquireLockStep({ key: input.key, timeout: 20, retryInterval: 15 }).config({ name: "once-more" });
  releaseLockStep({ key: input.key });
});

const timed = createWorkflow("timed", (input: AcquireLockInput) => {
  acquireLockStep(input);
});

test("nobody else has the key until the workflow releases it", async () => {
  const { result } = await careful(container).run({ input: { key: "cart_1" } });
  expect(result).toBe(false);
  expect(await isFree("cart_1")).toBe(true);
});

test("a workflow that fails gives its locks back", async () => {
  await expect(failing(container).run({ input: { key: "cart_1" } })).rejects.toMatchObject({ message: "no" });
  expect(await isFree("cart_1")).toBe(true);
});

const hasty = createWorkflow("hasty", (input: { key: string }) => {
  acquireLockStep({ key: input.key, timeout: 0.25, retryInterval: 20 });
  releaseLockStep({ key: input.key });
});

test("tries again at the end of a timeout that is shorter than the pause between tries", async () => {
  await locking.acquire("cart_1", { ownerId: "slow", expire: 0.1 });
  await hasty(container).run({ input: { key: "cart_1" } });
  expect(await isFree("cart_1")).toBe(true);
});

test("gets at once what another run in the process gives back", async () => {
  await locking.acquire("cart_1", { ownerId: "slow" });
  const since = performance.now();
  const waiting = patient(container).run({ input: { key: "cart_1" } });
  await sleep(50);
  await locking.release("cart_1", { ownerId: "slow" });
  await waiting;
  expect(performance.now() - since).toBeLessThan(10_000);
});

test("a run takes again what it has, although others wait for it", async () => {
  const first = again(container).run({ input: { key: "cart_1" } });
  const second = again(container).run({ input: { key: "cart_1" } });
  await Promise.all([first, second]);
  expect(await isFree("cart_1")).toBe(true);
});

test("what is no time is refused by its name", async () => {
  const wrong = { timeout: -1, retryInterval: "soon" as unknown as number, ttl: -5 };
  for (const [option, value] of Object.entries(wrong)) {
    const input = { key: "cart_1", [option]: value };
    await expect(timed(container).run({ input })).rejects.toMatchObject({
      message: `"${option === "ttl" ? "expire" : option}" of a lock is a number of seconds, not ${String(value)}.`,
    });
  }
});

test("waits for its turn up to the timeout, and fails after it", async () => {
  await locking.acquire("cart_1", { ownerId: "slow", expire: 0.2 });
  await careful(container).run({ input: { key: "cart_1" } });
  await locking.acquire("cart_1", { ownerId: "slower" });
  await expect(failing(container).run({ input: { key: "cart_1" } })).rejects.toMatchObject({
    message: 'Failed to acquire lock for key "cart_1"',
  });
});
