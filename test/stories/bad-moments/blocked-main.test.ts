import assert from 'node:assert/strict';
import { further, oneIn } from '../../soak.ts';
import { block, failure, open } from '../stage.ts';

const test = oneIn(3, import.meta.url);

test('a task whose queue time-out passed while the main loop was blocked takes nobody behind it along', async (t) => {
  const pool = open(t);
  await pool.ready();
  const first = pool.run(0); // The thread has it before this returns; what follows waits for the end of this turn.
  const late = pool.run(1, { timeout: { queue: 20 } });
  const behind = [2, 3, 4].map((n) => pool.run(n));
  block(60);
  assert.equal((await failure(late)).code, 'ERR_TASK_TIMEOUT');
  assert.deepEqual(await Promise.all([first, ...behind]), [0, 2, 3, 4]);
});

further('the same for a total time-out, and for several in a row', async (t) => {
  const pool = open(t);
  await pool.ready();
  const first = pool.run(0);
  const late = [1, 2, 3].map((n) => failure(pool.run(n, { timeout: { total: 20 } })));
  const behind = [4, 5].map((n) => pool.run(n));
  block(60);
  for (const error of await Promise.all(late)) assert.equal(error.code, 'ERR_TASK_TIMEOUT');
  assert.deepEqual(await Promise.all([first, ...behind]), [0, 4, 5]);
});

test('a result that waited for the main loop is not made a second time', async (t) => {
  const pool = open(t, { threads: 3, spares: 0 });
  await pool.ready();
  for (let round = 0; round < 5; round++) {
    const words = new Int32Array(new SharedArrayBuffer(4));
    const runs = [1, 2, 3].map(() => pool.run(words, { name: 'countStart', idempotent: false }));
    await new Promise((resolve) => setImmediate(resolve));
    block(60);
    await Promise.all(runs);
    assert.equal(words[0], 3, 'each was started once');
  }
});
