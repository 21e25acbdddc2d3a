import { defineErrors } from "@velella/kernel";

/** What can go wrong with caches. */
export const cacheErrors = defineErrors("caching", {
  unknownProvider: {
    type: "invalid_argument",
    message: (id: string, known: readonly string[]) => `There is no cache provider "${id}"; there are ${known.join(", ")}.`,
    hint: () => `Add it to "providers" in the options of the caching module.`,
  },
  badTtl: {
    type: "invalid_argument",
    message: (ttl: unknown) => `"ttl" of a cache is a number of seconds, not ${String(ttl)}.`,
  },
  noKey: {
    type: "invalid_argument",
    message: (method: string) => `caching.${method} needs a key${method === "get" ? " or tags" : ""}.`,
    hint: () => "Make one from what identifies the data: await caching.computeKey({ … }).",
  },
});
