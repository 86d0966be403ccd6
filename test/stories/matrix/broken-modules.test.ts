import { test } from 'node:test';
import type { PoolOptions } from '../../../src/index.ts';
import { COLUMNS, isPlayed } from './cells.ts';
import { cells, type Module } from './modules.ts';
import { Table } from './table.ts';

const HANGS = (): Partial<PoolOptions> => ({ startupTimeout: 150 });
const NOT_FOUND = { cause: { name: 'Error', code: 'ERR_MODULE_NOT_FOUND' }, shown: "Node's *module not found*" };
const STARTUP = { cause: { name: 'StartupError', code: 'ERR_WORKER_STARTUP' }, shown: '`ERR_WORKER_STARTUP`' };
const BROKEN: readonly Module[] = [
  { fault: 'is missing', file: 'is-not-there.mjs', ...NOT_FOUND },
  { fault: 'does not parse', file: 'syntax-error.mjs', cause: { name: 'SyntaxError' }, shown: '`SyntaxError`' },
  { fault: 'imports what is missing', file: 'missing-dependency.mjs', ...NOT_FOUND },
  {
    fault: 'exports no function',
    file: 'no-function.mjs',
    cause: { name: 'TypeError', code: 'ERR_NO_SUCH_EXPORT' },
    shown: '`ERR_NO_SUCH_EXPORT`',
  },
  {
    fault: 'throws when it is loaded',
    file: 'throws.mjs',
    cause: { name: 'RangeError', code: 'E_LOADING' },
    shown: 'its own `RangeError`',
  },
  { fault: 'throws `null` when it is loaded', file: 'throws-null.mjs', cause: null, shown: '`null`' },
  { fault: 'calls `process.exit()`', file: 'exits.mjs', ...STARTUP },
  { fault: 'never finishes loading', file: 'never-loads.mjs', pool: HANGS, ...STARTUP },
  { fault: 'loops forever', file: 'loops.mjs', pool: HANGS, ...STARTUP },
];
const table = new Table('broken modules', ['a module that …', 'fails with the cause', ...COLUMNS]);

for (const [row, module] of BROKEN.entries()) {
  table.set(row, [module.fault, module.shown!]);
  if (!isPlayed(row, 'broken modules')) continue;
  test(`settlement matrix: a module that ${module.fault}`, async () =>
    table.set(row, [module.fault, module.shown!, ...(await cells(module, row))]));
}

test('the page shows this table', () => table.publish());
