import assert from 'node:assert/strict';
import { before, describe } from 'node:test';
import { type BullJob, type ProcessorOptions, processor, UnrecoverableJobError } from '../../../src/adapters/bullmq/index.ts';
import { InvalidOptionError, Pool } from '../../../src/index.ts';
import { withoutRedis } from '../../redis.ts';
import { oneIn } from '../../soak.ts';
import { type Scene, scene, withAttempt, withRedis } from './world.ts';

const it = oneIn(4, import.meta.url);

withRedis();

describe('what BullMQ is told of a job that fails', { skip: withoutRedis }, () => {
  let settled: Scene['settled'];
  before(async () => {
    const throwing = (job: BullJob): unknown => (job.name === 'throwIt' ? withAttempt(job) : job.data);
    ({ settled } = await scene({ name: (job) => job.name, input: throwing }));
  });

  for (const [what, name, text] of [
    ['a result that cannot be cloned', 'uncloneable', /result cannot be cloned/],
    ['a result that JSON cannot hold', 'bigResult', /cannot be kept as JSON/],
  ] as const) {
    it(`${what}: failed for good, at the first attempt`, async () => {
      const job = await settled('x', { attempts: 5 }, name);
      assert.equal(await job.getState(), 'failed');
      assert.equal(job.attemptsMade, 1);
      assert.match(job.failedReason, text);
      assert.match(job.stacktrace![0]!, /UnrecoverableError/);
    });
  }

  it('a key in quarantine: failed for good', async () => {
    const { settled: poisoned } = await scene({ name: 'die', run: { key: 'poison' }, pool: { quarantine: { after: 2, ttl: 600_000 } } });
    const first = await poisoned('x', { attempts: 5 });
    assert.equal(first.attemptsMade, 3);
    assert.match(first.failedReason, /Tasks of key "poison" failed 2 times/);
    assert.equal((await poisoned('x', { attempts: 5 })).attemptsMade, 1);
  });

  it("the task's own error: tried again, with its message and its stack", async () => {
    const job = await settled(4, { attempts: 2 }, 'odd');
    assert.equal(job.attemptsMade, 2);
    assert.equal(job.failedReason, '4 is even');
    assert.match(job.stacktrace![0]!, /odd/);
  });

  it("an error that calls itself BullMQ's unrecoverable one is taken at its word", async () => {
    assert.equal((await settled('UnrecoverableError', { attempts: 5 }, 'throwNamed')).attemptsMade, 1);
  });

  for (const name of ['DelayedError', 'WaitingError', 'WaitingChildrenError']) {
    it(`a task that throws a ${name} does not leave its job active for ever`, async () => {
      const job = await settled(name, {}, 'throwNamed');
      assert.equal(await job.getState(), 'failed');
      assert.match(job.failedReason, new RegExp(`threw a ${name}, but only what holds the job can move it`));
    });
  }

  for (const [what, value, text] of [
    ['null', null, /threw null, which is no error/],
    ['a text', 'just so', /threw 'just so'/],
    ['a number', 7, /threw 7/],
    ['an object without a message', { code: 'X' }, /threw \{ code: 'X' \}/],
  ] as const) {
    it(`a task that throws ${what} fails its job with words`, async () => {
      const job = await settled(value, {}, 'throwIt');
      assert.equal(await job.getState(), 'failed');
      assert.match(job.failedReason, text);
    });
  }

  it('no room in the queue of the pool: the job waits its turn, uncharged', async () => {
    const { queue, settled: crowded } = await scene({ name: 'pass', pool: { threads: 1, maxQueue: 0 }, worker: { concurrency: 4 } });
    const waits = await queue.addBulk([300, 300].map((data) => ({ name: 'job', data })));
    const last = await crowded(1);
    assert.equal(await last.getState(), 'completed');
    assert.equal(last.attemptsMade, 1);
    for (const { id } of waits) assert.notEqual(await queue.getJobState(id!), 'failed');
  });
});

describe('processor', () => {
  it('refuses options that it does not know, and values of the wrong kind', async () => {
    const pool = new Pool({ filename: new URL('../../fixtures/tasks.js', import.meta.url), threads: 1, spares: 0 });
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [{ names: 'x' }, /options\.names: Expected one of name, bundle, input, run/],
      [{ name: '' }, /name: Expected the name of an export/],
      [{ name: 4 }, /name: Expected/],
      [{ bundle: 'some' }, /bundle: Expected true, false or 'settled'/],
      [{ input: 'data' }, /input: Expected a function/],
      [{ run: 1 }, /run: Expected options of run/],
      [null, /options: Expected an object/],
    ];
    for (const [options, message] of wrong) {
      assert.throws(
        () => processor(pool, options as ProcessorOptions),
        (error) => error instanceof InvalidOptionError && message.test(error.message),
      );
    }
    assert.throws(() => processor({} as Pool), /pool: Expected a Pool/);
    await pool.close();
  });

  it('has an error of its own for what no attempt can mend', () => {
    const error = new UnrecoverableJobError('ERR_TASK_NOT_CLONEABLE', 'no');
    assert.equal(error.name, 'UnrecoverableError');
    assert.equal(error.code, 'ERR_TASK_NOT_CLONEABLE');
  });
});
