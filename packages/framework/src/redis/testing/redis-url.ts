import { answers } from "@velella/data/testing";
import { checkRedis } from "../redis-client";

const local = "redis://127.0.0.1:6379";

/**
 * The Redis server that tests use: the one in `REDIS_URL`, which then has to answer, or a local one.
 *
 * @returns Undefined when no server is named and none runs here: tests that need one are skipped.
 */
export async function redisUrlForTests(): Promise<string | undefined> {
  const named = process.env.REDIS_URL;
  if (named) {
    await checkRedis("The tests (REDIS_URL)", { redisUrl: named });
    return named;
  }
  return (await answers(6379)) ? local : undefined;
}
