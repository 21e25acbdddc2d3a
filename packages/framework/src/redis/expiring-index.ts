/**
 * Lua functions for scripts that keep sets of keys which expire: `enter(set, key, ttl)` puts a key in, for `ttl`
 * milliseconds or, with 0, until it is taken out; `leave(set, key)`; `members(set)`. Members are scored by the time
 * when they expire: those that have make room for the next that enters, and the set ends with its last member.
 */
export const expiringIndex = `
  local function settle(set)
    local last = redis.call('zrange', set, -1, -1, 'withscores')[2]
    if last == 'inf' then redis.call('persist', set) elseif last then redis.call('pexpireat', set, last) end
  end
  local function enter(set, key, ttl)
    local time = redis.call('time')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    redis.call('zremrangebyscore', set, '-inf', now)
    redis.call('zadd', set, ttl > 0 and now + ttl or '+inf', key)
    settle(set)
  end
  local function leave(set, key)
    redis.call('zrem', set, key)
    settle(set)
  end
  local function members(set) return redis.call('zrange', set, 0, -1) end`;
