import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Job } from '../work/job.ts';
import { type Contender, compiled } from './contender.ts';

/** Tasks a message. */
const BUNDLE = 64;
/** Messages that a thread has at a time. */
const AHEAD = 4;

/** `postMessage` and nothing else: bundles of tasks there, bundles of answers back. No pool can be faster than what carries its tasks. */
export const rawMessages: Contender = {
  name: 'raw messages',
  setup: `bare node:worker_threads, ${BUNDLE} tasks a message, no promise, no protection, no replacement; the ceiling, not a contender`,
  async start({ threads }) {
    const workers = Array.from({ length: threads }, () => new Worker(compiled('contenders/raw-messages-thread')));
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    return {
      run: () => Promise.reject(new Error('Expected flood: messages have no promise of their own.')),
      flood: (jobs, answered) => flood(workers, jobs, answered),
      close: () => Promise.all(workers.map((worker) => worker.terminate())),
    };
  },
};

function flood(workers: readonly Worker[], jobs: Iterable<Job>, answered: (value: unknown) => void): Promise<void> {
  const source = jobs[Symbol.iterator]();
  let under = 0;
  return new Promise((resolve) => {
    const post = (worker: Worker): void => {
      const bundle: Job[] = [];
      while (bundle.length < BUNDLE) {
        const next = source.next();
        if (next.done) break;
        bundle.push(next.value);
      }
      if (bundle.length === 0) return;
      under++;
      worker.postMessage(bundle);
    };
    for (const worker of workers) {
      worker.removeAllListeners('message');
      worker.on('message', (answers: readonly unknown[]) => {
        under--;
        for (const answer of answers) answered(answer);
        post(worker);
        if (under === 0) resolve();
      });
    }
    for (let i = 0; i < AHEAD; i++) for (const worker of workers) post(worker);
    if (under === 0) resolve();
  });
}
