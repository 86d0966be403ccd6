import { test } from 'node:test';
import { Pool } from '../../../src/index.ts';
import { MISDEEDS, mainIsUnharmed, nothingLeft, resources } from '../stage.ts';
import { after, MOMENTS } from './moments.ts';
import { Table } from './table.ts';

const table = new Table('moments', ['when …', 'one sees', '1 thread', '3 threads']);

for (const { moment, seen, pool: options, play } of MOMENTS) {
  test(`settlement matrix: ${moment}`, async () => {
    for (const threads of [1, 3]) {
      const before = resources();
      const pool = new Pool({ filename: MISDEEDS, threads, spares: 1, retry: 1, ...options });
      await pool.ready();
      await play(pool, threads);
      await after(pool, threads);
      await pool.close();
      await nothingLeft(before);
      await mainIsUnharmed();
    }
    table.add([moment, seen, '✓', '✓']);
  });
}

test('the page shows this table', () => table.publish());
