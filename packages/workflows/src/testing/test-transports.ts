import { afterAll, beforeAll } from "vitest";
import { createBullTransport } from "../index";
import type { WorkflowEngineOptions } from "../index";
import { testingErrors } from "./errors";
import { hasRedis, startRedis } from "./redis";
import type { TestRedis } from "./redis";
import { testEngines } from "./test-engine";
import type { TestEngines } from "./test-engine";

/** Options of engines by the way that their events travel. */
export interface TestTransports {
  /** Every way that the machine has the programs for, as rows for `describe.each`. */
  readonly all: [name: string, optionsOf: (prefix: string) => Pick<WorkflowEngineOptions, "transport">][];
  /** @throws Where there is no Redis. */
  redis(): TestRedis;
  /** By BullMQ; instances with the same prefix work together. */
  bull(prefix: string): Pick<WorkflowEngineOptions, "transport">;
}

/** Engines on a database of the test file, and the ways that their events travel: there from before its tests until after them. */
export function transportedEngines(): { tests: TestEngines; transports: TestTransports } {
  const tests = testEngines();
  const { open, close, ...transports } = testTransports();
  beforeAll(async () => {
    await tests.open();
    await open();
  });
  afterAll(async () => {
    await tests.close();
    await close();
  });
  return { tests, transports };
}

function testTransports() {
  let started: TestRedis | undefined;
  const redis = () => {
    if (!started) throw testingErrors.noRedis();
    return started;
  };
  const bull = (prefix: string) => ({ transport: createBullTransport({ redisUrl: redis().url, prefix, resendSeconds: 1 }) });
  return {
    all: [["PostgreSQL", () => ({})], ...(hasRedis() ? [["BullMQ", bull]] : [])] as TestTransports["all"],
    redis,
    bull,
    open: async () => {
      if (hasRedis()) started = await startRedis();
    },
    close: async () => started?.stop(),
  };
}
