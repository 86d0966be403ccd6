import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { Pool, type PoolOptions, type RunOptions } from '../../../src/index.ts';
import { failure, mainIsUnharmed, nothingLeft, resources, whole } from '../stage.ts';
import { type Cell, cellsOf } from './cells.ts';

/** A task module that makes trouble when it is loaded. */
export interface Module {
  readonly fault: string;
  readonly file: string;
  readonly pool?: () => Partial<PoolOptions>;
  /** What the tasks' error has as its cause; absent if the pool recovers. */
  readonly cause?: { readonly name: string; readonly code?: string } | null;
  /** The cause in the words of the table. */
  readonly shown?: string;
}

/** Of three starts the last one may succeed. */
const INTENSITY = 2;
const QUEUE = 8;
async function cell(module: Module, { threads, queue, signal: signalled }: Cell): Promise<string> {
  const signal = signalled ? new AbortController().signal : undefined;
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
  const runs = Array.from({ length: queue === 'full' ? QUEUE + threads : 1 }, (_, n) => pool.run(n, options));
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

/** What was seen in each cell of a row. */
export async function cells(module: Module, row: number): Promise<(string | undefined)[]> {
  const seen: (string | undefined)[] = [];
  for (const one of cellsOf(row)) seen.push(one && (await cell(module, one)));
  return seen;
}
