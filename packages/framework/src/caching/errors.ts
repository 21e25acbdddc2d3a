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
  otherMoment: {
    type: "invalid_argument",
    message: (id: string, known: readonly string[]) =>
      `"since" of a cache entry is a moment of ${known.map((name) => `"${name}"`).join(", ")}, and not of the provider "${id}".`,
    hint: () => `Ask for it with the same providers: await caching.moment({ providers }).`,
  },
  badKeyPart: {
    type: "invalid_argument",
    message: (path: readonly string[], found: string) =>
      `${path.length ? `"${path.join(".")}"` : "What the key is made of"} is ${found}, of which no key for a cache can be made.`,
    hint: () => "Give plain data that identifies what is cached; for a query, a key of your own: cache: { enable: true, key }.",
  },
  noKey: {
    type: "invalid_argument",
    message: (method: string) => `caching.${method} needs a key${method === "get" ? " or tags" : ""}.`,
    hint: () => "Make one from what identifies the data: await caching.computeKey({ … }).",
  },
});
