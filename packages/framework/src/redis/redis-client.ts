import type { Redis, RedisOptions } from "ioredis";
import type { Logger } from "@velella/kernel";
import { redisErrors } from "./errors";

/** How a provider finds its Redis server. */
export interface RedisConnectionOptions {
  /** Such as `redis://user:password@localhost:6379/0`; `rediss:` for TLS. */
  redisUrl: string;
  /** More options, as `ioredis` takes them. */
  redisOptions?: Record<string, unknown>;
}

/** A script that runs inside of Redis, in one piece. */
export interface RedisScript {
  lua: string;
}

/**
 * Opens a connection with the first command. A server that goes away is reconnected to; what is asked meanwhile
 * fails after a few attempts instead of waiting without end, and so does what a server that hangs does not answer in
 * three seconds. A connection that answers nothing for four is made anew.
 *
 * @param scripts Each becomes a method of the client: `client.name(numberOfKeys, …keys, …arguments)`.
 * @throws `redis.no_url`
 */
export function createRedisClient<Scripts extends string = never>(
  user: string,
  options: RedisConnectionOptions,
  logger: Logger,
  scripts?: Readonly<Record<Scripts, RedisScript>>,
): Redis & Record<Scripts, (keys: number, ...args: (string | number)[]) => Promise<unknown>> {
  requireUrl(user, options);
  // Loaded where it is used only: most apps have no Redis.
  const { Redis: Client } = require("ioredis") as typeof import("ioredis");
  const client = new Client(options.redisUrl, { ...settings, ...(options.redisOptions as RedisOptions), ...(scripts && { scripts }) });
  client.on("error", (error: Error) => logger.warn(redisErrors.unreachable(user, shown(options.redisUrl), reasonOf(error)).message));
  return client as ReturnType<typeof createRedisClient<Scripts>>;
}

const settings = {
  lazyConnect: true,
  maxRetriesPerRequest: 3,
  connectTimeout: 5000,
  commandTimeout: 3000,
  // What the network swallows would otherwise be waited for until the system gives the connection up, a quarter of an hour later.
  socketTimeout: 4000,
} as const;

/**
 * Asks whether a Redis server answers, so that a wrong address is told at boot.
 *
 * @throws `redis.no_url`, `redis.unreachable`
 */
export async function checkRedis(user: string, options: RedisConnectionOptions): Promise<void> {
  requireUrl(user, options);
  const { Redis: Client } = require("ioredis") as typeof import("ioredis");
  const client = new Client(options.redisUrl, { ...settings, ...(options.redisOptions as RedisOptions), retryStrategy: () => null });
  let reason: unknown;
  client.on("error", (error) => (reason = error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw redisErrors.unreachable(user, shown(options.redisUrl), reasonOf(reason ?? error));
  } finally {
    client.disconnect();
  }
}

function requireUrl(user: string, options: RedisConnectionOptions): void {
  const { redisUrl } = options as { redisUrl?: unknown };
  if (typeof redisUrl !== "string" || redisUrl === "")
    throw redisErrors.noUrl(user, redisUrl === undefined ? "nothing" : JSON.stringify(redisUrl));
}

/** The address without its password. */
function shown(url: string): string {
  return url.replace(/^(\w+:\/\/)[^@/]*@/, "$1***@");
}

/** A refused connection to several addresses has its reasons inside. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length) return reasonOf(error.errors[0]);
  return error instanceof Error && error.message ? error.message : String(error);
}
