import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Pool, type PoolOptions, type RunOptions } from '../../../src/index.ts';
import { failure, mainIsUnharmed, nothingLeft, resources, whole } from '../stage.ts';
import { Table } from './table.ts';

interface Module {
  readonly fault: string;
  readonly file: string;
  readonly pool?: () => Partial<PoolOptions>;
  /** What the tasks' error names as its cause; none if the pool recovers. */
  readonly cause?: { readonly name: string; readonly code?: string } | null;
}

const HANGS = (): Partial<PoolOptions> => ({ startupTimeout: 150 });
const MODULES: readonly Module[] = [
  { fault: 'is missing', file: 'is-not-there.mjs', cause: { name: 'Error', code: 'ERR_MODULE_NOT_FOUND' } },
  { fault: 'does not parse', file: 'syntax-error.mjs', cause: { name: 'SyntaxError' } },
  { fault: 'imports what is missing', file: 'missing-dependency.mjs', cause: { name: 'Error', code: 'ERR_MODULE_NOT_FOUND' } },
  { fault: 'exports no function', file: 'no-function.mjs', cause: { name: 'TypeError', code: 'ERR_NO_SUCH_EXPORT' } },
  { fault: 'throws when it is loaded', file: 'throws.mjs', cause: { name: 'RangeError', code: 'E_LOADING' } },
  { fault: 'throws `null` when it is loaded', file: 'throws-null.mjs', cause: null },
  { fault: 'calls `process.exit()`', file: 'exits.mjs', cause: { name: 'StartupError', code: 'ERR_WORKER_STARTUP' } },
  { fault: 'never finishes loading', file: 'never-loads.mjs', pool: HANGS, cause: { name: 'StartupError', code: 'ERR_WORKER_STARTUP' } },
  { fault: 'loops for ever', file: 'loops.mjs', pool: HANGS, cause: { name: 'StartupError', code: 'ERR_WORKER_STARTUP' } },
  {
    fault: 'loads only the third time',
    file: 'third-time.mjs',
    pool: () => ({ workerData: new Int32Array(new SharedArrayBuffer(4)) }),
  },
  { fault: 'loads slowly', file: 'slow.mjs' },
  { fault: 'is CommonJS', file: 'common.cjs' },
  { fault: 'throws out of a timer while it loads', file: 'throws-beside.mjs' },
];

/** Of three starts the last one may succeed. */
const INTENSITY = 2;
const QUEUE = 8;
const table = new Table('modules', [
  'a module that …',
  'the pool',
  'cause',
  '1 thread',
  'with a signal',
  'full queue',
  'full queue, signal',
  '3 threads',
  'with a signal',
  'full queue',
  'full queue, signal',
]);

async function cell(module: Module, threads: number, queue: 'empty' | 'full', signal?: AbortSignal): Promise<string> {
  const before = resources();
  const pool = new Pool({
    filename: new URL(`../../fixtures/raw/${module.file}`, import.meta.url),
    threads,
    spares: 0,
    maxQueue: QUEUE,
    restart: { intensity: INTENSITY, minTimeout: 1, maxTimeout: 2 },
    ...module.pool?.(),
  });
  const options: RunOptions = signal === undefined ? {} : { signal };
  const ready = pool.ready();
  const runs = Array.from({ length: queue === 'full' ? QUEUE : 1 }, (_, n) => pool.run(n, options));
  if (queue === 'full') assert.equal((await failure(pool.run('one too many', options))).code, 'ERR_QUEUE_FULL');
  if (module.cause === undefined) await recovers(pool, ready, runs, threads);
  else await fails(pool, ready, runs, threads, module.cause);
  if (signal !== undefined) assert.equal(getEventListeners(signal, 'abort').length, 0);
  await pool.close();
  await nothingLeft(before);
  await mainIsUnharmed();
  return queue === 'full' ? `✓ ${runs.length}/${runs.length}` : '✓';
}

async function recovers(pool: Pool, ready: Promise<void>, runs: Promise<unknown>[], threads: number): Promise<void> {
  await ready;
  assert.deepEqual(
    await Promise.all(runs),
    runs.map((_, n) => n),
  );
  await whole(pool, threads, 0);
  assert.equal(pool.health(), 'ok');
}

async function fails(pool: Pool, ready: Promise<void>, runs: Promise<unknown>[], threads: number, cause: Module['cause']): Promise<void> {
  const errors = await Promise.all([ready, ...runs].map(failure));
  for (const error of [...errors, await failure(pool.run('later'))]) {
    assert.equal(error.code, 'ERR_POOL_FAILED');
    if (cause === null) assert.equal(error.cause, null);
    else for (const [key, value] of Object.entries(cause!)) assert.equal((error.cause as Record<string, unknown>)[key], value);
  }
  assert.equal(pool.health(), 'failed');
  assert.ok(pool.stats().threadStarts <= threads + INTENSITY, `${pool.stats().threadStarts} starts are within the intensity`);
  await whole(pool, 0, 0);
}

for (const module of MODULES) {
  test(`settlement matrix: a module that ${module.fault}`, async () => {
    const cells: string[] = [];
    for (const threads of [1, 3]) {
      for (const queue of ['empty', 'full'] as const) {
        cells.push(await cell(module, threads, queue), await cell(module, threads, queue, new AbortController().signal));
      }
    }
    const cause = module.cause === undefined ? '' : module.cause === null ? '`null`' : `\`${module.cause.code ?? module.cause.name}\``;
    table.add([module.fault, module.cause === undefined ? 'serves' : 'fails', cause, ...cells]);
  });
}

test('the page shows this table', () => table.publish());
