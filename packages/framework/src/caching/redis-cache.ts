import type { Logger } from "@velella/kernel";
import { expiringIndex } from "../redis/expiring-index";
import { createRedisClient } from "../redis/redis-client";
import type { RedisConnectionOptions } from "../redis/redis-client";
import { clearingsLog } from "./redis-clearings";
import type { CacheClearance, CacheEntry, CacheSelector, PatternCache } from "./caching-provider";
import { ttlMs } from "./time-to-live";

/** Options of the cache in Redis. */
export interface RedisCacheOptions extends RedisConnectionOptions {
  /** Seconds that entries are kept unless they say otherwise; an hour by default. */
  ttl?: number;
  /** What the keys in Redis begin with; `velella:cache:` by default. */
  prefix?: string;
  /** The older name of `prefix`. */
  namespace?: string;
}

// An entry is a hash: d is the data, t the list of its tags, a whether it follows changes of data. Each tag is an
// index of the keys that have it.
const forget = `${expiringIndex}
  local function forget(key, prefix)
    local tags = redis.call('hget', key, 't')
    if tags then for _, tag in ipairs(cjson.decode(tags)) do leave(prefix .. tag, key) end end
    redis.call('del', key)
  end`;

const scripts = {
  moment: { lua: `${clearingsLog} return moment(KEYS[1])` },
  noteClearing: { lua: `${clearingsLog} note(KEYS[1], ARGV[1], { ARGV[2] }) return 1` },
  keepEntry: {
    lua: `${forget} ${clearingsLog}
      local key, log, ttl, prefix, since = KEYS[1], KEYS[2], tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
      local tags = cjson.decode(ARGV[2])
      if since then
        local names = { '*', key }
        for _, tag in ipairs(tags) do names[#names + 1] = prefix .. tag end
        if concern(log, ARGV[3] == '1', names, since) then return 0 end
      end
      forget(key, prefix)
      redis.call('hset', key, 'd', ARGV[1], 't', ARGV[2], 'a', ARGV[3])
      if ttl > 0 then redis.call('pexpire', key, ttl) end
      for _, tag in ipairs(tags) do enter(prefix .. tag, key, ttl) end
      return 1`,
  },
  forgetEntries: {
    lua: `${forget}
      for _, key in ipairs(KEYS) do
        if ARGV[1] == '0' or redis.call('hget', key, 'a') == '1' then forget(key, ARGV[2]) end
      end
      return 1`,
  },
  forgetTagged: {
    lua: `${forget} ${clearingsLog}
      note(ARGV[3], ARGV[1], KEYS)
      for _, name in ipairs(KEYS) do
        for _, key in ipairs(members(name)) do
          if redis.call('exists', key) == 0 then leave(name, key)
          elseif ARGV[1] == '0' or redis.call('hget', key, 'a') == '1' then forget(key, ARGV[2]) end
        end
      end
      return 1`,
  },
  readTagged: {
    lua: `${expiringIndex}
      local found, seen = {}, {}
      for _, name in ipairs(KEYS) do
        for _, key in ipairs(members(name)) do
          local data = not seen[key] and redis.call('hget', key, 'd')
          if data then found[#found + 1] = data end
          seen[key] = true
        end
      end
      return found`,
  },
};

/** A cache that all processes of an app share. */
export class RedisCache implements PatternCache {
  private readonly client;
  private readonly entryPrefix: string;
  private readonly tagPrefix: string;
  private readonly log: string;
  private readonly ttl: number;

  constructor(options: RedisCacheOptions, logger: Logger) {
    this.client = createRedisClient("The Redis cache", options, logger, scripts);
    const prefix = options.prefix ?? options.namespace ?? "velella:cache:";
    this.entryPrefix = `${prefix}entry:`;
    this.tagPrefix = `${prefix}tag:`;
    this.log = `${prefix}cleared`;
    this.ttl = options.ttl ?? 3600;
  }

  async get({ key, tags }: CacheSelector): Promise<unknown> {
    if (key !== undefined) {
      const json = await this.client.hget(this.entryPrefix + key, "d");
      return json === null ? null : JSON.parse(json);
    }
    if (!tags?.length) return null;
    const found = (await this.client.readTagged(tags.length, ...tags.map((tag) => this.tagPrefix + tag))) as string[];
    return found.length > 0 ? found.map((json) => JSON.parse(json) as unknown) : null;
  }

  async set({ key, data, ttl = this.ttl, tags = [], options, since }: CacheEntry): Promise<void> {
    const follows = options?.autoInvalidate === false ? "0" : "1";
    const list = JSON.stringify([...new Set(tags)]);
    const keys = [this.entryPrefix + key, this.log];
    const moment = since === undefined ? "" : (since as number);
    await this.client.keepEntry(2, ...keys, JSON.stringify(data ?? null), list, follows, ttlMs(ttl), this.tagPrefix, moment);
  }

  async moment(): Promise<unknown> {
    return this.client.moment(1, this.log);
  }

  async clear({ key, tags, options }: CacheClearance): Promise<void> {
    const only = options?.autoInvalidate ? "1" : "0";
    if (key !== undefined) {
      await this.note(this.entryPrefix + key, only);
      await this.forget([this.entryPrefix + key], only);
    } else if (!tags) {
      await this.note("*", only);
      await this.forgetMatching("*", only);
    } else if (tags.length > 0)
      await this.client.forgetTagged(tags.length, ...tags.map((tag) => this.tagPrefix + tag), only, this.tagPrefix, this.log);
  }

  async clearMatching(pattern: string): Promise<void> {
    await this.forgetMatching(pattern.replace(/[?[\]\\^]/g, "\\$&"), "0");
  }

  async dispose(): Promise<void> {
    this.client.disconnect();
  }

  private async note(name: string, only: string): Promise<void> {
    await this.client.noteClearing(1, this.log, only, name);
  }

  private async forgetMatching(pattern: string, only: string): Promise<void> {
    const match = this.entryPrefix.replace(/[*?[\]\\^]/g, "\\$&") + pattern;
    for await (const keys of this.client.scanStream({ match, count: 500 })) await this.forget(keys as string[], only);
  }

  private async forget(keys: string[], only: string): Promise<void> {
    if (keys.length > 0) await this.client.forgetEntries(keys.length, ...keys, only, this.tagPrefix);
  }
}
