import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Piscina } from '../../../src/adapters/piscina/index.ts';
import { AbortError, attemptsOf, PoolClosedError, QueueFullError, TimeoutError, WorkerCrashError } from '../../../src/index.ts';
import { further, oneIn } from '../../soak.ts';
import { filename } from './programs.ts';

const it = oneIn(3, import.meta.url);

const one = { filename, minThreads: 1, maxThreads: 1 };

/** A pool that is gone at the end of the test, whatever comes. */
async function using<R>(options: ConstructorParameters<typeof Piscina>[0], use: (pool: Piscina) => Promise<R>): Promise<R> {
  const pool = new Piscina(options);
  try {
    return await use(pool);
  } finally {
    await pool.destroy();
  }
}

describe('what holdfast/piscina does better than Piscina', () => {
  it('has a class and a code for each of its errors', async () => {
    const pool = new Piscina({ ...one, maxQueue: 0 });
    const spin = pool.run(null, { name: 'spin' });
    await assert.rejects(pool.run({ n: 1 }), (error) => error instanceof QueueFullError && error.code === 'ERR_QUEUE_FULL');
    await assert.rejects(
      pool.run({ n: 1 }, { signal: AbortSignal.abort('why') }),
      (error) => error instanceof AbortError && error.cause === 'why',
    );
    const rejected = assert.rejects(spin, (error) => error instanceof PoolClosedError && error.code === 'ERR_POOL_CLOSED');
    await pool.destroy();
    await rejected;
  });

  it('tells what a dead task was about: attempts, exit code, thread', () =>
    using(one, async (pool) => {
      await assert.rejects(pool.run(null, { name: 'exit' }), (error) => {
        assert.ok(error instanceof WorkerCrashError);
        assert.equal(error.exitCode, 7);
        assert.equal(attemptsOf(error).length, 1);
        return true;
      });
      await assert.rejects(pool.run(null, { name: 'throwLater' }), (error) => attemptsOf(error).length === 1);
    }));

  further('harms only the tasks of a module that does not load', () =>
    using(one, async (pool) => {
      const broken = fileURLToPath(new URL('../../fixtures/raw/throws.mjs', import.meta.url));
      await assert.rejects(pool.run(null, { filename: broken }));
      await assert.rejects(pool.run(null, { filename: '/nowhere/at/all.js' }), { code: 'ERR_MODULE_NOT_FOUND' });
      assert.equal(await pool.run({ n: 21 }), 42);
    }),
  );
});

describe('what Piscina does not have, once it is asked for', () => {
  it('retries, time limits, priorities', () =>
    using({ ...one, holdfast: { retry: { retries: 2, minTimeout: 1 }, idempotent: true, timeout: 5_000 } }, async (pool) => {
      await assert.rejects(pool.run(null, { name: 'exit' }), (error) => attemptsOf(error).length === 3);
      await assert.rejects(pool.run(null, { name: 'never', holdfast: { timeout: 50, retry: false } }), TimeoutError);
    }));

  it('is off otherwise: a task runs once, for as long as it likes', () =>
    using(one, async (pool) => {
      await assert.rejects(
        pool.run(null, { name: 'countAndDie' }),
        (error) => (error as WorkerCrashError).exitCode === 1 && attemptsOf(error).length === 1,
      );
    }));

  it('progress', () =>
    using(one, async (pool) => {
      const seen: unknown[] = [];
      const tasks = fileURLToPath(new URL('../../fixtures/job-tasks.js', import.meta.url));
      await pool.run(3, { filename: tasks, name: 'steps', holdfast: { onProgress: (value) => seen.push(value) } });
      assert.deepEqual(seen, [{ step: 1 }, { step: 2 }, { step: 3 }]);
    }));
});
