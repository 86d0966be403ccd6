import { Worker } from 'node:worker_threads';
import { compiled } from '../contenders/contender.ts';
import type { RawMessage } from '../contenders/raw-thread.ts';
import type { Job } from '../work/job.ts';

/**
 * Thread time of one job of a number of rounds when `threads` threads do nothing else, all at once, in milliseconds: the task's own
 * function is called again and again, with no messages but one at each end. This is the s of the closed forms, with whatever the
 * cores take from each other in it.
 */
export async function measureService(threads: number, rounds: number, forMs: number, roundsPerMs: number): Promise<number> {
  const jobs = Math.max(1, Math.round((forMs * roundsPerMs) / rounds));
  const workers = Array.from({ length: threads }, () => new Worker(compiled('contenders/raw-thread')));
  await Promise.all(workers.map((worker) => answer(worker)));
  const job: Job = { kind: 'busy', id: 0, rounds };
  const run = (times: number): Promise<unknown[]> =>
    Promise.all(
      workers.map((worker) => {
        worker.postMessage({ times, job } satisfies RawMessage);
        return answer(worker);
      }),
    );
  await run(Math.ceil(jobs / 10));
  const began = performance.now();
  await run(jobs);
  const elapsed = performance.now() - began;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return elapsed / jobs;
}

const answer = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
