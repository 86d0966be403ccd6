import { fileURLToPath } from 'node:url';
import { FixedThreadPool } from 'poolifier';
import type { Job } from '../work/job.ts';
import { type Contender, compiled } from './contender.ts';

/**
 * Without its tasks queue it is at its fastest, as in its authors' own benchmark, but then a thread holds many tasks at
 * once and takes all of them along when it dies. So the queue is on where faults are injected.
 */
export const poolifier: Contender = {
  name: 'poolifier',
  setup: 'FixedThreadPool, defaults; tasks queue on where faults are injected; AbortSignal.timeout where a time-out is needed',
  async start({ threads, timeoutMs, heapMb, faulty }) {
    const pool = new FixedThreadPool<Job, unknown>(threads, fileURLToPath(compiled('contenders/poolifier-thread')), {
      enableTasksQueue: faulty === true,
      errorHandler: () => {},
      ...(heapMb ? { workerOptions: { resourceLimits: { maxOldGenerationSizeMb: heapMb } } } : {}),
    });
    // The pool emits its errors as well as rejecting; its pages tell to listen.
    pool.emitter?.on('error', () => {});
    return {
      run: (job, transfer) => pool.execute(job, undefined, timeoutMs ? AbortSignal.timeout(timeoutMs) : undefined, transfer as never),
      close: () => pool.destroy(),
    };
  },
};
