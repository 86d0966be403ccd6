import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedLoop } from '../../bench/drive/closed-loop.ts';
import { figuresOf } from '../../bench/drive/tally.ts';
import type { Job } from '../../bench/work/job.ts';

const pool = (run: (job: Job) => Promise<unknown>) => ({ run, close: async () => {} });
const load = { jobOf: (id: number) => id, answerOf: (id: number) => id, stallMs: 300 };
const soon = (value: unknown): Promise<unknown> => new Promise((resolve) => setImmediate(resolve, value));

test('a pool that answers all is counted right, with never more in flight than wanted', async () => {
  let open = 0;
  let most = 0;
  const run = async (job: Job): Promise<unknown> => {
    most = Math.max(most, ++open);
    const value = await soon(job);
    open--;
    return value;
  };
  const tally = await closedLoop(pool(run), load, 4, { tasks: 100 });
  assert.equal(most, 4);
  const { accepted, settled, lost, wrong, failed } = figuresOf(tally);
  assert.deepEqual({ accepted, settled, lost, wrong, failed }, { accepted: 100, settled: 100, lost: 0, wrong: 0, failed: 0 });
  assert.equal(tally.stalled, false);
});

test('a task that never settles ends the load as stalled, and is counted as lost', async () => {
  const tally = await closedLoop(
    pool((job) => (job === 7 ? new Promise(() => {}) : soon(job))),
    load,
    2,
    { tasks: 20 },
  );
  assert.equal(tally.stalled, true);
  assert.equal(figuresOf(tally).lost, 1);
  assert.equal(tally.settled, 19);
});

test('a wrong answer is wrong, a rejection is a failure, and an innocent one is told apart', async () => {
  const run = async (job: Job): Promise<unknown> => {
    await soon(0);
    if (job === 3) return 4;
    if (job === 5 || job === 6) throw new Error('no');
    return job;
  };
  const tally = await closedLoop(pool(run), { ...load, isInnocent: (id) => id === 6 }, 2, { tasks: 10 });
  assert.deepEqual([tally.right, tally.wrong, tally.failed, tally.innocentsFailed], [7, 1, 2, 1]);
  assert.deepEqual(tally.errors, ['Error: no', 'Error: no']);
});

test('a pool that throws instead of rejecting does not end the load', async () => {
  const run = (job: Job): Promise<unknown> => {
    if (job === 2) throw new Error('at once');
    return soon(job);
  };
  const tally = await closedLoop(pool(run), load, 2, { tasks: 10 });
  assert.deepEqual([tally.settled, tally.failed], [10, 1]);
});

test('a dead pool that rejects at once cannot keep a timed load forever', async () => {
  const tally = await closedLoop(
    pool(() => Promise.reject(new Error('dead'))),
    load,
    8,
    { ms: 50 },
  );
  assert.equal(tally.stalled, false);
  assert.equal(tally.settled, tally.accepted);
});

test('a result that comes twice is counted as duplicated', async () => {
  const twice = {
    // biome-ignore lint/suspicious/noThenProperty: a thenable that calls back twice is the point
    then: (done: (value: unknown) => void) => {
      setImmediate(() => {
        done(0);
        done(0);
      });
    },
  };
  const tally = await closedLoop({ run: () => twice as never, close: async () => {} }, { ...load, answerOf: () => 0 }, 1, { tasks: 3 });
  assert.deepEqual([tally.settled, tally.right, tally.duplicated], [3, 3, 3]);
});
