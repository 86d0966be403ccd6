import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { withoutRedis } from '../../redis.ts';
import { further, oneIn } from '../../soak.ts';
import { heard, scene, withAttempt, withClient, withRedis } from './world.ts';

const it = oneIn(3, import.meta.url);

withRedis();
const FAST = { lockDuration: 1_000, stalledInterval: 200 };

describe('a job whose lock is lost', { skip: withoutRedis }, () => {
  it('has its task given up, and runs once more where BullMQ gives it', async () => {
    const { settled, worker, pool, queue, errors } = await scene({
      name: 'waitAtFirst',
      input: (job) => ({ attempt: (job as never as { stalledCounter: number }).stalledCounter, value: job.data }),
      worker: { ...FAST, maxStalledCount: 3 },
    });
    const begun = heard(worker, 'progress', (job: { id: string }) => job.id);
    const end = settled('at last');
    const id = await begun;
    // As after a broker, a network or a loop that was away for longer than the lock lasts.
    assert.equal(await withClient((client) => client.del(`${queue.toKey(id)}:lock`)), 1);
    const job = await end;
    assert.equal(job.returnvalue, 'at last');
    assert.equal(job.attemptsMade, 1);
    await pool.drain();
    assert.deepEqual([pool.stats().rejected, pool.stats().fulfilled], [1, 1]);
    assert.ok(errors.some(({ message }) => /lock/i.test(message)));
  });
});

describe('close', { skip: withoutRedis }, () => {
  it('lets the jobs that run come to their end, takes no other, and closes the pool then', async () => {
    const { queue, worker, jobs, pool } = await scene({ name: 'pass', pool: { threads: 1, spares: 0 }, worker: { concurrency: 1 } });
    const begun = heard(worker, 'active', (job: { id: string }) => job.id);
    const added = await queue.addBulk(Array.from({ length: 5 }, () => ({ name: 'job', data: 100 })));
    const id = await begun;
    await jobs.close();
    assert.equal(pool.health(), 'closed');
    assert.equal(await queue.getJobState(id), 'completed');
    const states = await Promise.all(added.map((job) => queue.getJobState(job.id!)));
    assert.deepEqual([...new Set(states.slice(1))], ['waiting']);
    assert.equal(await queue.getActiveCount(), 0);
  });

  further('by force gives running jobs back at once, uncharged', async () => {
    const { queue, worker, jobs, pool } = await scene({ name: 'wait', pool: { closeTimeout: 60_000 } });
    const begun = heard(worker, 'progress', (job: { id: string }) => job.id);
    const { id } = await queue.add('job', 'x');
    await begun;
    await jobs.close({ force: true });
    assert.equal(pool.health(), 'closed');
    assert.equal(await queue.getJobState(id!), 'waiting');
    assert.equal((await queue.getJob(id!))!.attemptsMade, 0);
    assert.equal(await queue.getActiveCount(), 0);
  });
});

describe('a pool that is gone', { skip: withoutRedis }, () => {
  for (const [what, filename, code] of [
    ['whose module does not load', '../../fixtures/raw/throws.mjs', 'ERR_POOL_FAILED'],
    ['that somebody has closed', '../../fixtures/tasks.js', 'ERR_POOL_CLOSED'],
  ] as const) {
    it(`${what} does not fail the jobs of the queue: they go back, and the worker pauses`, async () => {
      const { queue, worker, pool, errors } = await scene({
        pool: { filename: new URL(filename, import.meta.url), restart: { intensity: 1, within: 60_000 } },
        input: withAttempt,
      });
      const paused = heard(worker, 'paused', () => true);
      if (code === 'ERR_POOL_CLOSED') await pool.close();
      const added = await queue.addBulk(Array.from({ length: 20 }, () => ({ name: 'job', data: 1 })));
      await paused;
      // What the worker held has been given back once it holds nothing.
      while ((await queue.getActiveCount()) > 0);
      for (const { id } of added) {
        assert.equal(await queue.getJobState(id!), 'waiting');
        assert.equal((await queue.getJob(id!))!.attemptsMade, 0);
      }
      assert.ok(errors.some((error) => (error as { code?: string }).code === code));
    });
  }
});
