import assert from 'node:assert/strict';
import { describe, type TestContext } from 'node:test';
import type { Pool, PoolEvents, PoolOptions } from '../../src/index.ts';
import { turn } from '../next-event.ts';
import { further, oneIn } from '../soak.ts';
import { Cluster, type Node } from './pool.ts';

const it = oneIn(3, import.meta.url);

type Module = typeof import('../fixtures/teardown/teardowns.ts');
type Said = { readonly begun?: number; readonly torn?: number; readonly done?: number; readonly calls?: number };

const THREADS = 2;

interface Stage {
  readonly cluster: Cluster;
  readonly leaving: Node;
  readonly pool: Pool<Module>;
  readonly said: Said[];
  readonly failed: PoolEvents['teardownFailed'][];
  readonly ended: string[];
  again(): Promise<Node>;
}

/** A pool on a node that is about to leave, whose task module has a teardown. */
async function stage(t: TestContext, query: string, options: Partial<PoolOptions> = {}): Promise<Stage> {
  const filename = new URL(`../fixtures/teardown/teardowns.js${query}`, import.meta.url);
  const cluster = new Cluster();
  const again = (): Promise<Node> => cluster.node({ filename: filename.href, threads: THREADS, beat: 20 });
  const leaving = await again();
  const pool = cluster.pool<Module>({
    filename,
    threads: THREADS,
    spares: 0,
    terminateTimeout: 150,
    ...options,
    nodes: { silence: 5_000 },
  });
  t.after(async () => {
    await pool.close({ force: true });
    await cluster.close();
  });
  const said: Said[] = [];
  const failed: PoolEvents['teardownFailed'][] = [];
  const ended: string[] = [];
  pool.on('message', ({ message }) => said.push(message as Said));
  pool.on('teardownFailed', (event) => failed.push(event));
  pool.on('workerExit', ({ reason }) => ended.push(reason));
  await pool.ready();
  return { cluster, leaving, pool, said, failed, ended, again };
}

const torn = (said: readonly Said[]): (number | undefined)[] => said.filter((one) => one.torn !== undefined).map((one) => one.torn);

describe('a node that is drained', () => {
  it('has each of its threads torn down once, waits for that, and loses no task', async (t) => {
    const { leaving, pool, said, failed, ended, again } = await stage(t, '', { terminateTimeout: 60_000 });
    await again();
    let going = true;
    const results: unknown[] = [];
    const callers = Array.from({ length: 4 }, async (_, caller) => {
      for (let n = 0; going; n++) {
        const input = `${caller} ${n}`;
        results.push((await pool.run(input)) === input);
      }
    });
    await leaving.agent.drain();
    while (ended.length < THREADS || said.filter(({ done }) => done !== undefined).length < THREADS) await turn();
    going = false;
    await Promise.all(callers);
    assert.ok(results.length > 0 && results.every(Boolean));
    assert.equal(torn(said).length, THREADS);
    assert.ok(said.every(({ calls }) => calls === undefined || calls === 1));
    assert.deepEqual([failed, ended], [[], Array(THREADS).fill('node')]);
    assert.equal(leaving.agent.state, 'stopped');
  });

  for (const [query, how] of [
    ['?throws', 'threw'],
    ['?exits', 'exited'],
    ['?hangs', 'hung'],
    ['?spins', 'hung'],
  ] as const) {
    (query === '?throws' || query === '?spins' ? it : further)(`leaves although a teardown ${query.slice(1)}, which is told`, async (t) => {
      const { leaving, pool, said, failed, ended, again } = await stage(t, query);
      await leaving.agent.drain();
      while (ended.length < THREADS) await turn();
      assert.deepEqual(
        failed.map(({ reason, error }) => [reason, error.how]),
        Array(THREADS).fill(['node', how]),
      );
      assert.equal(torn(said).length, THREADS);
      assert.equal(leaving.agent.state, 'stopped');
      await again();
      assert.equal(await pool.run('further'), 'further', 'and the next node serves the pool');
    });
  }

  it('leaves although the broker is away, after its brokerTimeout', async (t) => {
    const { cluster, pool } = await stage(t, '', { retry: false });
    const last = await cluster.node({
      filename: new URL('../fixtures/teardown/teardowns.js', import.meta.url).href,
      beat: 20,
      brokerTimeout: 1,
    });
    while (last.agent.used === 0) await turn();
    cluster.broker.freeze();
    await last.agent.drain();
    assert.equal(last.agent.state, 'stopped');
    cluster.broker.thaw();
    assert.equal(await pool.run('further'), 'further');
  });

  it('ends also what was still starting when it was told to', async (t) => {
    const filename = new URL('../fixtures/teardown/teardowns.js', import.meta.url);
    const cluster = new Cluster();
    const { agent } = await cluster.node({ filename: filename.href, threads: THREADS, beat: 20 });
    const pool = cluster.pool<Module>({ filename, threads: THREADS, spares: 0, nodes: { silence: 5_000 } });
    t.after(async () => {
      await pool.close({ force: true });
      await cluster.close();
    });
    while (agent.used < THREADS) await turn();
    await agent.drain();
    assert.equal(agent.state, 'stopped');
    await cluster.node({ filename: filename.href, threads: THREADS, beat: 20 });
    assert.equal(await pool.run('further'), 'further');
  });

  further('asks no thread for its teardown that has crashed meanwhile, nor one that is lost with the node', async (t) => {
    const { leaving, pool, said, ended } = await stage(t, '', { retry: false });
    const crashed = assert.rejects(pool.run('drain', { name: 'exitWhenTold' }), { code: 'ERR_WORKER_CRASHED' });
    while (!said.some(({ begun }) => begun !== undefined)) await turn();
    const drained = leaving.agent.drain();
    const channel = new BroadcastChannel('drain');
    channel.postMessage('now');
    await crashed;
    channel.close();
    await drained;
    while (ended.length < THREADS) await turn();
    assert.equal(torn(said).length, THREADS - 1, 'the other one was');
    assert.deepEqual(ended.toSorted(), ['exit', 'node']);

    const lost = await stage(t, '?hangs', { terminateTimeout: 600_000 });
    const draining = lost.leaving.agent.drain();
    while (torn(lost.said).length < THREADS) await turn();
    await lost.leaving.agent.stop();
    await draining;
    while (lost.ended.length < THREADS) await turn();
    assert.equal(torn(lost.said).length, THREADS, 'nobody was asked twice');
  });

  it('that is stopped while the broker is away ends its threads all the same', async (t) => {
    const { leaving, pool, cluster } = await stage(t, '');
    const open = assert.rejects(pool.run('further'));
    cluster.broker.freeze();
    await leaving.agent.stop();
    assert.deepEqual([leaving.agent.sessions, leaving.agent.used], [0, 0]);
    cluster.broker.thaw();
    await pool.close({ force: true });
    await open;
  });
});
