import assert from 'node:assert/strict';
import { resolveOptions } from '../../src/options/pool-options.ts';
import { Supervisor } from '../../src/supervision/index.ts';
import { oneIn } from '../soak.ts';
import { failure, open } from '../stories/stage.ts';

const test = oneIn(3, import.meta.url);

/** Has these on `Object.prototype`, as a polluted program has, while `act` runs; no longer, because Node itself looks there. */
function polluted<T>(fields: object, act: () => T): T {
  for (const [name, value] of Object.entries(fields)) Object.defineProperty(Object.prototype, name, { value, configurable: true });
  try {
    return act();
  } finally {
    for (const name of Object.keys(fields)) delete (Object.prototype as Record<string, unknown>)[name];
  }
}

test('what is on Object.prototype is no option of a pool', () => {
  const filename = 'file:///task.js';
  const clean = resolveOptions({ filename, quarantine: {}, metrics: {}, recycle: {} });
  const names = [
    'name',
    'threads',
    'key',
    'register',
    'prefix',
    'tasks',
    'heapMb',
    'isolation',
    'retry',
    'timeout',
    'shouldRetry',
    'redundancy',
  ];
  const same = polluted(Object.fromEntries(names.map((name) => [name, 1])), () => {
    const { quarantine, metrics, recycle, retry, ...options } = resolveOptions({ filename, quarantine: {}, metrics: {}, recycle: {} });
    const { key } = quarantine ?? {};
    const { register, prefix } = metrics as { register?: unknown; prefix?: unknown };
    return { options: { ...options }, key, register, prefix, recycle: { ...recycle }, shouldRetry: retry.shouldRetry };
  });
  const { quarantine, metrics, recycle, retry, ...options } = clean;
  assert.deepEqual(same, {
    options: { ...options },
    key: undefined,
    register: undefined,
    prefix: undefined,
    recycle: { ...recycle },
    shouldRetry: undefined,
  });
  assert.equal(polluted({ filename }, () => resolveOptions({})).filename, undefined);
});

test('nor of a call, a map or a supervisor', async (t) => {
  const pool = open(t);
  await pool.ready();
  const fields = {
    name: 'throwError',
    window: 0,
    ordered: 'no',
    signal: AbortSignal.abort(),
    force: 7,
    strategy: 'none',
    intensity: -1,
    shutdown: -1,
  };
  const started = polluted(fields, () => {
    new Supervisor({ restart: {}, children: [{ id: 'one', start: () => ({}) as never }] });
    return [pool.run(1, {}), pool.map([2], {}).next(), pool.mapSettled([3], {}).next()] as const;
  });
  const settled = { index: 0, status: 'fulfilled', value: 3 };
  assert.deepEqual(await Promise.all(started), [1, { value: 2, done: false }, { value: settled, done: false }]);
  await polluted({ force: 7 }, () => pool.close({}));
  assert.equal((await failure(pool.run(1))).code, 'ERR_POOL_CLOSED');
});
