import { Pool, type RetryContext, TimeoutError } from 'holdfast';
import { type FaultPlan, faultPlan } from 'holdfast/faults';
import type { Alone } from './alone.ts';
import type { SourceFile } from './files.ts';
import { Losses } from './losses.ts';
import { progress } from './progress.ts';
import { type Takeovers, takeoversOf } from './takeover.ts';
import type { Finding } from './task.ts';

type ParsePool = Pool<typeof import('./task.ts')>;

export interface Threaded {
  readonly findings: readonly Finding[];
  readonly losses: Losses;
  readonly takeovers: Takeovers;
  readonly threads: number;
}

/** One attempt in eleven goes wrong. */
export const faultsOf = (seed: number): FaultPlan => faultPlan({ seed, crash: 0.05, hang: 0.02, oom: 0.01, never: 0.01 });

/** Nine attempts in a hundred fail: that fourteen in a row do happens to one task in 4e14. */
const RETRIES = 13;
/** The tree of the largest file takes about 140 MB. The smaller the heap, the sooner a memory fault has filled it. */
const HEAP_MB = 192;

/**
 * Milliseconds for one attempt, from what the file took alone. Too long a limit makes endless loops expensive; too short a one costs
 * only time. A new thread has not optimized the parser yet, and shares the machine.
 */
const limit = (alone: number): number => Math.ceil(800 + 10 * alone);

/**
 * Repeats what failed, with two exceptions to the pool's own rules. A second memory fault of a file is a coincidence here; the pool
 * would take it for the file's own need. And after three attempts, the limit may be to blame.
 */
const shouldRetry = ({ kind, attempt }: RetryContext): boolean => kind !== 'timeout' || attempt < 3;

/** A machine that is busier than it was gets a longer limit: nothing says how much longer a file takes than an endless loop. */
async function parsed(pool: ParsePool, losses: Losses, path: string, alone: number): Promise<Finding> {
  for (let timeout = limit(alone); ; timeout *= 2) {
    try {
      // The longest first, so that no thread is left with one at the end.
      return await pool.run(path, { timeout, priority: alone });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      losses.gaveUp(error);
    }
  }
}

/** The work in threads, under faults. */
export async function parseInThreads(files: readonly SourceFile[], alone: Alone, plan: FaultPlan, threads: number): Promise<Threaded> {
  await using pool: ParsePool = new Pool({
    filename: new URL('./task.js', import.meta.url),
    threads,
    retry: { retries: RETRIES, minTimeout: 10, maxTimeout: 100, shouldRetry },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    faults: plan,
  });
  const losses = new Losses(pool, plan);
  const bar = progress(`${threads} threads, with faults`, files);
  pool.on('retry', () => bar.retried());
  try {
    const findings = await Promise.all(
      files.map(async (file, i) => {
        const finding = await parsed(pool, losses, file.path, alone.times[i]!);
        bar.done(file);
        return finding;
      }),
    );
    return { findings, losses, takeovers: await takeoversOf(pool), threads };
  } finally {
    bar.end();
  }
}
