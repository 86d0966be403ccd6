import assert from 'node:assert/strict';
import { attemptsOf, type PoolEvents } from '../../src/index.ts';
import { first, further, oneIn } from '../soak.ts';
import { failure, once, open, whole } from './stage.ts';

const test = oneIn(3, import.meta.url);

test('a task that exits through code nobody started fails by itself: the pool and its neighbours stay', async (t) => {
  const pool = open(t, { threads: 2, retry: 1 });
  await pool.ready();
  const bad = (['exitFromOutside', 'exitFromOutsideLater'] as const).map((name) => failure(pool.run(undefined as never, { name })));
  const good = Array.from({ length: 50 }, (_, n) => pool.run(n));
  for (const error of await Promise.all(bad)) {
    assert.equal(error.code, 'ERR_WORKER_CRASHED');
    assert.deepEqual(
      attemptsOf(error).map(({ kind }) => kind),
      ['crash', 'crash'],
    );
  }
  assert.deepEqual(
    await Promise.all(good),
    good.map((_, n) => n),
  );
  await whole(pool, 2, 1);
  assert.equal(pool.health(), 'ok');
});

test('leftovers that loop forever cost the next task time, and nothing else', async (t) => {
  const pool = open(t, { terminateTimeout: 100, retry: false });
  assert.equal(await pool.run('settled', { name: 'spinAfterwards' }), 'settled');
  assert.equal(await pool.run('next'), 'next');
  await whole(pool, 1, 1);
});

further('a task that dies while it is being stopped costs no restart intensity', async (t) => {
  const pool = open(t, { timeout: 20, abortGrace: 5_000, retry: 1, restart: { intensity: 1 } });
  for (let i = 0; i < 3; i++) {
    const error = await failure(pool.run(undefined as never, { name: 'dieWhenAborted' }));
    assert.equal(error.code, 'ERR_TASK_TIMEOUT');
  }
  assert.equal(await pool.run('still there'), 'still there');
});

for (const name of first(1, ['throwAfterwards', 'rejectAfterwards', 'exitAfterwards'] as const)) {
  test(`late errors are charged to the task that left them behind, not to the one that runs: ${name}`, async (t) => {
    const pool = open(t, { retry: false });
    await pool.ready();
    const late: Promise<PoolEvents['lateError']> = once(pool, 'lateError');
    const first = pool.run('A', { name });
    const second = pool.run(30, { name: 'waitFor' });
    assert.equal(await first, 'A');
    const { taskId } = await late;
    assert.equal(await second, 30, 'B runs to its end, or again');
    assert.equal(taskId, 1);
    await whole(pool, 1, 1);
    assert.equal(pool.stats().retries, 0, 'nobody was charged with it');
  });
}
