import type { Logger, SharedContext, SqlTransaction } from "@velella/kernel";
import type { LoadedProvider } from "../modules/providers";
import type { CacheEntry, CacheEntryOptions, CacheSelector, CachingProvider } from "./caching-provider";
import { Clearings } from "./clearings";
import type { ClearingsMoment } from "./clearings";
import { computeKey } from "./compute-key";
import { computeTags, tagsOfChange } from "./compute-tags";
import type { TagOptions } from "./compute-tags";
import { EntityNames } from "./entity-names";
import { cacheErrors } from "./errors";
import { ttlMs } from "./time-to-live";

/** A point in time, for `since` of what is loaded after it: see {@link CachingService.moment}. */
export interface CacheMoment {
  /** By provider; undefined for one that is out of order. */
  readonly moments: ReadonlyMap<string, unknown>;
}

/** What `set` keeps. */
export interface CachingSetInput extends CacheEntry {
  /** What `moment` gave before the data was loaded: the entry is not kept where a clearing since then would have ended it. */
  since?: CacheMoment;
  /** Adds the tags of the records that are found in the data; see {@link CachingService.computeTags}. */
  computeAutomaticTags?: boolean;
  /** Ids of providers that keep it, with a time of their own if need be; the default one otherwise. */
  providers?: (string | { id: string; ttl?: number })[];
}

/**
 * Cached data, with tags by which it is forgotten when something changes. Resolved as `caching` where the config
 * lists the caching module. A cache that is out of order is an empty one: reads find nothing, and a warning is logged.
 *
 * @example
 * const key = await caching.computeKey({ list: "brands", page: 2 });
 * let brands = await caching.get({ key });
 * if (!brands) {
 *   const since = await caching.moment();
 *   await caching.set({ key, data: (brands = await load()), since, tags: ["Brand:list:*"], ttl: 60 });
 * }
 */
export class CachingService {
  private readonly providers: ReadonlyMap<string, CachingProvider>;
  /** Of the providers that do not know by themselves. */
  private readonly clearings: ReadonlyMap<string, Clearings>;
  private readonly fallback: string;
  private readonly logger: Logger;
  private names = new EntityNames();

  constructor({ cachingProviders, logger }: { cachingProviders: readonly LoadedProvider<CachingProvider>[]; logger: Logger }) {
    this.providers = new Map(cachingProviders.map(({ id, service }) => [id, service]));
    this.clearings = new Map(cachingProviders.filter(({ service }) => !service.moment).map(({ id }) => [id, new Clearings()]));
    this.fallback = (cachingProviders.find(({ isDefault }) => isDefault) ?? cachingProviders[0]!).id;
    this.logger = logger;
  }

  /**
   * The data of a key, or the list of what has any of the tags; null when there is none. Several providers are asked
   * in their order, until one has it.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- what comes back is what the caller kept
  async get<T = any>({ providers = [this.fallback], ...selector }: CacheSelector & { providers?: string[] }): Promise<T | null> {
    if (selector.key === undefined && !selector.tags?.length) throw cacheErrors.noKey("get");
    for (const id of providers) {
      const provider = this.provider(id);
      try {
        const found = await provider.get(selector);
        if (found !== null && found !== undefined) return found as T;
      } catch (error) {
        this.outOfOrder(id, "read", error);
      }
    }
    return null;
  }

  /**
   * A point in time, for `since` of data that is loaded after it: what is cleared while the data is loaded would find
   * nothing to clear, and the data that the change made old would be kept.
   *
   * @param options `providers` as they will be given to `set`. Default: the default one.
   */
  async moment({ providers = [this.fallback] }: { providers?: string[] } = {}): Promise<CacheMoment> {
    const moments = new Map<string, unknown>();
    for (const id of providers) {
      const provider = this.provider(id);
      try {
        moments.set(id, this.clearings.get(id)?.moment() ?? (await provider.moment?.()));
      } catch (error) {
        moments.set(id, undefined);
        this.outOfOrder(id, "read", error);
      }
    }
    return { moments };
  }

  /**
   * Keeps data under a key. An entry follows changes of the records that its tags name, unless `options.autoInvalidate` is
   * false. With `since` it is not kept where it was cleared while it was loaded, or took more than five minutes to load.
   */
  async set({ computeAutomaticTags, providers = [this.fallback], since, ...entry }: CachingSetInput): Promise<void> {
    if (typeof entry.key !== "string" || entry.key === "") throw cacheErrors.noKey("set");
    const found = computeAutomaticTags && typeof entry.data === "object" && entry.data !== null ? computeTags(this.names, entry.data) : [];
    const tags = [...new Set([...(entry.tags ?? []), ...found])];
    const chosen = providers.map((choice) => (typeof choice === "string" ? { id: choice } : choice));
    const targets = chosen.map(({ id, ttl }) => ({ id, ttl: ttl ?? entry.ttl, provider: this.provider(id) }));
    for (const { id, ttl } of targets) {
      if (ttl !== undefined) ttlMs(ttl);
      if (since && !since.moments.has(id)) throw cacheErrors.otherMoment(id, [...since.moments.keys()]);
    }
    for (const { id, ttl, provider } of targets) {
      const kept = { ...entry, tags, ...(ttl === undefined ? {} : { ttl }) };
      try {
        await (since ? this.keepSince(id, kept, since.moments.get(id)) : provider.set(kept));
      } catch (error) {
        this.outOfOrder(id, "written", error);
      }
    }
  }

  /**
   * Forgets the entry of a key, or all that have any of the tags. With the context of an open transaction it happens
   * once that has committed, and not at all when it is rolled back: until then, readers are right to see the old data.
   *
   * @param input `options.autoInvalidate: true` spares entries that are not to follow changes of data.
   */
  async clear(
    { providers = [this.fallback], ...clearance }: CacheSelector & { options?: CacheEntryOptions; providers?: string[] },
    sharedContext: SharedContext = {},
  ): Promise<void> {
    const chosen = providers.map((id) => this.provider(id));
    const clearAll = async () => {
      for (const id of providers) this.clearings.get(id)?.note(clearance);
      await Promise.all(chosen.map((provider) => provider.clear(clearance)));
    };
    const transaction = openTransaction(sharedContext);
    if (!transaction) return clearAll();
    transaction.afterCommit(async () => {
      try {
        await clearAll();
      } catch (error) {
        this.logger.error(`Cached data could not be cleared after a change: ${JSON.stringify(clearance)} may be out of date`, error);
      }
    });
  }

  /**
   * Forgets what follows changes of records, and of lists of their entity; with the context of an open transaction once
   * that has committed.
   *
   * @param entity Such as "product" or "product-variant".
   */
  async changed(entity: string, ids: readonly string[], sharedContext?: SharedContext): Promise<void> {
    const tags = tagsOfChange(this.names, entity, ids);
    await this.clear({ tags, options: { autoInvalidate: true }, providers: [...this.providers.keys()] }, sharedContext);
  }

  /** Tells which models there are, so that the names of entities in data and events are understood exactly. */
  useModels(models: Iterable<string>): void {
    this.names = new EntityNames(models);
  }

  /**
   * A key from what identifies some data, whatever the order of its properties. Those that are undefined count as left out.
   *
   * @throws `caching.bad_key_part` where a part, such as a function, cannot be told from others of its kind.
   */
  async computeKey(input: object): Promise<string> {
    return computeKey(input);
  }

  /** The tags of data: `Product:prod_1` for each record in it, and `Product:list:*` for each list. */
  async computeTags(input: object, options?: TagOptions): Promise<string[]> {
    return computeTags(this.names, input, options);
  }

  /** Closes what the providers opened. */
  async dispose(): Promise<void> {
    await Promise.all([...this.providers.values()].map(async (provider) => provider.dispose?.()));
  }

  private async keepSince(id: string, entry: CacheEntry, since: unknown): Promise<void> {
    if (since === undefined) return;
    const provider = this.provider(id);
    const clearings = this.clearings.get(id);
    if (!clearings) return provider.set({ ...entry, since });
    const isOutOfDate = () => clearings.concern(entry, since as ClearingsMoment);
    if (isOutOfDate()) return;
    await provider.set(entry);
    // The provider may have cleared before it wrote.
    if (isOutOfDate()) await provider.clear({ key: entry.key });
  }

  private provider(id: string): CachingProvider {
    const found = this.providers.get(id);
    if (!found) throw cacheErrors.unknownProvider(id, [...this.providers.keys()]);
    return found;
  }

  private outOfOrder(id: string, what: string, error: unknown): void {
    this.logger.warn(`The cache "${id}" could not be ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function openTransaction({ transactionManager }: SharedContext): SqlTransaction | undefined {
  const executor = transactionManager?.executor as Partial<SqlTransaction> | undefined;
  return typeof executor?.afterCommit === "function" && executor.state === "open" ? (executor as SqlTransaction) : undefined;
}
