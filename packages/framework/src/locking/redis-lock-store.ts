import type { Logger } from "@velella/kernel";
import { expiringIndex } from "../redis/expiring-index";
import { createRedisClient } from "../redis/redis-client";
import type { RedisConnectionOptions } from "../redis/redis-client";
import { lockErrors } from "./errors";
import type { LockStore } from "./lock-store";

// A lock is a key of Redis whose value is the owner, empty for nobody in particular. The last key of a script is the
// index of what an owner has, for `giveBackAll`.
const scripts = {
  takeLocks: {
    lua: `${expiringIndex}
      local owner, ttl, count = ARGV[1], tonumber(ARGV[2]), #KEYS - 1
      for i = 1, count do
        local held = redis.call('get', KEYS[i])
        if held and (owner == '' or held ~= owner) then return i end
      end
      local owned = KEYS[#KEYS]
      for i = 1, count do
        if ttl > 0 then redis.call('set', KEYS[i], owner, 'px', ttl) else redis.call('set', KEYS[i], owner) end
        enter(owned, KEYS[i], ttl)
      end
      return 0`,
  },
  extendLocks: {
    lua: `${expiringIndex}
      for i = 1, #KEYS - 1 do
        if redis.call('get', KEYS[i]) ~= ARGV[1] then return 0 end
      end
      for i = 1, #KEYS - 1 do
        redis.call('pexpire', KEYS[i], ARGV[2])
        enter(KEYS[#KEYS], KEYS[i], tonumber(ARGV[2]))
      end
      return 1`,
  },
  giveBackLocks: {
    lua: `${expiringIndex}
      local given = 0
      for i = 1, #KEYS - 1 do
        if redis.call('get', KEYS[i]) == ARGV[1] then
          redis.call('del', KEYS[i])
          leave(KEYS[#KEYS], KEYS[i])
          given = given + 1
        end
      end
      return given`,
  },
  giveBackAllLocks: {
    lua: `${expiringIndex}
      for _, key in ipairs(members(KEYS[1])) do
        if redis.call('get', key) == ARGV[1] then redis.call('del', key) end
      end
      return redis.call('del', KEYS[1])`,
  },
};

/** Options of the Redis lock provider. */
export interface RedisLockOptions extends RedisConnectionOptions {
  /** What the keys in Redis begin with; `velella:lock:` by default. */
  namespace?: string;
}

/** Locks among all processes that use one Redis server. Times are that server's. */
export class RedisLockStore implements LockStore {
  private readonly client;
  private readonly prefix: string;
  private lostConnections = 0;

  constructor(options: RedisLockOptions, logger: Logger) {
    this.client = createRedisClient("The Redis lock provider", options, logger, scripts);
    this.client.on("close", () => this.lostConnections++);
    this.prefix = options.namespace ?? "velella:lock:";
  }

  async take(keys: readonly string[], owner: string | null, lengthMs: number): Promise<string | undefined> {
    const busy = (await this.client.takeLocks(keys.length + 1, ...this.names(keys, owner), owner ?? "", lengthMs)) as number;
    return busy === 0 ? undefined : keys[busy - 1];
  }

  async extend(keys: readonly string[], owner: string, lengthMs: number): Promise<boolean> {
    return (await this.client.extendLocks(keys.length + 1, ...this.names(keys, owner), owner, lengthMs)) === 1;
  }

  /** @throws `locking.unknown_outcome` */
  async giveBack(keys: readonly string[], owner: string | null): Promise<boolean> {
    const before = this.lostConnections;
    const wereAll = (await this.client.giveBackLocks(keys.length + 1, ...this.names(keys, owner), owner ?? "")) === keys.length;
    // Over a new connection the client asks again, and what it did the first time is not there the second time.
    if (!wereAll && this.lostConnections > before) throw lockErrors.unknownOutcome(keys);
    return wereAll;
  }

  async giveBackAll(owner: string | null): Promise<void> {
    await this.client.giveBackAllLocks(1, this.ownedName(owner), owner ?? "");
  }

  async close(): Promise<void> {
    this.client.disconnect();
  }

  private names(keys: readonly string[], owner: string | null): string[] {
    return [...keys.map((key) => `${this.prefix}key:${key}`), this.ownedName(owner)];
  }

  private ownedName(owner: string | null): string {
    return `${this.prefix}owner:${owner ?? ""}`;
  }
}
