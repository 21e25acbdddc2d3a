/** How entries relate to changes of data. */
export interface CacheEntryOptions {
  /** False for an entry that changes of data leave alone, and that only an explicit `clear` or its time ends. */
  autoInvalidate?: boolean;
}

/** Which entries are meant: the one with the key, or those with any of the tags. */
export interface CacheSelector {
  /** Asked for before `tags`, which do not count beside it. */
  key?: string;
  tags?: string[];
}

/** An entry to keep. Data is kept as JSON: dates come back as text. */
export interface CacheEntry {
  /** Unique within the provider; what it held before is replaced. */
  key: string;
  data: unknown;
  /** Seconds; the provider's own default unless told. */
  ttl?: number;
  /** Names by which the entry is found and forgotten along with others. */
  tags?: string[];
  options?: CacheEntryOptions;
  /** What `moment` gave before the data was loaded: the entry is not kept where a clearing since then would have ended it. */
  since?: unknown;
}

/** Which entries to forget; all of them without key and tags. `autoInvalidate: true` spares those that are not to follow changes. */
export type CacheClearance = CacheSelector & { options?: CacheEntryOptions };

/** What keeps cached data: the interface of cache providers, the framework's and an app's own. */
export interface CachingProvider {
  /** The data of the key, or a list of what has any of the tags; null when there is none. */
  get(selector: CacheSelector): Promise<unknown>;
  /** Keeps an entry until its time is over or it is forgotten. It replaces one of the same key, tags included. */
  set(entry: CacheEntry): Promise<void>;
  /** Forgets entries; those that are not there are no error. */
  clear(clearance: CacheClearance): Promise<void>;
  /**
   * A point in the order of clearings, for `since` of an entry. A provider that several processes share needs it, so that
   * what one of them loaded before another cleared is not kept; of one without it, the clearings of this process count.
   */
  moment?(): Promise<unknown>;
  /** Closes what the provider opened. */
  dispose?(): Promise<void>;
}

/** A cache that can also forget keys by a pattern, in which `*` stands for anything. */
export interface PatternCache extends CachingProvider {
  /** Forgets entries by the whole of their keys; other characters than `*` stand for themselves. */
  clearMatching(pattern: string): Promise<void>;
}
