import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Piscina } from '../../../src/adapters/piscina/index.ts';
import { AbortError, attemptsOf, PoolClosedError, QueueFullError, TimeoutError, WorkerCrashError } from '../../../src/index.ts';
import { turn } from '../../next-event.ts';
import { further, oneIn } from '../../soak.ts';
import { filename, outcome } from './programs.ts';

const it = oneIn(2);

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
  it('begins tasks in the order in which they came', () =>
    using(one, async (pool) => {
      const order: number[] = [];
      const add = (n: number): Promise<unknown> => pool.run({ n }, { name: 'later' }).then((value: number) => order.push(value));
      await Promise.all([1, 2, 3, 4, 5].map(add));
      assert.deepEqual(order, [1, 2, 3, 4, 5]);
    }));

  it('rejects with null what throws null', () =>
    using(one, async (pool) => {
      await assert.rejects(
        pool.run(null, { filename: fileURLToPath(new URL('../../fixtures/piscina/piscina-edges.js', import.meta.url)) }),
        (error) => error === null,
      );
    }));

  it('says of a result that cannot be cloned what is wrong, and keeps the thread', () =>
    using(one, async (pool) => {
      const edges = fileURLToPath(new URL('../../fixtures/piscina/piscina-edges.js', import.meta.url));
      const [{ threadId } = { threadId: 0 }] = await pool.run({ n: 1 }).then(() => pool.threads);
      await assert.rejects(pool.run(null, { filename: edges, name: 'uncloneable' }), { code: 'ERR_TASK_NOT_CLONEABLE' });
      assert.equal(pool.threads[0]!.threadId, threadId);
    }));

  it("keeps an error's class, code and fields", () =>
    using({ ...one, filename: fileURLToPath(new URL('../../fixtures/piscina/piscina-edges.js', import.meta.url)) }, async (pool) => {
      await assert.rejects(pool.run(null, { name: 'coded' }), (error: Error & { code: string; field: number }) => {
        assert.ok(error instanceof RangeError);
        assert.deepEqual([error.code, error.field], ['E_CODED', 4]);
        return true;
      });
    }));

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

  it('takes no task after its end, and leaves no thread behind', async () => {
    const pool = new Piscina(one);
    await pool.destroy();
    await assert.rejects(pool.run({ n: 1 }), { code: 'ERR_POOL_CLOSED', message: 'Terminating worker thread' });
    assert.deepEqual(pool.threads, []);
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

  it('does not end the program for an error that a task has left behind and nobody listens to', () =>
    using({ ...one, filename: fileURLToPath(new URL('../../fixtures/piscina/piscina-edges.js', import.meta.url)) }, async (pool) => {
      const heard: unknown[] = [];
      pool.once('error', (error) => heard.push(error));
      await pool.run(null, { name: 'leaveError' });
      // An idle pool does not keep the program alive, so a timer has to.
      while (heard.length === 0) await turn();
      assert.match(String(heard[0]), /left behind/);
      await pool.run(null, { name: 'leaveError' });
      assert.equal(await outcome(pool.run(null, { name: 'fine' })).then((one) => (one as { value: string }).value), 'fine');
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
