import { test } from 'node:test';
import { Pool, type PoolOptions } from '../../../src/index.ts';
import { MISDEEDS, mainIsUnharmed, nothingLeft, resources, whole } from '../stage.ts';
import { COLUMNS, cellsOf, isPlayed } from './cells.ts';
import { KINDS } from './kinds.ts';
import { Table } from './table.ts';
import { cell, INNOCENTS } from './task-cell.ts';

const table = new Table('tasks', ['a task that …', 'gives its caller', 'attempts', ...COLUMNS]);

/** Kinds that need no pool of their own share two: whatever one of them does to a thread, the next one must not feel it. */
const shared = new Map<number, Pool>();
const beforeAll = resources();

function open(threads: number, own: Partial<PoolOptions> = {}): Pool {
  const options = { filename: MISDEEDS, threads, spares: 1, retry: { retries: 1, minTimeout: 1 }, maxQueue: INNOCENTS, ...own };
  return new Pool(options);
}

for (const [row, kind] of KINDS.entries()) {
  const about = [kind.fault, kind.outcome === 'its value' ? kind.outcome : `\`${kind.outcome}\``, String(kind.attempts.length || 1)];
  table.set(row, about);
  if (!isPlayed(row, 'tasks')) continue;
  test(`settlement matrix: a task that ${kind.fault}`, async () => {
    const seen: (string | undefined)[] = [];
    for (const threads of [1, 3]) {
      const some = cellsOf(row).slice(seen.length, seen.length + 4);
      if (some.every((one) => one === undefined)) {
        seen.push(...some);
        continue;
      }
      const pool = kind.pool === undefined ? (shared.get(threads) ?? open(threads)) : open(threads, kind.pool);
      if (kind.pool === undefined) shared.set(threads, pool);
      await pool.ready();
      for (let n = 0; n < 20; n++) await pool.run(n); // Until tasks travel in bundles.
      await whole(pool, threads, 1);
      for (const one of some) seen.push(one && (await cell(pool, kind, one)));
      if (kind.pool !== undefined) await pool.close();
    }
    table.set(row, [...about, ...seen]);
  });
}

test('nothing is left of the pools', async () => {
  for (const pool of shared.values()) await pool.close();
  await nothingLeft(beforeAll);
  await mainIsUnharmed();
});

test('the page shows this table', () => table.publish());
