import type { PatternCache } from "./caching-provider";

const defaultTtl = 30;

/** The older, simpler cache, resolved as `cache`: values by key, for a while. */
export class CacheService {
  /**
   * @param store Where values are kept.
   * @param ttl Seconds that values are kept unless `set` says otherwise.
   */
  constructor(
    private readonly store: PatternCache,
    private readonly ttl: number = defaultTtl,
  ) {}

  /** The value of a key; null when there is none, or its time is over. */
  async get<T>(key: string): Promise<T | null> {
    return (await this.store.get({ key })) as T | null;
  }

  /**
   * Keeps a value.
   *
   * @param ttl Seconds; 30 by default. 0 keeps it until it is invalidated.
   */
  async set(key: string, data: unknown, ttl: number = this.ttl): Promise<void> {
    await this.store.set({ key, data, ttl });
  }

  /** Forgets the value of a key; `*` in it stands for anything. */
  async invalidate(key: string): Promise<void> {
    await (key.includes("*") ? this.store.clearMatching(key) : this.store.clear({ key }));
  }

  /** Closes what the cache opened. */
  async dispose(): Promise<void> {
    await this.store.dispose?.();
  }
}
