import type { Container } from "@velella/kernel";
import { CachingService } from "../caching/caching-service";
import { answerTags } from "./answer-tags";
import { datePlaces, withDates } from "./kept-dates";
import type { DatePlaces } from "./kept-dates";
import type { PlanNode } from "./plan";
import type { GraphConfig, GraphOptions, GraphResult } from "./query";

/** A setting of the cache: a value, or a function that computes it. */
export type CacheSetting<Value> = Value | ComputedSetting<Value>;

/** The service, in whichever copy of this package. */
type Caching = Pick<CachingService, keyof CachingService>;

type ComputedSetting<Value> = (args: readonly [GraphConfig, GraphOptions], caching: Caching) => Value | Promise<Value>;

/** How `query.graph` keeps its answer in the caching module. */
export interface QueryCacheOptions {
  /** Default: false. */
  enable?: CacheSetting<boolean>;
  /** Default: made of the query and its options. */
  key?: CacheSetting<string>;
  /** By which the answer is forgotten. Default: those of the records in it, and of what it filters or orders by, so that it follows their changes. */
  tags?: CacheSetting<string[]>;
  /** Seconds. Default: that of the caching provider. */
  ttl?: CacheSetting<number>;
  /** Whether the answer follows changes of the records that its tags name. Default: true. */
  autoInvalidate?: CacheSetting<boolean>;
  /** Ids of caching providers. Default: the default one. */
  providers?: CacheSetting<string[]>;
}

/** An answer as it is kept: as JSON, which knows no dates. */
interface KeptResult extends GraphResult {
  dates?: DatePlaces;
}

function resultOf({ dates, ...result }: KeptResult): GraphResult {
  return dates ? { ...result, data: withDates(result.data, dates) as GraphResult["data"] } : result;
}

/** The caching module of an app, where its config lists it. */
export function cachingOf(container: Container): CachingService | undefined {
  const caching: unknown = container.resolve("caching", { allowUnregistered: true });
  return caching instanceof CachingService ? caching : undefined;
}

/** The answer of a query out of the cache, or loaded and kept there. */
export async function throughCache(
  caching: CachingService,
  root: PlanNode,
  args: readonly [GraphConfig, GraphOptions],
  load: () => Promise<GraphResult>,
): Promise<GraphResult> {
  const [config, { cache = {}, ...options }] = args;
  const setting = async <Value>(value: CacheSetting<Value> | undefined): Promise<Value | undefined> =>
    typeof value === "function" ? (value as ComputedSetting<Value>)(args, caching) : value;
  if (!(await setting(cache.enable))) return load();

  const key = (await setting(cache.key)) ?? (await caching.computeKey({ query: config, options }));
  const providers = await setting(cache.providers);
  const found = await caching.get<KeptResult>({ key, providers });
  if (found) return resultOf(found);
  const since = await caching.moment({ providers });
  const result = await load();
  const tags = (await setting(cache.tags)) ?? (await tagsOf(caching, root, result, config));
  const autoInvalidate = (await setting(cache.autoInvalidate)) ?? true;
  const data: KeptResult = { ...result, dates: datePlaces(result.data) };
  await caching.set({ key, data, since, tags, ttl: await setting(cache.ttl), providers, options: { autoInvalidate } });
  return result;
}

async function tagsOf(caching: CachingService, root: PlanNode, { data }: GraphResult, config: GraphConfig): Promise<string[]> {
  // As a change would: any change of the entity may add a row to the answer, or take one from it.
  const own = await caching.computeTags(data, { entity: root.entity.name, operation: "read" });
  return [...own, ...(await answerTags(caching, root, data, config))];
}
