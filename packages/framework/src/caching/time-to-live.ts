import { cacheErrors } from "./errors";

/**
 * Milliseconds that an entry is kept.
 *
 * @param ttl Seconds; 0 keeps it until it is cleared.
 */
export function ttlMs(ttl: number): number {
  if (typeof ttl !== "number" || Number.isNaN(ttl) || ttl < 0) throw cacheErrors.badTtl(ttl);
  return ttl === Infinity ? 0 : Math.ceil(ttl * 1000);
}
