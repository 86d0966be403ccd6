import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { withoutRedis } from '../../redis.ts';
import { further, oneIn } from '../../soak.ts';
import { heard, scene, withAttempt, withRedis } from './world.ts';

const it = oneIn(4, import.meta.url);

withRedis();

describe('a pool as the processor of a BullMQ worker', { skip: withoutRedis }, () => {
  it('runs the data of a job, and its result is that of the job', async () => {
    const { settled } = await scene({ name: 'double' });
    const job = await settled(21);
    assert.equal(job.returnvalue, 42);
    assert.equal(job.attemptsMade, 1);
  });

  further('chooses the export by the job', async () => {
    const { queue, worker } = await scene({ name: (job) => job.name });
    const results = heard(worker, 'completed', (job: { name: string }, result: unknown) => (job.name === 'double' ? result : undefined));
    await queue.add('double', 4);
    assert.equal(await results, 8);
  });

  it('has a crash tried again by BullMQ, in the attempts of the job', async () => {
    const { settled, pool } = await scene({ name: 'dieOnce', input: withAttempt });
    const job = await settled('x', { attempts: 3 });
    assert.equal(job.returnvalue, 'alive');
    assert.equal(job.attemptsMade, 2);
    assert.match(job.stacktrace![0]!, /WorkerCrashError/);
    assert.equal(pool.health() === 'failed', false);
  });

  further('has a time-out tried again by BullMQ', async () => {
    const { settled } = await scene({ name: 'spinOnce', input: withAttempt, run: { timeout: 200 } });
    const job = await settled('x', { attempts: 2 });
    assert.equal(job.returnvalue, 'quick');
    assert.equal(job.attemptsMade, 2);
    assert.match(job.stacktrace![0]!, /run timeout of 200 ms/);
  });

  further('leaves a crash to the retries of the pool first, if it has some', async () => {
    const { settled } = await scene({ name: 'die', pool: { retry: { retries: 1, minTimeout: 1 } } });
    const job = await settled('x');
    assert.equal(await job.getState(), 'failed');
    assert.equal(job.attemptsMade, 1);
    assert.match(job.failedReason, /exit/);
  });

  it('takes what the task tells of its progress to the job, the last word before it ends', async () => {
    const { settled } = await scene({ name: 'steps' });
    const job = await settled(500);
    assert.equal(job.returnvalue, 'done');
    assert.deepEqual(job.progress, { step: 500 });
  });

  it("aborts the task when BullMQ cancels the job, with BullMQ's reason", async () => {
    const { settled, worker, pool } = await scene({ name: 'wait' });
    const begun = heard(worker, 'progress', (job: { id: string }) => job.id);
    const end = settled('x');
    assert.equal(worker.cancelJob(await begun, 'no longer wanted'), true);
    const job = await end;
    assert.equal(await job.getState(), 'failed');
    assert.match(job.failedReason, /was cancelled: no longer wanted/);
    await pool.drain();
    assert.equal(pool.stats().open, 0);
  });

  further('has a cancelled job tried again if it has attempts left', async () => {
    const { settled, worker } = await scene({ name: 'waitAtFirst', input: withAttempt });
    const begun = heard(worker, 'progress', (job: { id: string }) => job.id);
    const end = settled('again', { attempts: 2 });
    worker.cancelJob(await begun, 'try elsewhere');
    assert.equal((await end).returnvalue, 'again');
  });
});
