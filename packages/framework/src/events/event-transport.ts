import { createBullTransport } from "@velella/workflows";
import type { EventTransport } from "@velella/workflows";
import type { Config } from "../config/config-schema";
import { redisErrors } from "../redis/errors";

/**
 * How events reach the processes that have their subscribers, as the config says; undefined for PostgreSQL itself.
 *
 * @throws `redis.no_url` when it says `redis`, and names none.
 */
export function eventTransportOf(config: Config["projectConfig"]): EventTransport | undefined {
  const { eventTransport, redisUrl, redisOptions, redisPrefix } = config;
  if (eventTransport !== "redis") return undefined;
  const setting = "projectConfig.redisUrl";
  if (!redisUrl)
    throw redisErrors.noUrl("projectConfig.eventTransport", redisUrl === undefined ? "nothing" : JSON.stringify(redisUrl), setting);
  return createBullTransport({ redisUrl, setting, ...(redisOptions && { redisOptions }), ...(redisPrefix && { prefix: redisPrefix }) });
}
