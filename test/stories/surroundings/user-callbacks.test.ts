import assert from 'node:assert/strict';
import { EVENT_NAMES } from '../../../src/core/events.ts';
import { first, oneIn } from '../../soak.ts';
import { failure, open, whole } from '../stage.ts';

const test = oneIn(4, import.meta.url);

test('an onProgress that throws or rejects harms neither its task nor the process', async (t) => {
  const pool = open(t);
  const seen: unknown[] = [];
  const onProgress = (value: unknown): void => {
    seen.push(value);
    throw new Error('the listener is at fault');
  };
  assert.equal(await pool.run(3, { name: 'reportProgress', onProgress }), 3);
  assert.deepEqual(seen, [1, 2, 3]);
  const rejecting = async (): Promise<void> => Promise.reject(new Error('the listener is at fault'));
  assert.equal(await pool.run(3, { name: 'reportProgress', onProgress: rejecting as never }), 3);
});

test('listeners that throw or reject, to every event, harm nothing', async (t) => {
  const pool = open(t, { retry: 1 });
  for (const name of EVENT_NAMES) {
    pool.on(name, () => {
      throw new Error(`listener of ${name}`);
    });
    pool.on(name, (async () => Promise.reject(new Error(`listener of ${name}`))) as never);
  }
  await failure(pool.run(undefined as never, { name: 'exitNow' }));
  await failure(pool.run(undefined as never, { name: 'spin', timeout: 20 }));
  assert.equal(await pool.run('late', { name: 'throwAfterwards' }), 'late');
  assert.equal(await pool.run('fine'), 'fine');
  await whole(pool, 1, 1);
});

test('a listener that closes the pool, from inside whatever event, is obeyed and everything settles', async (t) => {
  const events = ['workerExit', 'workerStart', 'retry', 'ready', 'crash', 'timeout', 'degraded', 'lateError', 'drain'] as const;
  for (const name of first(3, events)) {
    const pool = open(t, { threads: 2, retry: 1 });
    pool.on(name, () => void pool.close({ force: true }));
    await pool.ready().catch(() => {});
    const runs = [
      pool.run(undefined as never, { name: 'exitNow' }),
      pool.run(undefined as never, { name: 'spin', timeout: 20 }),
      pool.run('late', { name: 'throwAfterwards' }),
      ...Array.from({ length: 20 }, (_, n) => pool.run(n)),
    ];
    await Promise.allSettled(runs);
    await pool.close();
    assert.equal(pool.health(), 'closed', name);
    assert.equal(pool.stats().open, 0, name);
  }
});

test('a quarantine key function that throws is the rejection of its task, in run and in map', async (t) => {
  const key = (task: unknown): string => {
    if (task === 3) throw new RangeError('no key for 3');
    return 'key';
  };
  const pool = open(t, { quarantine: { key } });
  assert.equal((await failure(pool.run(3))).message, 'no key for 3');
  const sources = { sync: [1, 2, 3, 4], async: from([1, 2, 3, 4]) };
  for (const [kind, source] of Object.entries(sources)) {
    const statuses: string[] = [];
    for await (const { status } of pool.mapSettled(source)) statuses.push(status);
    assert.deepEqual(statuses, ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'], kind);
  }
});

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
