import { defineErrors } from "@velella/kernel";

/** What can be wrong with a Redis server that a part of the framework is to use. */
export const redisErrors = defineErrors("redis", {
  noUrl: {
    type: "invalid_argument",
    message: (user: string, came: string, _setting?: string) =>
      `${user} needs the option "redisUrl", such as "redis://localhost:6379"; ${came} came.`,
    hint: (_user: string, _came: string, setting = `"redisUrl" in the options of the provider`) =>
      `Set ${setting}, for example from the environment variable REDIS_URL.`,
  },
  unreachable: {
    type: "unexpected_state",
    message: (user: string, url: string, reason: string) => `${user} cannot reach Redis at ${url}: ${reason}.`,
    hint: () => `Check that the server runs and that "redisUrl" names it, with its password if it has one.`,
  },
});
