/**
 * Batch jobs whose output is their own journal.
 *
 * @module holdfast/batch
 */

import { systemClock } from '../core/time/system-clock.ts';
import type { PoolOptions } from '../index.ts';
import { descriptorAt } from './machine/descriptors.ts';
import { nodeDisk } from './machine/node-disk.ts';
import { machineProcesses } from './machine/processes.ts';
import { piecesOf, streamFile } from './machine/stream-file.ts';
import { type BatchJobOptions, type BatchSeams, resolveJob } from './options.ts';
import { threadPool } from './pool/thread-pool.ts';
import type { BatchSummary } from './progress.ts';
import { runJob } from './run-job.ts';

export type { BatchPool } from './batch-pool.ts';
export { BatchError, type BatchErrorCode } from './errors.ts';
export type { HaltRule } from './halt.ts';
export { failureText } from './halt.ts';
export type { SyncRule } from './journal/journal.ts';
export type { InputFormat } from './lines/format.ts';
export { descriptorAt } from './machine/descriptors.ts';
export type { Disk, DiskFile } from './machine/disk.ts';
export { machineProcesses, type Processes, type ProcessName } from './machine/processes.ts';
export { descriptorFile } from './machine/stream-file.ts';
export type { BatchJobOptions, BatchSeams } from './options.ts';
export type { BatchProgress, BatchSummary, FirstFailure, LongLine } from './progress.ts';

/** Options of a batch job; what is not its own goes to the pool. */
export type BatchOptions = BatchJobOptions & Omit<PoolOptions, 'filename' | 'name'>;

/** What a job stands on in this process. */
function systemSeams(): BatchSeams {
  return {
    disk: nodeDisk,
    processes: machineProcesses(),
    clock: systemClock,
    // Taken only when they are used: to touch them changes how the process ends.
    stdin: () => piecesOf(process.stdin),
    stdout: () => streamFile(process.stdout),
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
 *
 * @param seams for simulations, and for who runs jobs in a process of their own: what takes the place of disk, clock and pool
 */
export async function runBatch(options: BatchOptions, seams: Partial<BatchSeams> = {}): Promise<BatchSummary> {
  const { input, out } = options;
  const dashed = (path: string, descriptor: number) => (typeof path === 'string' && descriptorAt(path) === descriptor ? '-' : path);
  const inputs = Array.isArray(input) ? input.map((path: string) => dashed(path, 0)) : dashed(input as string, 0);
  const job = resolveJob({ ...options, input: inputs, out: dashed(out, 1) });
  return runJob(job, Object.assign(systemSeams(), seams));
}
