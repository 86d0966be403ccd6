import assert from 'node:assert/strict';
import { Pool } from '../../src/index.ts';
import { turn } from '../next-event.ts';
import { oneIn } from '../soak.ts';

const test = oneIn(3, import.meta.url);

const filename = new URL('../fixtures/misdeeds/leftovers.js', import.meta.url);
const exitOf = (pool: Pool, reason: string): Promise<void> =>
  new Promise((resolve) => pool.on('workerExit', (exit) => (exit.reason === reason ? resolve() : undefined)));

for (const threads of [1, 2]) {
  test(`a thread that a settled task blocks forever is found out and replaced; nobody is charged (${threads} threads)`, async () => {
    const pool = new Pool({ filename, name: 'quick', threads, terminateTimeout: 200 });
    const replaced = exitOf(pool, 'unresponsive');
    assert.equal(await pool.run('a', { name: 'leaveLoop' }), 'a');
    let blocked = true;
    replaced.then(() => {
      blocked = false;
    });
    // As many tasks as threads: one is handed to the blocked thread, and taken back from it.
    for (let i = 0; blocked; i++) {
      const inputs = Array.from({ length: threads }, (_, k) => i * threads + k);
      assert.deepEqual(await Promise.all(inputs.map((input) => pool.run(input))), inputs);
      await turn();
    }
    assert.equal(pool.stats().retries, 0);
    assert.equal(pool.stats().rejected, 0);
    assert.equal(await pool.run('whole again'), 'whole again');
    await pool.close();
  });
}

test('results that lie behind an endless loop are fetched from another thread', async () => {
  const pool = new Pool({ filename, name: 'quick', threads: 2, timeout: 60_000 });
  await pool.ready();
  // Enough of them that the pool has learned how short they are, and bundles.
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 256 }, (_, i) => pool.run(i)));
  const loop = pool.run(0, { name: 'spin' });
  loop.catch(() => {});
  const innocents = await Promise.all(Array.from({ length: 500 }, (_, i) => pool.run(i)));
  assert.deepEqual(
    innocents,
    Array.from({ length: 500 }, (_, i) => i),
  );
  const more = Array.from({ length: 100 }, (_, i) => pool.run(i, { priority: 1 }));
  assert.equal((await Promise.all(more)).length, 100);
  await pool.close({ force: true });
  await assert.rejects(loop, { code: 'ERR_POOL_CLOSED' });
});
