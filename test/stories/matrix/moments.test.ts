import { test } from 'node:test';
import { Pool } from '../../../src/index.ts';
import { MISDEEDS, mainIsUnharmed, nothingLeft, resources } from '../stage.ts';
import { isPlayed, threadsOf } from './cells.ts';
import { after, MOMENTS } from './moments.ts';
import { Table } from './table.ts';

const table = new Table('moments', ['when …', 'one sees', '1 thread', '3 threads']);

for (const [row, { moment, seen, pool: options, play }] of MOMENTS.entries()) {
  table.set(row, [moment, seen]);
  if (!isPlayed(row, 'moments')) continue;
  test(`settlement matrix: ${moment}`, async () => {
    const cells: (string | undefined)[] = [];
    for (const threads of threadsOf(row)) {
      cells.push(threads && '✓');
      if (threads === undefined) continue;
      const before = resources();
      const pool = new Pool({ filename: MISDEEDS, threads, spares: 1, retry: 1, ...options });
      await pool.ready();
      await play(pool, threads);
      await after(pool, threads);
      await pool.close();
      await nothingLeft(before);
      await mainIsUnharmed();
    }
    table.set(row, [moment, seen, ...cells]);
  });
}

test('the page shows this table', () => table.publish());
