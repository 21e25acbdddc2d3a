import { knownForMs } from "./clearings";

/**
 * Lua functions for scripts that remember what was cleared of late, in one sorted set, the log. `moment(log)` is asked for
 * before data is loaded; `note(log, only, names)` is told before something is cleared, with '1' for what follows changes
 * alone; `concern(log, follows, names, since)` says whether one of the names was cleared since a moment, or may have been.
 *
 * Scores are microseconds that never go back. The log is there only while somebody may load; one that was lost makes all
 * earlier moments void: they are before it began.
 */
export const clearingsLog = `
  local known = ${knownForMs * 1000}
  local function micros()
    local time = redis.call('time')
    return time[1] * 1000000 + time[2]
  end
  local function score(log, name)
    return tonumber(redis.call('zscore', log, name))
  end
  local function failed(reply)
    return type(reply) == 'table' and reply.err
  end
  local function tick(log)
    local now, last = micros(), score(log, 'clock')
    local at = last and math.max(now, last + 1) or now
    return at, redis.pcall('zadd', log, at, 'clock')
  end
  local function moment(log)
    local isNew = redis.call('exists', log) == 0
    local at, written = tick(log)
    if failed(written) then return written end
    if isNew then redis.call('zadd', log, at, 'begin') end
    redis.call('pexpire', log, known / 1000)
    return at
  end
  local function note(log, only, names)
    if redis.call('exists', log) == 0 then return end
    local at, written = tick(log)
    for _, name in ipairs(names) do
      if failed(written) then break end
      written = redis.pcall('zadd', log, at, only .. name)
    end
    -- Where memory is short what is to be cleared still is, and nothing that is being loaded is kept.
    if failed(written) then redis.call('del', log) end
    redis.call('zremrangebyscore', log, '-inf', micros() - known)
  end
  local function concern(log, follows, names, since)
    local begin = score(log, 'begin')
    if redis.call('exists', log) == 0 or begin and since < begin or since < micros() - known then return true end
    for _, name in ipairs(names) do
      local every, following = score(log, '0' .. name), follows and score(log, '1' .. name)
      if every and every > since or following and following > since then return true end
    end
    return false
  end`;
