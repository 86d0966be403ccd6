import assert from 'node:assert/strict';
import type { MemoryLink } from '../../src/executors/nodes/link/memory-link.ts';
import { nextEvent, turn } from '../next-event.ts';
import { oneIn } from '../soak.ts';
import { Cluster } from './pool.ts';

const it = oneIn(3, import.meta.url);

type Tasks = typeof import('../fixtures/node-tasks.js');
const filename = new URL('../fixtures/node-tasks.js', import.meta.url);
const module = { filename: filename.href, beat: 20 };
const nodes = { silence: 100 };

it('a manager that is killed: its nodes end what it had, and another pool is served', async () => {
  const one = new Cluster();
  const { agent } = await one.node(module);
  const links: MemoryLink[] = [];
  const pool = one.pool<Tasks>({ filename, threads: 2, spares: 0, nodes }, links);
  let begun = 0;
  const onProgress = (): void => void begun++;
  for (const n of [1, 2]) pool.run(n, { name: 'hold', onProgress }).catch(() => {});
  while (begun < 2) await turn();
  assert.deepEqual([agent.used, agent.sessions], [2, 1]);
  links[0]!.die();
  while (agent.sessions > 0) await turn();
  assert.equal(agent.used, 0, 'nothing of it runs any more');
  await using other = one.pool<Tasks>({ filename, threads: 2, spares: 0, nodes });
  assert.equal(await other.run(3), 6);
  await pool.close({ force: true });
  await one.close();
});

it('a manager that could not be heard finds its nodes again, and nothing that it had is lost', async () => {
  const one = new Cluster();
  await one.node(module);
  const links: MemoryLink[] = [];
  await using pool = one.pool<Tasks>({ filename, threads: 2, spares: 0, retry: 2, nodes }, links);
  await pool.ready();
  const runs = [1, 2, 3, 4].map((n) => pool.run(n, { name: 'slow' }));
  links[0]!.cut();
  const down = nextEvent(pool, 'nodeDown');
  while (one.broker.channels.some((name) => name.endsWith(':down'))) await turn();
  links[0]!.mend();
  assert.equal((await down).reason, 'gone');
  assert.deepEqual(await Promise.all(runs), [2, 4, 6, 8]);
  assert.equal(pool.stats().open, 0);
  await pool.close();
  await one.close();
});
