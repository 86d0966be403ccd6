import type { Pool } from '../../index.ts';
import { itemFailure, plainReason, UnrecoverableJobError } from './failures.ts';
import type { ItemOutcome, RunSettings } from './options.ts';

interface Bundle {
  // biome-ignore lint/suspicious/noExplicitAny: a pool of any module
  readonly pool: Pool<any, any, any>;
  readonly items: unknown;
  readonly mode: 'all' | 'settled';
  readonly options: RunSettings & { readonly name: string | undefined; readonly signal: AbortSignal };
  /** The share of the items that have ended, in whole per cent. */
  progress(percent: number): void;
}

/** Runs a task for every item of a job. Many short tasks in one job share its forty commands to Redis. */
export async function runBundle({ pool, items, mode, options, progress }: Bundle): Promise<unknown[]> {
  if (!Array.isArray(items)) {
    throw new UnrecoverableJobError(
      'ERR_INVALID_OPTION',
      `Expected the data of the job to be an array, because the processor has the option bundle. Got ${items === null ? 'null' : typeof items}. ` +
        'Add the job with an array, or make one with the option input.',
    );
  }
  const results: unknown[] = new Array(items.length);
  let ended = 0;
  let told = 0;
  for await (const outcome of pool.mapSettled(items, { ...options, ordered: false })) {
    if (outcome.status === 'fulfilled') results[outcome.index] = mode === 'all' ? outcome.value : fulfilled(outcome.value);
    else if (mode === 'all') throw itemFailure(outcome.reason, outcome.index, items.length);
    else results[outcome.index] = { status: 'rejected', reason: plainReason(outcome.reason) } satisfies ItemOutcome;
    ended++;
    const percent = Math.floor((100 * ended) / items.length);
    if (percent > told) progress(percent);
    told = percent;
  }
  return results;
}

const fulfilled = (value: unknown): ItemOutcome => ({ status: 'fulfilled', value });
