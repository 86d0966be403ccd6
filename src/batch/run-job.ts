import type { BatchPool } from './batch-pool.ts';
import { dryRun } from './dry-run.ts';
import { BatchError, saidBy } from './errors.ts';
import { identify, inspectInputs } from './job/inputs.ts';
import { type Outputs, openOutputs } from './job/outputs.ts';
import { JobLog } from './journal/job-log.ts';
import { fencedDisk } from './machine/fenced-disk.ts';
import type { BatchJob, BatchSeams } from './options.ts';
import type { BatchSummary } from './progress.ts';
import { BatchRun } from './run.ts';

/**
 * Resolves when the threads have loaded the task module, or when the job is stopped first. Rejects with `ERR_BATCH_TASK`
 * if they cannot.
 */
async function loaded({ signal, onNote }: BatchJob, pool: BatchPool): Promise<void> {
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    await Promise.race([pool.ready(onNote), stopped]);
  } catch (cause) {
    const message = `The threads cannot begin: ${saidBy(cause)}. Mend the task module, then try again.`;
    throw new BatchError('ERR_BATCH_TASK', message, { cause });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Runs a job on whatever `seams` put below it. */
export async function runJob(job: BatchJob, given: BatchSeams): Promise<BatchSummary> {
  const { claim } = given;
  const seams = claim === undefined ? given : { ...given, disk: fencedDisk(given.disk, () => claim.check()) };
  const inputs = await inspectInputs(seams.disk, job.inputs);
  const identity = await identify(job, inputs, seams.disk);
  const call = { batch: job.batch, timed: job.joblog !== undefined && !job.dryRun };
  const pool = seams.createPool({ ...job.pool, filename: job.filename, name: job.name }, call);
  let outputs: Outputs | undefined;
  try {
    if (job.dryRun) {
      await loaded(job, pool);
      return await dryRun(job, seams, inputs);
    }
    outputs = await openOutputs(job, identity, inputs, seams, () => loaded(job, pool));
    job.onPool(pool);
    const log = job.joblog === undefined ? undefined : await JobLog.open(job.joblog, job, seams.disk);
    return await new BatchRun(job, seams, pool, inputs, outputs, log).run();
  } finally {
    await pool.close({ force: true });
    await outputs?.release();
  }
}
