import assert from 'node:assert/strict';
import { drawn, further, oneIn } from '../soak.ts';
import { cellsOf, closes, MISDEEDS_OF_CELLS, open, settles, whole } from './matrix.ts';
import { alive, stayAlive } from './stage.ts';

const test = oneIn(3, import.meta.url);

stayAlive();

/** The soak has them all several times, and with fewer cells than threads. */
const SOME = drawn(3, MISDEEDS_OF_CELLS);

test('whatever a task does to its cell, it settles, its neighbours succeed, and the pool is whole again', async (t) => {
  const pool = open();
  for (const misdeed of SOME) await t.test(misdeed.name, () => settles(pool, misdeed));
  await closes(pool);
});

test('all cells killed at once, spares too, with work in each and behind it', async () => {
  const pool = open({ retry: 3 });
  await whole(pool);
  const results = Array.from({ length: 100 }, (_, n) => pool.run(5 + (n % 3), { name: 'waitFor' }));
  await results[10];
  for (const pid of cellsOf(pool)) process.kill(pid, 'SIGKILL');
  assert.deepEqual(
    await Promise.all(results),
    results.map((_, n) => 5 + (n % 3)),
  );
  await whole(pool);
  await closes(pool);
});

for (const [name, signal] of [
  ['killed', 'SIGKILL'],
  ['stopped', 'SIGSTOP'],
] as const) {
  further(`all cells ${name} while the pool closes: what was accepted settles, and nobody is left`, async () => {
    const pool = open({ retry: 3 });
    await whole(pool);
    const results = Array.from({ length: 20 }, () => pool.run(20, { name: 'waitFor' }));
    const cells = cellsOf(pool);
    const closed = pool.close();
    for (const pid of cells) process.kill(pid, signal);
    const settled = await Promise.allSettled(results);
    const { completed, dropped } = await closed;
    assert.equal(completed + dropped, 20);
    for (const one of settled)
      if (one.status === 'rejected') assert.match(one.reason.code, /^ERR_(WORKER_CRASHED|TASK_TIMEOUT|POOL_CLOSED)$/);
    assert.deepEqual(cells.filter(alive), []);
  });
}
