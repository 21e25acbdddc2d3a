import type { Logger } from "@velella/kernel";
import type { PatternCache } from "./caching-provider";
import { ttlMs } from "./time-to-live";

const defaultTtl = 30;

/**
 * The older, simpler cache, resolved as `cache`: values by key, for a while. One that is out of order is an empty one: reads
 * find nothing, and a warning is logged.
 */
export class CacheService {
  /**
   * @param store Where values are kept.
   * @param ttl Seconds that values are kept unless `set` says otherwise.
   * @param logger Is told, as a warning, that the store could not be read or written. Without it that is an error.
   */
  constructor(
    private readonly store: PatternCache,
    private readonly ttl: number = defaultTtl,
    private readonly logger?: Pick<Logger, "warn">,
  ) {}

  /** The value of a key; null when there is none, or its time is over. */
  async get<T>(key: string): Promise<T | null> {
    try {
      return (await this.store.get({ key })) as T | null;
    } catch (error) {
      this.outOfOrder("read", error);
      return null;
    }
  }

  /**
   * Keeps a value.
   *
   * @param ttl Seconds; 30 by default. 0 keeps it until it is invalidated.
   */
  async set(key: string, data: unknown, ttl: number = this.ttl): Promise<void> {
    ttlMs(ttl);
    try {
      await this.store.set({ key, data, ttl });
    } catch (error) {
      this.outOfOrder("written", error);
    }
  }

  /** Forgets the value of a key; `*` in it stands for anything. */
  async invalidate(key: string): Promise<void> {
    await (key.includes("*") ? this.store.clearMatching(key) : this.store.clear({ key }));
  }

  /** Closes what the cache opened. */
  async dispose(): Promise<void> {
    await this.store.dispose?.();
  }

  private outOfOrder(what: string, error: unknown): void {
    if (!this.logger) throw error;
    this.logger.warn(`The cache could not be ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
