import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Pool, PoolEvents, PoolOptions } from '../../src/index.ts';
import type * as Tasks from '../fixtures/context-tasks.ts';
import { first, further, oneIn } from '../soak.ts';
import { open } from './stage.ts';

const test = oneIn(3, import.meta.url);

interface Watched {
  readonly pool: Pool<typeof Tasks>;
  readonly exits: PoolEvents['workerExit'][];
  /** Moments at which a slot was without a thread. */
  readonly gaps: unknown[];
}

function poolOf(t: TestContext, options: Partial<PoolOptions>): Watched {
  const filename = new URL('../fixtures/context-tasks.js', import.meta.url);
  const pool = open(t, { filename, name: 'threadId', ...options }) as unknown as Pool<typeof Tasks>;
  const exits: PoolEvents['workerExit'][] = [];
  const gaps: unknown[] = [];
  pool.on('workerExit', (event) => exits.push(event));
  pool.on('degraded', (event) => gaps.push(event));
  return { pool, exits, gaps };
}

/** Runs tasks, one after the other, until enough threads have gone. */
async function until({ pool, exits }: Watched, count: number, name: 'threadId' | 'keepMemory', input: number): Promise<Set<number>> {
  const seen = new Set<number>();
  while (exits.length < count) seen.add((await pool.run(input as never, { name, retry: false })) as number);
  return seen;
}

for (const spares of first(1, [0, 1])) {
  test(`recycled after so many tasks, threads come and go and no task notices (${spares} spares)`, async (t) => {
    const watched = poolOf(t, { threads: 2, spares, recycle: { tasks: 20 } });
    await watched.pool.ready();
    const seen = await until(watched, 4, 'threadId', 0);
    assert.ok(seen.size >= 4, `${seen.size} threads have served`);
    assert.deepEqual(new Set(watched.exits.map(({ reason }) => reason)), new Set(['recycled']));
    assert.ok(watched.pool.stats().fulfilled <= 20 * watched.pool.stats().threadStarts, 'no thread serves more');
  });
}

further('a thread that makes garbage and keeps nothing is not recycled for its heap', async (t) => {
  const watched = poolOf(t, { threads: 1, spares: 1, recycle: { heapMb: 60 } });
  await watched.pool.ready();
  for (let i = 0; i < 100; i++) await watched.pool.run(8 as never, { name: 'makeGarbage' });
  assert.deepEqual(watched.exits, []);
});

test('recycled when its heap has grown too large, a thread goes with what it kept', async (t) => {
  const watched = poolOf(t, { threads: 1, spares: 1, recycle: { heapMb: 60 } });
  await watched.pool.ready();
  const seen = await until(watched, 2, 'keepMemory', 8);
  assert.ok(seen.size >= 2, `${seen.size} threads have served`);
  assert.deepEqual(new Set(watched.exits.map(({ reason }) => reason)), new Set(['recycled']));
  assert.deepEqual(watched.gaps, []);
  const { fulfilled, rejected } = watched.pool.stats();
  assert.equal(rejected, 0);
  assert.ok(fulfilled >= 2 * 5, `${fulfilled} tasks for two threads: one at least went before its heap was full`);
});
