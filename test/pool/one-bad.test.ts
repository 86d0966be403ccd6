import assert from 'node:assert/strict';
import { attemptsOf, Pool } from '../../src/index.ts';
import { oneIn } from '../soak.ts';

const test = oneIn(3, import.meta.url);

const filename = new URL('../fixtures/tasks.js', import.meta.url);

test('a thousand good tasks and one that always kills its thread: the good ones succeed, the bad one fails with its history', async () => {
  const pool = new Pool({ filename, name: 'double', threads: 2, retry: { retries: 3, minTimeout: 1 } });
  const good = Array.from({ length: 1_000 }, (_, n) => pool.run(n));
  const bad = pool.run(3, { name: 'exit' }).then(
    () => assert.fail('it kills its thread'),
    (error: unknown) => error as Error & { code: string },
  );
  assert.deepEqual(
    await Promise.all(good),
    good.map((_, n) => n * 2),
  );
  const error = await bad;
  assert.equal(error.code, 'ERR_WORKER_CRASHED');
  assert.deepEqual(
    attemptsOf(error).map(({ attempt, kind }) => [attempt, kind]),
    [1, 2, 3, 4].map((attempt) => [attempt, 'crash']),
  );
  const { threadStarts, retries } = pool.stats();
  assert.equal(retries, 3, 'nobody but the bad one was charged');
  assert.ok(threadStarts <= 3 + 4, `${threadStarts} threads were started for 3 places and 4 deaths`);
  await pool.close();
});
