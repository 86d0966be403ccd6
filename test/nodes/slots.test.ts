import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Pool, PoolEvents } from '../../src/index.ts';
import { nextEvent } from '../next-event.ts';
import { further, oneIn } from '../soak.ts';
import { clusters } from './pool.ts';

const it = oneIn(3, import.meta.url);

type Tasks = typeof import('../fixtures/node-tasks.js');
const filename = new URL('../fixtures/node-tasks.js', import.meta.url);
const module = { filename: filename.href, beat: 20 };
const nodes = { silence: 1_500 };

/** Resolves when the pool has these numbers of threads that serve and that stand by. */
async function has(pool: Pool<Tasks>, serving: number, spare = 0): Promise<void> {
  for (;;) {
    const { threads } = pool.stats();
    if (threads.ready + threads.busy === serving && threads.spare === spare && threads.starting + threads.stopping === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** How many threads the pool has on each node. */
const spreadOf = (pool: Pool<Tasks>): number[] =>
  pool
    .stats()
    .nodes!.nodes.filter(({ state }) => state === 'up')
    .map(({ threads }) => threads);

describe('slots and spares on nodes', () => {
  const cluster = clusters();

  it('without threads, slots are all that the nodes offer, and follow them; a pool without a node is degraded', async () => {
    const one = cluster();
    await using pool = one.pool<Tasks>({ filename, nodes });
    const told: (readonly [string, number])[] = [];
    pool.on('ready', ({ threads }) => told.push(['ready', threads]));
    pool.on('degraded', ({ ready }) => told.push(['degraded', ready]));
    pool.on('recovered', ({ threads }) => told.push(['recovered', threads]));
    assert.equal(pool.health(), 'starting');
    await nextEvent(pool, 'degraded');
    assert.equal(pool.health(), 'degraded');
    const waits = pool.run(4);
    await assert.rejects(pool.run(1, { timeout: { queue: 100 } }), { code: 'ERR_TASK_TIMEOUT', phase: 'queue' });
    const first = await one.node({ ...module, threads: 2 });
    assert.equal(await waits, 8);
    await pool.ready();
    await has(pool, 2);
    assert.equal(pool.health(), 'ok');
    const second = await one.node({ ...module, threads: 3 });
    await has(pool, 5);
    first.link.die();
    await nextEvent(pool, 'nodeDown');
    await has(pool, 3);
    assert.equal(pool.health(), 'ok', 'its slots have gone with the node');
    assert.equal(await pool.run(5), 10);
    const degraded = nextEvent(pool, 'degraded');
    await second.agent.drain();
    assert.deepEqual(await degraded, { ready: 0, threads: 0 });
    await one.node({ ...module, threads: 1 });
    assert.deepEqual(await nextEvent(pool, 'recovered'), { threads: 1 });
    assert.deepEqual(told, [
      ['degraded', 0],
      ['ready', 2],
      ['recovered', 2],
      ['degraded', 0],
      ['recovered', 1],
    ]);
  });

  it('with a number of threads, as many stand by as the largest node has, and take the slots of one that is lost at once', async () => {
    const one = cluster();
    const all = [await one.node(module), await one.node(module), await one.node(module)];
    await using pool = one.pool<Tasks>({ filename, threads: 4, nodes });
    await has(pool, 4, 2);
    assert.deepEqual(spreadOf(pool), [2, 2, 2]);
    const starts: PoolEvents['workerStart'][] = [];
    pool.on('workerStart', (event) => starts.push(event));
    let degraded = 0;
    pool.on('recovered', () => degraded++);
    const [down] = [nextEvent(pool, 'nodeDown'), all[1]!.link.die()];
    await down;
    await has(pool, 4);
    assert.deepEqual(starts, [], 'those that stood by have taken the slots');
    assert.equal(pool.health(), 'ok');
    await one.node(module);
    await has(pool, 4, 2);
    assert.deepEqual(spreadOf(pool), [2, 2, 2]);
  });

  further('with a range, slots follow within it, and spares that were asked for come first', async () => {
    const one = cluster();
    await one.node({ ...module, threads: 4 });
    await using bounded = one.pool<Tasks>({ filename, threads: { min: 3, max: 3 }, nodes });
    await has(bounded, 3, 1);
    const other = cluster();
    await other.node({ ...module, threads: 4 });
    await using pool = other.pool<Tasks>({ filename, spares: 1, nodes });
    await has(pool, 3, 1);
  });

  further('moves threads to a node that comes later, those that stand by first', async () => {
    const one = cluster();
    await one.node({ ...module, threads: 4 });
    await using pool = one.pool<Tasks>({ filename, threads: 2, spares: 2, nodes });
    await has(pool, 2, 2);
    let exits = 0;
    pool.on('workerExit', ({ slot }) => {
      exits++;
      assert.equal(slot, -1, 'one that stood by');
    });
    await one.node({ ...module, threads: 4 });
    while (spreadOf(pool)[1] !== 2) await has(pool, 2, 2).then(() => new Promise((resolve) => setTimeout(resolve, 5)));
    assert.deepEqual(spreadOf(pool), [2, 2]);
    assert.equal(exits, 2);
    assert.equal(pool.health(), 'ok');
  });
});
