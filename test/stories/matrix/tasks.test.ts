import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Pool, type PoolEvents, type PoolOptions, type RunOptions } from '../../../src/index.ts';
import { MISDEEDS, mainIsUnharmed, nothingLeft, resources, whole } from '../stage.ts';
import { type Cell, COLUMNS, cellsOf } from './cells.ts';
import { attemptsInWords, inWords, KINDS, type Kind } from './kinds.ts';
import { Table } from './table.ts';

/** Good tasks that may wait beside the bad one. */
const INNOCENTS = 24;
const table = new Table('tasks', ['a task that …', 'gives its caller', 'attempts', ...COLUMNS]);

/** The bad task alone, or in the middle of as many good ones as the queue will take. */
async function cell(pool: Pool, kind: Kind, { threads, queue, signal: signalled }: Cell): Promise<string> {
  const controller = signalled ? new AbortController() : undefined;
  const before = pool.stats();
  const signal: RunOptions = controller === undefined ? {} : { signal: controller.signal };
  const late: PoolEvents['lateError'][] = [];
  const hear = (event: PoolEvents['lateError']): void => void late.push(event);
  pool.on('lateError', hear);
  const good: Promise<unknown>[] = [];
  const run = (n: number): void => void good.push(pool.run(n, n % 3 === 0 ? { ...signal, name: 'waitFor' } : signal));
  if (queue === 'full') for (let n = 0; n < INNOCENTS / 2; n++) run(n);
  const bad = pool.run(kind.input?.() as never, { ...signal, ...kind.run, name: kind.name });
  if (queue === 'full') {
    for (let n = INNOCENTS / 2; n < INNOCENTS + threads - 1; n++) run(n);
    await assert.rejects(pool.run('one too many', signal), { code: 'ERR_QUEUE_FULL' });
  }
  const [outcome] = await Promise.allSettled([bad]);
  assert.equal(inWords(outcome!), kind.outcome);
  assert.deepEqual(attemptsInWords(outcome!), kind.attempts);
  assert.deepEqual(
    await Promise.all(good),
    good.map((_, n) => n),
    'innocents get the right value',
  );
  await whole(pool, threads, 1, kind.event === undefined ? undefined : () => late.length > 0);
  pool.off('lateError', hear);
  const after = pool.stats();
  assert.equal(after.accepted - before.accepted, good.length + 1, 'what was refused was not accepted');
  assert.equal(after.fulfilled + after.rejected - before.fulfilled - before.rejected, good.length + 1, 'all settle, once');
  assert.equal(late.length, kind.event === undefined ? 0 : 1);
  if (controller !== undefined) assert.equal(getEventListeners(controller.signal, 'abort').length, 0, 'no listener stays');
  await mainIsUnharmed();
  return queue === 'full' ? `✓ ${good.length}/${good.length}` : '✓';
}

/** Kinds that need no pool of their own share two: whatever one of them does to a thread, the next one must not feel it. */
const shared = new Map<number, Pool>();
const beforeAll = resources();

function open(threads: number, own: Partial<PoolOptions> = {}): Pool {
  const options = { filename: MISDEEDS, threads, spares: 1, retry: { retries: 1, minTimeout: 1 }, maxQueue: INNOCENTS, ...own };
  return new Pool(options);
}

for (const [row, kind] of KINDS.entries()) {
  test(`settlement matrix: a task that ${kind.fault}`, async () => {
    const seen: (string | undefined)[] = [];
    for (const threads of [1, 3]) {
      const pool = kind.pool === undefined ? (shared.get(threads) ?? open(threads)) : open(threads, kind.pool);
      if (kind.pool === undefined) shared.set(threads, pool);
      await pool.ready();
      for (let n = 0; n < 20; n++) await pool.run(n); // Until tasks travel in bundles.
      await whole(pool, threads, 1);
      const some = cellsOf(row).slice(seen.length, seen.length + 4);
      for (const one of some) seen.push(one && (await cell(pool, kind, one)));
      if (kind.pool !== undefined) await pool.close();
    }
    table.add([
      kind.fault,
      kind.outcome === 'its value' ? kind.outcome : `\`${kind.outcome}\``,
      String(kind.attempts.length || 1),
      ...seen,
    ]);
  });
}

test('nothing is left of the pools', async () => {
  for (const pool of shared.values()) await pool.close();
  await nothingLeft(beforeAll);
  await mainIsUnharmed();
});

test('the page shows this table', () => table.publish());
