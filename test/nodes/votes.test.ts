import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { systemClock } from '../../src/core/time/system-clock.ts';
import type { AgentOptions } from '../../src/executors/nodes/agent/admission.ts';
import { localExecutor } from '../../src/executors/nodes/agent/local.ts';
import type { PoolEvents } from '../../src/index.ts';
import { turn } from '../next-event.ts';
import { further, oneIn } from '../soak.ts';
import { clusters } from './pool.ts';

const it = oneIn(3, import.meta.url);

type Tasks = typeof import('../fixtures/node-tasks.js');
const filename = new URL('../fixtures/node-tasks.js', import.meta.url);
const module = { filename: filename.href, beat: 20 };
const nodes = { silence: 400 };

/** A machine that miscalculates. */
const liar: Partial<AgentOptions> = {
  ...module,
  local: ({ settings }) =>
    localExecutor(
      { filename: filename.href, isolation: 'thread', execPath: undefined },
      { ...settings, env: { ...process.env, HOLDFAST_TEST_LIAR: 'yes' } },
      systemClock,
    ),
};

describe('votes across nodes', () => {
  const cluster = clusters();

  it('a node that is always wrong is out of service after its second conviction, and no answer is wrong', async () => {
    const one = cluster();
    const wrong = await one.node(liar);
    for (let i = 0; i < 3; i++) await one.node(module);
    await using pool = one.pool<Tasks>({ filename, threads: 8, spares: 0, redundancy: 3, nodes });
    await pool.ready();
    const downs: PoolEvents['nodeDown'][] = [];
    pool.on('nodeDown', (event) => downs.push(event));
    for (let i = 0; downs.length === 0 && i < 200; i++) assert.equal(await pool.run(i, { name: 'claim' }), i * 2);
    assert.deepEqual(
      downs.map(({ node, reason }) => ({ node, reason })),
      [{ node: wrong.agent.id, reason: 'convicted' }],
    );
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => pool.run(n, { name: 'claim' })));
    assert.deepEqual(
      results,
      results.map((_, n) => n * 2),
    );
  });

  it('stays out when it was lost, and is found again', async () => {
    const one = cluster();
    const wrong = await one.node(liar);
    for (let i = 0; i < 3; i++) await one.node(module);
    await using pool = one.pool<Tasks>({ filename, threads: 8, spares: 0, redundancy: 3, nodes: { silence: 100 } });
    await pool.ready();
    const state = (): string | undefined => pool.stats().nodes!.nodes.find(({ id }) => id === wrong.agent.id)?.state;
    for (let i = 0; state() === 'up'; i++) await pool.run(i, { name: 'claim' });
    wrong.link.cut();
    while (state() !== undefined) await turn();
    wrong.link.mend();
    while (state() === undefined || state() === 'found') await turn();
    assert.equal(state(), 'down');
  });

  further("with spread: 'require' copies wait for another domain; with 'prefer' they take what there is, and it is counted", async () => {
    const one = cluster();
    await one.node({ ...module, domain: 'rack1' });
    await one.node({ ...module, domain: 'rack1' });
    await using strict = one.pool<Tasks>({ filename, threads: 2, spares: 0, redundancy: 2, nodes: { ...nodes, spread: 'require' } });
    await strict.ready();
    const waits = strict.run(1, { timeout: { total: 300 } });
    await assert.rejects(waits, { code: 'ERR_TASK_TIMEOUT' });
    await using lax = one.pool<Tasks>({ filename, threads: 2, spares: 0, redundancy: 2, nodes });
    assert.equal(await lax.run(2), 4);
    assert.ok(lax.stats().nodes!.sharedDomains >= 1);
  });
});
