import assert from 'node:assert/strict';
import { Pool } from '../../src/index.ts';
import { renderTree, type TreeNode } from '../../src/supervision/index.ts';
import { further, oneIn } from '../soak.ts';

const test = oneIn(3, import.meta.url);

const filename = new URL('../fixtures/misdeeds/deadly.js', import.meta.url);

/** Until the pool is whole again. */
async function whole(pool: Pool, spares: number): Promise<void> {
  const stay = setInterval(() => {}, 60_000);
  while (pool.stats().threads.ready !== 2 || pool.stats().threads.spare !== spares) {
    await new Promise((resolve) => pool.once('workerStart', resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
  clearInterval(stay);
}

test('a pool of threads shows its slots, its spare, and how often each slot was filled again', async () => {
  await using pool = new Pool({ filename, threads: 2, spares: 1, retry: 1, metrics: { labels: {} } });
  await pool.ready();
  await pool.run(undefined, { name: 'pidAfterCrash' });
  await whole(pool, 1);
  const { kind, state, children } = pool.tree();
  assert.deepEqual([kind, state], ['pool', 'ok']);
  assert.deepEqual(
    children!.map(({ id, state }) => [id.replace(/\d+$/, ''), state]),
    [
      ['slot ', 'ready'],
      ['slot ', 'ready'],
      ['thread ', 'spare'],
    ],
  );
  assert.equal(
    children!.reduce((sum, { restarts }) => sum + restarts, 0),
    1,
  );
  assert.equal(
    children!.reduce((sum, { finished = 0 }) => sum + finished, 0),
    1,
  );
  assert.deepEqual(JSON.parse(JSON.stringify(pool.tree())), pool.tree(), 'plain data');
});

test('with cells, the threads hang below the processes they live in', async () => {
  await using pool = new Pool({ filename, isolation: 'process', threads: 2, spares: 0, cells: 1 });
  await pool.ready();
  const tree = pool.tree();
  const pid = await pool.run(undefined, { name: 'pid' });
  assert.deepEqual(
    tree.children!.map((cell) => [cell.kind, cell.pid, cell.children!.map(({ id }) => id)]),
    [['process', pid, ['slot 0', 'slot 1']]],
  );
  assert.match(renderTree(tree), /^\S+ {2}pool {2}ok\n└─ cell (\d+) {2}process {2}up {2}pid \1\n {3}├─ slot 0 {2}thread {2}ready/);
});

test('a slot without a thread is shown empty; a failed pool and a closed one still have a tree', async () => {
  const pool = new Pool({
    filename: new URL('../fixtures/broken-module.js', import.meta.url),
    threads: 1,
    spares: 0,
    restart: { intensity: 0 },
  });
  await assert.rejects(pool.ready());
  const empty = { id: 'slot 0', kind: 'thread', state: 'empty', restarts: 0 };
  assert.deepEqual(pool.tree().children, [empty]);
  assert.equal(pool.tree().state, 'failed');
  await pool.close();
});

further('a slot whose thread has died stands at its place among the others', async () => {
  await using pool = new Pool({ filename: new URL('../fixtures/tasks.js', import.meta.url), threads: 3, spares: 0 });
  await pool.ready();
  const dead = new Promise<readonly TreeNode[]>((resolve) => {
    pool.on('workerExit', () => setImmediate(() => resolve(pool.tree().children!)));
  });
  await assert.rejects(pool.run(3, { name: 'exit', retry: false }));
  const slots = (await dead).filter(({ id }) => id.startsWith('slot'));
  assert.deepEqual(
    slots.map(({ id }) => id),
    ['slot 0', 'slot 1', 'slot 2'],
  );
  assert.ok(slots.some(({ state }) => state === 'empty'));
});

further('with escalation, the cells of the escalation are a branch of their own', async () => {
  await using pool = new Pool({ filename, isolation: 'escalate', threads: 1, spares: 0 });
  const pid = await pool.run(undefined, { name: 'pidAfterCrash' });
  const branch = pool.tree().children!.find(({ id }) => id === 'escalation') as TreeNode;
  assert.equal(branch.kind, 'cells');
  assert.ok(branch.children!.some((cell) => cell.pid === pid));
});
