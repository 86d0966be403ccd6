import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { after, before, describe } from 'node:test';
import { type BullJob, type BullWorker, type JobProcessor, processor } from '../../../src/adapters/bullmq/index.ts';
import { Pool } from '../../../src/index.ts';
import { turn } from '../../next-event.ts';
import { oneIn } from '../../soak.ts';

const it = oneIn(2, import.meta.url);

// What BullMQ does only now and then, done at will: no Redis is needed for that.

class PretendedWorker extends EventEmitter {
  readonly calls: string[] = [];
  async pause(): Promise<void> {
    this.calls.push('pause');
  }
  async close(): Promise<void> {
    this.calls.push('close');
  }
  /** As BullMQ calls a processor. */
  run(jobs: JobProcessor<unknown>, job: BullJob, signal?: AbortSignal): Promise<unknown> {
    return jobs.call(this, job, 'token', signal);
  }
}

interface PretendedJob extends BullJob {
  readonly progress: unknown[];
}

function pretendedJob(data: unknown, { id = '1', write = async (): Promise<void> => {} } = {}): PretendedJob {
  const progress: unknown[] = [];
  return {
    id,
    name: 'job',
    data,
    queueQualifiedName: 'bull:jobs',
    attemptsMade: 0,
    progress,
    async updateProgress(value) {
      progress.push(value);
      await write();
    },
    moveToWait: async () => 0,
    moveToDelayed: async () => {},
  };
}

const waiting = { attempt: 0 };
const later = (value: unknown): unknown => ({ attempt: 1, value });

describe('a job in the hands of a worker', () => {
  let pool: Pool;
  before(() => {
    pool = new Pool({ filename: new URL('../../fixtures/job-tasks.js', import.meta.url), name: 'waitAtFirst', threads: 2, retry: false });
  });
  after(() => pool.close({ force: true }));

  const begun = async (job: PretendedJob): Promise<void> => {
    while (job.progress.length === 0) await turn();
  };

  it('is given up when its worker says that the lock is lost, and no other is', async () => {
    const [worker, other] = [new PretendedWorker(), new PretendedWorker()];
    const jobs = processor(pool);
    jobs.attach(other as unknown as BullWorker);
    const job = pretendedJob(waiting);
    const run = worker.run(jobs, job);
    await begun(job);
    other.emit('lockRenewalFailed', ['1']);
    worker.emit('lockRenewalFailed', ['2']);
    await turn();
    assert.equal(pool.stats().open, 1);
    worker.emit('lockRenewalFailed', ['1']);
    await assert.rejects(run, /The lock of job 1 was lost/);
    await pool.drain();
  });

  it('is given up when its worker gets it once more, and ends after its successor, whose lock would not be renewed otherwise', async () => {
    const worker = new PretendedWorker();
    const jobs = processor(pool);
    const first = pretendedJob(waiting);
    const order: string[] = [];
    const lost = worker.run(jobs, first).catch(() => order.push('first'));
    await begun(first);
    const again = pretendedJob(later('second'));
    assert.equal(await worker.run(jobs, again).finally(() => order.push('second')), 'second');
    await lost;
    assert.deepEqual(order, ['second', 'first']);
  });

  it('is another job than the one of the same id in another queue', async () => {
    const worker = new PretendedWorker();
    const jobs = processor(pool);
    const first = pretendedJob(waiting);
    const aborted = new AbortController();
    const run = worker.run(jobs, first, aborted.signal);
    await begun(first);
    await worker.run(jobs, { ...pretendedJob(later(1)), queueQualifiedName: 'bull:others' });
    assert.equal(pool.stats().open, 1);
    aborted.abort('enough');
    await assert.rejects(run, /Job 1 was cancelled: enough/);
  });

  it('does not begin if it was cancelled before', async () => {
    const before = pool.stats().fulfilled;
    await assert.rejects(
      new PretendedWorker().run(processor(pool), pretendedJob(later(1)), AbortSignal.abort('early')),
      /was cancelled: early/,
    );
    assert.equal(pool.stats().fulfilled, before);
  });

  it('is heard of through a function of the caller as well, once the worker is attached', async () => {
    const worker = new PretendedWorker();
    const jobs = processor(pool);
    jobs.attach(worker as unknown as BullWorker);
    const job = pretendedJob(waiting);
    const aborted = new AbortController();
    const run = jobs(job, 'token', aborted.signal);
    await begun(job);
    aborted.abort('through the wrapper');
    await assert.rejects(run, /through the wrapper/);
    assert.equal(worker.listenerCount('lockRenewalFailed'), 1);
  });

  it('tells its progress by one message at a time, the latest value first, and waits for the last one', async () => {
    let open = 0;
    const job = pretendedJob(200, {
      write: async () => {
        assert.equal(++open, 1);
        await turn();
        open--;
      },
    });
    const jobs = processor(pool, { name: 'steps' });
    assert.equal(await new PretendedWorker().run(jobs, job), 'done');
    assert.deepEqual(job.progress.at(-1), { step: 200 });
    assert.ok(job.progress.length <= 200);
    assert.equal(open, 0);
  });

  it('completes although its progress cannot be written', async () => {
    const job = pretendedJob(3, {
      write: async () => {
        throw new Error('Missing key for job 1. updateProgress');
      },
    });
    assert.equal(await new PretendedWorker().run(processor(pool, { name: 'steps' }), job), 'done');
  });

  it('fails with its own error if it cannot be given back', async () => {
    const closed = new Pool({ filename: new URL('../../fixtures/job-tasks.js', import.meta.url), threads: 1, spares: 0 });
    await closed.close();
    const worker = new PretendedWorker();
    const errors: unknown[] = [];
    worker.on('error', (error) => errors.push(error));
    const job: BullJob = {
      ...pretendedJob(1),
      moveToWait: async () => {
        throw new Error('Missing lock for job 1');
      },
    };
    await assert.rejects(worker.run(processor(closed), job), { code: 'ERR_POOL_CLOSED' });
    assert.deepEqual(worker.calls, ['pause']);
    assert.equal(errors.length, 1);
  });
});
