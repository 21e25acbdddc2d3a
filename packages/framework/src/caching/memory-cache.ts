import type { CacheClearance, CacheEntry, CacheSelector, PatternCache } from "./caching-provider";
import { ttlMs } from "./time-to-live";

/** Options of the cache in memory. */
export interface MemoryCacheOptions {
  /** Seconds that entries are kept unless they say otherwise; an hour by default. */
  ttl?: number;
  /** Most entries; those unused for longest go first. 10,000 by default. */
  maxEntries?: number;
}

interface Kept {
  json: string;
  /** On the clock of `performance.now()`. */
  until: number;
  tags: readonly string[];
  autoInvalidate: boolean;
}

/** A cache within one process. What it gives is a copy, as from any other cache. */
export class MemoryCache implements PatternCache {
  /** In the order of their last use. */
  private readonly entries = new Map<string, Kept>();
  private readonly tagged = new Map<string, Set<string>>();
  private readonly ttl: number;
  private readonly maxEntries: number;

  constructor({ ttl = 3600, maxEntries = 10_000 }: MemoryCacheOptions = {}) {
    this.ttl = ttl;
    this.maxEntries = maxEntries;
  }

  async get({ key, tags }: CacheSelector): Promise<unknown> {
    if (key !== undefined) return this.read(key);
    const found = this.keysOf(tags ?? [])
      .map((tagged) => this.read(tagged))
      .filter((data) => data !== null);
    return found.length > 0 ? found : null;
  }

  async set({ key, data, ttl = this.ttl, tags = [], options }: CacheEntry): Promise<void> {
    const ms = ttlMs(ttl);
    this.forget(key);
    this.entries.set(key, {
      json: JSON.stringify(data ?? null),
      until: ms > 0 ? performance.now() + ms : Infinity,
      tags: [...new Set(tags)],
      autoInvalidate: options?.autoInvalidate !== false,
    });
    for (const tag of tags) this.tagged.set(tag, (this.tagged.get(tag) ?? new Set()).add(key));
    if (this.entries.size > this.maxEntries) this.makeRoom();
  }

  async clear({ key, tags, options }: CacheClearance): Promise<void> {
    const keys = key !== undefined ? [key] : tags ? this.keysOf(tags) : [...this.entries.keys()];
    for (const each of keys) if (!options?.autoInvalidate || this.entries.get(each)?.autoInvalidate) this.forget(each);
  }

  async clearMatching(pattern: string): Promise<void> {
    const matches = new RegExp(`^${pattern.split("*").map(escaped).join("[\\s\\S]*")}$`);
    for (const key of this.entries.keys()) if (matches.test(key)) this.forget(key);
  }

  private read(key: string): unknown {
    const entry = this.entries.get(key);
    if (!entry) return null;
    if (entry.until <= performance.now()) {
      this.forget(key);
      return null;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    return JSON.parse(entry.json);
  }

  private keysOf(tags: readonly string[]): string[] {
    return [...new Set(tags.flatMap((tag) => [...(this.tagged.get(tag) ?? [])]))];
  }

  private forget(key: string): void {
    for (const tag of this.entries.get(key)?.tags ?? []) {
      const keys = this.tagged.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.tagged.delete(tag);
    }
    this.entries.delete(key);
  }

  /** What has expired goes first, then what was not used for longest; more than one, so that this is rarely needed. */
  private makeRoom(): void {
    const now = performance.now();
    for (const [key, { until }] of this.entries) if (until <= now) this.forget(key);
    const most = Math.floor(this.maxEntries * 0.9);
    for (const key of this.entries.keys()) {
      if (this.entries.size <= most) return;
      this.forget(key);
    }
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
