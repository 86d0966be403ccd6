import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { attemptsOf, type Pool, type PoolOptions } from '../../src/index.ts';
import { alive, MISDEEDS, openCells } from './stage.ts';

/** What a task can do to its cell, and how it may end. */
export interface Misdeed {
  /** Export of the task module. */
  readonly name: string;
  /** Code of the error; `value` where the task itself succeeds. */
  readonly ends: string;
  readonly kind?: string;
  readonly input?: unknown;
}

const crash = { ends: 'ERR_WORKER_CRASHED', kind: 'crash' } as const;
const own = { ends: 'E_CUSTOM', kind: 'error' } as const;

export const MISDEEDS_OF_CELLS: readonly Misdeed[] = [
  { name: 'segfault', ...crash },
  { name: 'abort', ...crash },
  { name: 'killSelf', ...crash },
  { name: 'stopSelf', ends: 'ERR_TASK_TIMEOUT', kind: 'timeout' },
  { name: 'spin', ends: 'ERR_TASK_TIMEOUT', kind: 'timeout' },
  { name: 'neverSettle', ends: 'ERR_TASK_TIMEOUT', kind: 'timeout' },
  { name: 'crash', ...crash },
  { name: 'leaveRejection', ...crash },
  { name: 'exitNow', ...crash },
  { name: 'exitLater', ...crash },
  { name: 'throwError', ...own },
  { name: 'rejectLater', ...own },
  { name: 'exhaustMemory', ends: 'ERR_WORKER_OUT_OF_MEMORY', kind: 'oom' },
  { name: 'returnFunction', ends: 'ERR_TASK_NOT_CLONEABLE', kind: 'clone' },
  { name: 'throwFunction', ends: 'ERR_TASK_NOT_CLONEABLE', kind: 'clone' },
  { name: 'throwAfterwards', ends: 'value', input: 'value' },
  { name: 'exitAfterwards', ends: 'value', input: 'value' },
  { name: 'blockNatively', ends: 'ERR_TASK_TIMEOUT', kind: 'timeout', input: 50_000_000 },
];

export function open(options: Partial<PoolOptions> = {}): Pool {
  return openCells({
    filename: MISDEEDS,
    threads: 2,
    spares: 1,
    timeout: 1_500,
    terminateTimeout: 1_000,
    resourceLimits: { maxOldGenerationSizeMb: 32 },
    ...options,
  });
}

/** The process ids of the cells, from the tree. */
export function cellsOf(pool: Pool): number[] {
  return pool.tree().children!.flatMap(({ pid }) => pid ?? []);
}

/** The pool is whole: two threads and the spare, nothing else. */
export async function whole(pool: Pool): Promise<void> {
  for (;;) {
    const { ready, spare, starting, busy, stopping, orphan } = pool.stats().threads;
    if (ready === 2 && spare === 1 && starting + busy + stopping + orphan === 0) return;
    await sleep(5);
  }
}

/** One misdeed among innocents: it ends as the table says, they all succeed, each exactly once, and the pool is whole again. */
export async function settles(pool: Pool, { name, ends, kind, input }: Misdeed): Promise<void> {
  let settlements = 0;
  const counted = <T>(promise: Promise<T>): Promise<T> => promise.finally(() => settlements++);
  const innocents = Array.from({ length: 30 }, (_, n) => counted(pool.run(n)));
  const outcome = await counted(pool.run(input, { name })).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const more = Array.from({ length: 30 }, (_, n) => counted(pool.run(30 + n)));
  assert.deepEqual(
    await Promise.all([...innocents, ...more]),
    Array.from({ length: 60 }, (_, n) => n),
    `${name}: an innocent task failed`,
  );
  if ('value' in outcome) assert.equal(outcome.value, ends, name);
  else {
    assert.equal((outcome.error as { code: string }).code, ends, `${name}: ${outcome.error}`);
    assert.deepEqual([...new Set(attemptsOf(outcome.error).map((attempt) => attempt.kind))], [kind], name);
  }
  await whole(pool);
  assert.equal(settlements, 61);
  assert.equal(pool.stats().open, 0);
}

/** Closes the pool, and sees that no cell of it is left. */
export async function closes(pool: Pool): Promise<void> {
  const cells = cellsOf(pool);
  await pool.close();
  assert.deepEqual(cells.filter(alive), []);
}
