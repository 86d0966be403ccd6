import assert from 'node:assert/strict';
import { attemptsOf, WorkerCrashError } from '../../../src/index.ts';
import { filename } from './programs.ts';
import { edges, type Row, using } from './rows.ts';

const one = { filename, minThreads: 1, maxThreads: 1 };

/** By the first cell of each row of the table of errors. */
export const ERROR_ROWS: Readonly<Record<string, Row>> = {
  'the task throws': {
    same: ['an error of the task'],
    here: () =>
      using({ ...one, filename: edges }, (pool) =>
        assert.rejects(pool.run(null, { name: 'coded' }), (error: Error & { code: string; field: number }) => {
          assert.ok(error instanceof RangeError);
          assert.deepEqual([error.message, error.code, error.field], ['coded', 'E_CODED', 4]);
          return true;
        }),
      ),
  },
  'it throws `null`': {
    here: () => using({ ...one, filename: edges }, (pool) => assert.rejects(pool.run(null), (error) => error === null)),
  },
  'nothing caught an error of its': {
    same: ['an error that nothing caught, and the task after it'],
    here: () => using(one, (pool) => assert.rejects(pool.run(null, { name: 'throwLater' }), (error) => attemptsOf(error).length === 1)),
  },
  '`process.exit()` in it': {
    same: ['a task that ends its thread is rejected, and was run once'],
    here: () =>
      using(one, (pool) =>
        assert.rejects(pool.run(null, { name: 'exit' }), (error) => {
          assert.ok(error instanceof WorkerCrashError);
          assert.ok(error.message.startsWith('worker exited with code: 7'));
          assert.deepEqual([error.exitCode, attemptsOf(error).length], [7, 1]);
          return true;
        }),
      ),
  },
  'its thread reached a memory limit': { same: ['memory limits'] },
  'its module has no such export': {
    same: ['no such export'],
    here: () =>
      using(one, (pool) =>
        assert.rejects(pool.run(null, { name: 'nothing' }), { code: 'ERR_NO_SUCH_EXPORT', message: /Got functions .*later/ }),
      ),
  },
  'the task, or its `transferList`, cannot be cloned': {
    here: () =>
      using(one, async (pool) => {
        const isSaid = (error: Error & { code: string }): boolean =>
          error.code === 'ERR_TASK_NOT_CLONEABLE' && error.cause instanceof Error;
        await assert.rejects(pool.run({ n: () => 1 }), isSaid);
        await assert.rejects(pool.run({ n: 1 }, { transferList: [{} as never] }), isSaid);
        assert.equal(await pool.run({ n: 1 }), 2);
      }),
  },
  'its result cannot be cloned': {
    here: () =>
      using({ ...one, filename: edges }, async (pool) => {
        await pool.run(null, { name: 'fine' });
        const { threadId } = pool.threads[0]!;
        await assert.rejects(pool.run(null, { name: 'uncloneable' }), { code: 'ERR_TASK_NOT_CLONEABLE' });
        assert.equal(pool.threads[0]!.threadId, threadId);
      }),
  },
  'it was aborted': {
    same: ['abort: while it waits, while it runs, before'],
    here: () =>
      using({ ...one, minThreads: 0 }, (pool) =>
        assert.rejects(pool.run({ n: 1 }, { signal: AbortSignal.abort('why') }), {
          name: 'AbortError',
          code: 'ERR_TASK_ABORTED',
          cause: 'why',
        }),
      ),
  },
  'the queue is full': {
    same: ['a queue that is full'],
    here: () =>
      using({ ...one, maxQueue: 0 }, async (pool) => {
        const busy = assert.rejects(pool.run(null, { name: 'never' }), /Terminating/);
        await assert.rejects(pool.run({ n: 1 }), { code: 'ERR_QUEUE_FULL', message: 'No task queue available and all Workers are busy' });
        await Promise.all([busy, pool.destroy()]);
      }),
  },
  'the pool was destroyed': {
    same: ['destroy rejects everything, and leaves no thread'],
    here: () =>
      using({ ...one, minThreads: 0 }, async (pool) => {
        await pool.destroy();
        await assert.rejects(pool.run({ n: 1 }), { code: 'ERR_POOL_CLOSED', message: 'Terminating worker thread' });
      }),
  },
  'no `filename`': { same: ['a module that the task names, in a pool without one'] },
  'an option is wrong': { same: ['wrong options'] },
};
