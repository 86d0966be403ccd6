import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { withoutRedis } from '../../redis.ts';
import { further, oneIn } from '../../soak.ts';
import { scene, withRedis } from './world.ts';

const it = oneIn(3, import.meta.url);

withRedis();
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => 2 * n + 1);

describe('a job whose data is many tasks', { skip: withoutRedis }, () => {
  it('has their results, in their order', async () => {
    const { settled } = await scene({ name: 'double', bundle: true });
    const job = await settled(numbers(1_000));
    assert.deepEqual(
      job.returnvalue,
      numbers(1_000).map((n) => n * 2),
    );
    assert.equal(job.progress, 100);
    assert.deepEqual((await settled([])).returnvalue, []);
  });

  further('fails with the first failure, which says which item it was', async () => {
    const { settled, pool } = await scene({ name: 'odd', bundle: true });
    const job = await settled([1, 3, 4, 5]);
    assert.equal(job.failedReason, 'Item 2 of 4: 4 is even');
    assert.match(job.stacktrace![0]!, /RangeError: Item 2/);
    await pool.drain();
  });

  further('is failed for good by an item that no attempt can mend', async () => {
    const { settled } = await scene({ name: 'uncloneable', bundle: true });
    assert.equal((await settled([1], { attempts: 4 })).attemptsMade, 1);
  });

  it('completes with an outcome for each item, whatever dies', async () => {
    const { settled } = await scene({ name: 'odd', bundle: 'settled' });
    const job = await settled([1, 2, 3]);
    assert.deepEqual(job.returnvalue, [
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: { name: 'RangeError', message: '2 is even', code: 'E_EVEN' } },
      { status: 'fulfilled', value: 3 },
    ]);
    const { settled: deadly } = await scene({ name: 'die', bundle: 'settled' });
    const [first] = (await deadly([1])).returnvalue as { reason: { code: string } }[];
    assert.equal(first!.reason.code, 'ERR_WORKER_CRASHED');
  });

  it('fails for good if its data is no array', async () => {
    const { settled } = await scene({ name: 'double', bundle: true });
    const job = await settled({ n: 1 }, { attempts: 4 });
    assert.equal(job.attemptsMade, 1);
    assert.match(job.failedReason, /Expected the data of the job to be an array.*Got object/);
  });
});
