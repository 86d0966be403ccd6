// What has to be done in one step, or only by the manager that has the job. Each gets the keys that it names, so that a cluster can tell where they are.

/** Whether the manager that asks still has the job. KEYS[1]: its lock; ARGV[1]: the token. */
const IF_HELD = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end\n`;

const TIME = `local time = redis.call('TIME')\nlocal now = time[1] * 1000 + math.floor(time[2] / 1000)\n`;

/** KEYS: run, notes, open. ARGV: id, expiry, then fields and values. 1: put; 0: a job with this id is under way. */
export const PUT = `
if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('HEXISTS', KEYS[1], 'outcome') == 0 then return 0 end
${TIME}
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'began', now, unpack(ARGV, 3))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[2])
return 1`;

/** KEYS: lock, run. ARGV: token, manager. All fields of the run, with the new epoch. */
export const BEGIN = `${IF_HELD}
if redis.call('EXISTS', KEYS[2]) == 0 then return {} end
redis.call('HINCRBY', KEYS[2], 'epoch', 1)
redis.call('HSET', KEYS[2], 'manager', ARGV[2])
return redis.call('HGETALL', KEYS[2])`;

/** KEYS: lock, run. ARGV: token, expiry, fields and values. What the manager is asked to do, or ''. */
export const TELL = `${IF_HELD}
if redis.call('EXISTS', KEYS[2]) == 0 then return 'gone' end
redis.call('HSET', KEYS[2], unpack(ARGV, 3))
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return redis.call('HGET', KEYS[2], 'order') or ''`;

/** KEYS: lock, notes. ARGV: token, kind, who, text, expiry. */
export const NOTE = `${IF_HELD}
redis.call('XADD', KEYS[2], 'MAXLEN', '~', 1000, '*', 'kind', ARGV[2], 'who', ARGV[3], 'text', ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 1`;

/** KEYS: lock, run, open. ARGV: token, id, outcome. */
export const END = `${IF_HELD}
if redis.call('EXISTS', KEYS[2]) == 0 then return 1 end
${TIME}
redis.call('HSET', KEYS[2], 'outcome', ARGV[3], 'ended', now)
redis.call('HDEL', KEYS[2], 'request')
redis.call('SREM', KEYS[3], ARGV[2])
return 1`;

/** KEYS: run, lock, open. ARGV: id, nonce, outcome. 1: ended; 0: a manager has it, or it is another job. */
export const CALL_OFF = `
if redis.call('EXISTS', KEYS[2]) == 1 or redis.call('HGET', KEYS[1], 'nonce') ~= ARGV[2] then return 0 end
${TIME}
redis.call('HSET', KEYS[1], 'outcome', ARGV[3], 'ended', now)
redis.call('HDEL', KEYS[1], 'request')
redis.call('SREM', KEYS[3], ARGV[1])
return 1`;
