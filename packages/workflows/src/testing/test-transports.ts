import { createBullTransport } from "../index";
import type { WorkflowEngineOptions } from "../index";
import { hasRedis, startRedis } from "./redis";
import type { TestRedis } from "./redis";

/** Options of engines by the way that their events travel. */
export interface TestTransports {
  /** Every way that the machine has the programs for, as rows for `describe.each`. */
  readonly all: [name: string, optionsOf: (prefix: string) => Pick<WorkflowEngineOptions, "transport">][];
  /** @throws Where there is no Redis. */
  readonly redis: TestRedis;
  /** By BullMQ; instances with the same prefix work together. */
  bull(prefix: string): Pick<WorkflowEngineOptions, "transport">;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Made at the top of a test file. `open` starts a Redis where the machine has its program, and `close` stops it. */
export function testTransports(): TestTransports {
  let started: TestRedis | undefined;
  const redis = () => {
    if (!started) throw new Error("Redis does not run on this machine.");
    return started;
  };
  const bull = (prefix: string) => ({ transport: createBullTransport({ redisUrl: redis().url, prefix, resendSeconds: 1 }) });
  return {
    all: [["PostgreSQL", () => ({})], ...(hasRedis() ? ([["BullMQ", bull]] satisfies TestTransports["all"]) : [])],
    get redis() {
      return redis();
    },
    bull,
    open: async () => {
      if (hasRedis()) started = await startRedis();
    },
    close: async () => started?.stop(),
  };
}
