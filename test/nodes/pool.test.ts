import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { attemptsOf, type PoolEvents } from '../../src/index.ts';
import { nextEvent } from '../next-event.ts';
import { oneIn } from '../soak.ts';
import { clusters } from './pool.ts';

const it = oneIn(4, import.meta.url);

type Tasks = typeof import('../fixtures/node-tasks.js');
const filename = new URL('../fixtures/node-tasks.js', import.meta.url);
const module = { filename: filename.href, beat: 20 };
const nodes = { silence: 400 };

describe('a pool on nodes', () => {
  const cluster = clusters();

  it('runs tasks on the threads of several nodes, and tells of them', async () => {
    const one = cluster();
    await one.node(module);
    await one.node(module);
    await using pool = one.pool<Tasks>({ filename, threads: 4, spares: 0, nodes });
    const up: PoolEvents['nodeUp'][] = [];
    pool.on('nodeUp', (event) => up.push(event));
    await pool.ready();
    const results = await Promise.all(Array.from({ length: 200 }, (_, n) => pool.run(n)));
    assert.deepEqual(
      results,
      results.map((_, n) => n * 2),
    );
    assert.equal(up.length, 2);
    const stats = pool.stats().nodes!;
    assert.deepEqual(
      stats.nodes.map(({ state, threads, offers }) => ({ state, threads, offers })),
      [
        { state: 'up', threads: 2, offers: 2 },
        { state: 'up', threads: 2, offers: 2 },
      ],
    );
    assert.ok(stats.framesSent > 0 && stats.bytesReceived > 0);
    assert.deepEqual(
      pool.tree().children?.map(({ kind, children }) => [kind, children?.length]),
      [
        ['node', 2],
        ['node', 2],
      ],
    );
  });

  it('waits while there is no node, and begins with the first', async () => {
    const one = cluster();
    await using pool = one.pool<Tasks>({ filename, threads: 2, spares: 1, nodes });
    await assert.rejects(pool.run(1, { timeout: { queue: 300 } }), { code: 'ERR_TASK_TIMEOUT', phase: 'queue' });
    const result = pool.run(21);
    await one.node(module);
    assert.equal(await result, 42);
    assert.equal(pool.stats().health === 'failed', false);
  });

  it('takes over from a node that dies, and charges only what ran', async () => {
    const one = cluster();
    const first = await one.node(module);
    await using pool = one.pool<Tasks>({ filename, threads: 2, spares: 0, nodes });
    let begun = 0;
    const started = new Promise<void>((resolve) => {
      const onProgress = (): void => {
        if (++begun === 2) resolve();
      };
      void Promise.all([pool.run(1, { name: 'again', onProgress }), pool.run(2, { name: 'again', onProgress })]).then((values) => {
        results = values;
        done();
      });
    });
    let results: number[] = [];
    let done!: () => void;
    const settled = new Promise<void>((resolve) => {
      done = resolve;
    });
    await started;
    const down = nextEvent(pool, 'nodeDown');
    first.link.die();
    await one.node(module);
    const { reason } = await down;
    assert.equal(reason, 'gone');
    await settled;
    assert.deepEqual(results, [2, 4]);
    assert.equal(pool.stats().retries, 2);
    if (pool.stats().health !== 'ok') await nextEvent(pool, 'recovered');
  });

  it('gives an honest error where a task may not be started twice', async () => {
    const one = cluster();
    const first = await one.node({ ...module, threads: 1 });
    await using pool = one.pool<Tasks>({ filename, threads: 1, spares: 0, nodes });
    const held = pool.run(1, { name: 'hold', idempotent: false, onProgress: () => first.link.die() });
    await assert.rejects(
      held,
      (error: { code: string; node: string }) => error.code === 'ERR_WORKER_CRASHED' && error.node === first.agent.id,
    );
    assert.deepEqual(await held.catch((error) => attemptsOf(error).map(({ kind }) => kind)), ['crash']);
  });

  it('misses a node that is silent, and none while the broker does not answer', async () => {
    const one = cluster();
    const first = await one.node(module);
    await using pool = one.pool<Tasks>({ filename, threads: 2, spares: 0, nodes });
    await pool.run(1);
    const downs: PoolEvents['nodeDown'][] = [];
    pool.on('nodeDown', (event) => downs.push(event));
    const running = pool.run(1_500, { name: 'wait', timeout: 1_000_000 });
    one.broker.freeze();
    const lost = await nextEvent(pool, 'brokerLost');
    assert.equal((lost.error as { code: string }).code, 'ERR_BROKER_LOST');
    one.broker.thaw();
    const { milliseconds } = await nextEvent(pool, 'brokerBack');
    assert.ok(milliseconds > 1_000);
    assert.equal(await running, 1_500);
    assert.deepEqual(downs, []);
    assert.equal(pool.stats().threadStarts, 2);
    const down = nextEvent(pool, 'nodeDown');
    first.link.cut();
    assert.equal((await down).reason, 'silent');
  });

  it('fails when the broker is away for too long, and says so', async () => {
    const one = cluster();
    one.broker.freeze();
    const pool = one.pool<Tasks>({ filename, threads: 1, nodes: { ...nodes, brokerTimeout: 1_200 } });
    await assert.rejects(pool.run(1), (error: { code: string; cause: { code: string } }) => {
      assert.equal(error.code, 'ERR_POOL_FAILED');
      assert.equal(error.cause.code, 'ERR_BROKER_LOST');
      return true;
    });
    await pool.close();
  });
});
