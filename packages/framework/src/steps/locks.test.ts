import { asValue, createContainer } from "@velella/kernel";
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@velella/workflows";
import { beforeEach, expect, test } from "vitest";
import { silentLogger } from "@velella/kernel";
import type { Container } from "@velella/kernel";
import { LockingService } from "../locking/locking-service";
import { MemoryLockProvider } from "../locking/memory-provider";
import { acquireLockStep, releaseLockStep } from "./locks";

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

test("nobody else has the key until the workflow releases it", async () => {
  const { result } = await careful(container).run({ input: { key: "cart_1" } });
  expect(result).toBe(false);
  expect(await isFree("cart_1")).toBe(true);
});

test("a workflow that fails gives its locks back", async () => {
  await expect(failing(container).run({ input: { key: "cart_1" } })).rejects.toMatchObject({ message: "no" });
  expect(await isFree("cart_1")).toBe(true);
});

test("waits for its turn up to the timeout, and fails after it", async () => {
  await locking.acquire("cart_1", { ownerId: "slow", expire: 0.2 });
  await careful(container).run({ input: { key: "cart_1" } });
  await locking.acquire("cart_1", { ownerId: "slower" });
  await expect(failing(container).run({ input: { key: "cart_1" } })).rejects.toMatchObject({
    message: 'Failed to acquire lock for key "cart_1"',
  });
});

test("waits for all of its time-out, however rarely it tries", async () => {
  const patient = createWorkflow("patient", (input: { key: string; timeout: number }) => {
    acquireLockStep({ key: input.key, timeout: input.timeout, retryInterval: 60 });
    releaseLockStep({ key: input.key });
  });
  await locking.acquire("cart_1", { ownerId: "slow", expire: 0.2 });
  await patient(container).run({ input: { key: "cart_1", timeout: 0.4 } });
  await locking.acquire("cart_1", { ownerId: "slower" });
  const since = performance.now();
  await expect(patient(container).run({ input: { key: "cart_1", timeout: 0.4 } })).rejects.toThrow(
    'Failed to acquire lock for key "cart_1"',
  );
  expect(performance.now() - since).toBeGreaterThan(390);
});

test.each<[string, object]>([
  ["timeout", { timeout: "5s" }],
  ["timeout", { timeout: -1 }],
  ["retryInterval", { timeout: 1, retryInterval: "often" }],
])("a %s that is no time is refused: %j", async (option, times) => {
  await locking.acquire("cart_1", { ownerId: "slow" });
  const workflow = createWorkflow("odd", () => void acquireLockStep({ key: "cart_1", ...times }));
  await expect(workflow(container).run()).rejects.toThrow(`"${option}" of a lock is a number of seconds, not `);
});
