/**
 * Batch jobs whose output is their own journal.
 *
 * @module holdfast/batch
 */

import { systemClock } from '../core/clock.ts';
import type { PoolOptions } from '../index.ts';
import { nodeDisk, streamFile } from './node-disk.ts';
import { type BatchJobOptions, type BatchSeams, type BatchSummary, resolveJob } from './options.ts';
import { machineProcesses } from './processes.ts';
import { runJob } from './run.ts';
import { threadPool } from './thread-pool.ts';

export type { BatchPool } from './batch-pool.ts';
export { BatchError, type BatchErrorCode } from './errors.ts';
export type { SyncRule } from './journal.ts';
export { type BatchJobOptions, type BatchProgress, type BatchSummary, failedPathOf } from './options.ts';

/** Options of a batch job; what is not its own goes to the pool. */
export type BatchOptions = BatchJobOptions & Omit<PoolOptions, 'filename' | 'name'>;

/** What a job stands on in this process. */
export function systemSeams(): BatchSeams {
  return {
    disk: nodeDisk,
    processes: machineProcesses(),
    clock: systemClock,
    // Taken only when they are used: to touch them changes how the process ends.
    get stdin() {
      return process.stdin as AsyncIterable<Buffer>;
    },
    get stdout() {
      return streamFile(process.stdout);
    },
    createPool: threadPool,
  };
}

/**
 * Runs the task module over every line of the input, and writes one record for each: results to `out`, dead letters to
 * `failed`. After any death of the process, the same call with `resume: true` runs exactly the rest.
 *
 * Resolves when every line has a record, or when `signal` was aborted and what had begun is recorded. A failed task
 * fails no job. Rejects with a `BatchError` if the job cannot begin or has to stop; its `code` says why, and what was
 * settled until then is recorded.
 */
export function runBatch(options: BatchOptions): Promise<BatchSummary> {
  return new Promise((resolve) => resolve(runJob(resolveJob({ ...options }), systemSeams())));
}
