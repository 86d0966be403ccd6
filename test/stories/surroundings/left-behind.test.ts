import assert from 'node:assert/strict';
import { attemptsOf, type PoolOptions } from '../../../src/index.ts';
import { first, further, oneIn } from '../../soak.ts';
import { failure, open } from '../stage.ts';

const test = oneIn(4, import.meta.url);

const FILE: URL = new URL('../../fixtures/misdeeds/left-behind.js', import.meta.url);
const options: Partial<PoolOptions> = { filename: FILE, threads: 1, spares: 0, retry: false };

for (const isolation of first(1, ['none', 'process'] as const)) {
  const place: Partial<PoolOptions> = isolation === 'process' ? { isolation } : {};

  test(`a task that waits is not charged with the endless loop that another has left on its thread (isolation: ${isolation})`, async (t) => {
    const pool = open(t, { ...options, ...place, timeout: 1_500 });
    await pool.run(100 as never, { name: 'leaveLoop' as never });
    assert.equal(await pool.run(300 as never, { name: 'waitFor' as never }), 300);
    const { retries, timeouts } = pool.stats() as never as { retries: number; timeouts?: number };
    assert.equal(retries, 0);
    assert.equal(timeouts ?? 0, 0);
  });

  test(`a task that needs memory is not charged with what others have kept (isolation: ${isolation})`, async (t) => {
    const pool = open(t, { ...options, ...place, resourceLimits: { maxOldGenerationSizeMb: 80 } });
    await pool.run(56 as never, { name: 'keepMemory' as never });
    assert.equal(await pool.run(30 as never, { name: 'fill' as never }), 30);
    assert.equal((pool.stats() as never as { retries: number }).retries, 0);
  });
}

further('what may be started only once is told that a neighbour may be to blame', async (t) => {
  const pool = open(t, { ...options, timeout: 600, resourceLimits: { maxOldGenerationSizeMb: 80 } });
  await pool.run(50 as never, { name: 'leaveLoop' as never });
  const late = await failure(pool.run(200 as never, { name: 'waitFor' as never, idempotent: false }));
  assert.equal(late.code, 'ERR_TASK_TIMEOUT');
  assert.match(late.message, /an earlier task left behind/);
  await pool.run(56 as never, { name: 'keepMemory' as never, timeout: 60_000 });
  const full = await failure(pool.run(30 as never, { name: 'fill' as never, idempotent: false, timeout: 60_000 }));
  assert.equal(full.code, 'ERR_WORKER_OUT_OF_MEMORY');
  assert.match(full.message, /an earlier task left behind/);
});

test('a task that does it itself is run once more, alone on a fresh thread, and charged with what it does there', async (t) => {
  const pool = open(t, { ...options, timeout: 400, resourceLimits: { maxOldGenerationSizeMb: 80 } });
  const ends: string[] = [];
  pool.on('workerExit', ({ reason }) => ends.push(reason));
  await pool.run(1 as never);
  const loops = await failure(pool.run(undefined as never, { name: 'loopLater' as never }));
  assert.equal(loops.code, 'ERR_TASK_TIMEOUT');
  assert.equal(attemptsOf(loops).length, 1);
  await pool.run(1 as never);
  const full = await failure(pool.run(1_000 as never, { name: 'fill' as never, timeout: 60_000 }));
  assert.equal(full.code, 'ERR_WORKER_OUT_OF_MEMORY');
  assert.equal(attemptsOf(full).length, 1);
  assert.deepEqual(ends, ['timeout', 'timeout', 'oom', 'oom']);
});

test('a task that waits for what never comes is charged with its time-out, once', async (t) => {
  const pool = open(t, { ...options, timeout: 300 });
  await pool.run(1 as never);
  const error = await failure(pool.run(undefined as never, { name: 'never' as never }));
  assert.equal(error.code, 'ERR_TASK_TIMEOUT');
  assert.equal(attemptsOf(error).length, 1);
});
