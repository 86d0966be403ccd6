import { test } from 'node:test';
import { COLUMNS, isPlayed } from './cells.ts';
import { cells, type Module } from './modules.ts';
import { Table } from './table.ts';

const LATE: readonly Module[] = [
  {
    fault: 'loads only the third time',
    file: 'third-time.mjs',
    pool: () => ({ workerData: new Int32Array(new SharedArrayBuffer(4)) }),
  },
  { fault: 'loads slowly', file: 'slow.mjs' },
  { fault: 'is CommonJS', file: 'common.cjs' },
  { fault: 'throws out of a timer while it loads', file: 'throws-beside.mjs' },
];
const table = new Table('late modules', ['a module that …', 'gives', ...COLUMNS]);

for (const [row, module] of LATE.entries()) {
  table.set(row, [module.fault, 'values']);
  if (!isPlayed(row, 'late modules')) continue;
  test(`settlement matrix: a module that ${module.fault}`, async () =>
    table.set(row, [module.fault, 'values', ...(await cells(module, row))]));
}

test('the page shows this table', () => table.publish());
