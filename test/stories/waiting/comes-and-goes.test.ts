import assert from 'node:assert/strict';
import { Pool } from '../../../src/index.ts';
import { turn } from '../../next-event.ts';
import { oneIn, SOAK } from '../../soak.ts';
import { failure, nothingLeft, resources } from '../stage.ts';

const test = oneIn(3, import.meta.url);

type Tasks = typeof import('../../fixtures/tasks.js');
const MAX = 4;
/** Deaths in each wave. */
const DEATHS = SOAK ? 6 : 3;

test('a load that comes and goes, with deaths among it: threads follow it, and every task has its result or its own error', async () => {
  const before = resources();
  const pool = new Pool<Tasks>({
    filename: new URL('../../fixtures/tasks.js', import.meta.url),
    threads: { min: 1, max: MAX },
    idleTimeout: 20,
    spares: 0,
    retry: false,
    restart: { intensity: 100, within: 60_000 },
  });
  let deaths = 0;
  let most = 0;
  pool.on('workerStart', () => {
    const { starting, spare, ready, busy } = pool.stats().threads;
    most = Math.max(most, starting + spare + ready + busy);
  });
  pool.on('workerExit', ({ reason }) => {
    if (reason === 'exit') deaths++;
  });
  for (let wave = 0; wave < (SOAK ? 3 : 2); wave++) {
    const doubled = Array.from({ length: 60 }, (_, n) => pool.run(n, { name: 'asyncDouble' }));
    const dead = Array.from({ length: DEATHS }, () => failure(pool.run(3, { name: 'exit', idempotent: false })));
    const after = Array.from({ length: 60 }, (_, n) => pool.run(n, { name: 'double' }));
    // No task pays for a neighbour's death.
    for (const [at, value] of (await Promise.all([...doubled, ...after])).entries()) assert.equal(value, (at % 60) * 2);
    for (const error of await Promise.all(dead)) assert.equal((error as { code?: string }).code, 'ERR_WORKER_CRASHED');
    assert.ok(most <= MAX, `${most} threads`);
    while (pool.tree().children!.length > 1) await turn();
    assert.equal(deaths, DEATHS * (wave + 1), 'each of them has cost one thread');
  }
  assert.notEqual(pool.health(), 'failed');
  await pool.close();
  await nothingLeft(before);
});
