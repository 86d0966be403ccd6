import { Worker } from 'node:worker_threads';
import { compiled } from '../contenders/contender.ts';
import type { RawMessage } from '../contenders/raw-thread.ts';
import { quantile } from '../stats/quantiles.ts';
import type { Job } from '../work/job.ts';

/** After this many jobs of a millisecond the code of a new thread is as fast as that of an old one. */
const COLD_JOBS = 10;
/** What a busy thread does at a time, in jobs: little, so that what it has done is known to a few milliseconds. */
const STEP = 2;
const TRIES = 5;

/**
 * CPU time that one thread's replacement takes while as many bare threads as the pools have do nothing but work: from the start of a thread
 * to its exit, with what its first jobs take beyond the same jobs elsewhere, for its predecessor's code was compiled and its own is not. It is
 * measured under load because on a quiet machine another core compiles meanwhile, and the caches are its own. In milliseconds; the median of
 * several tries of several replacements each.
 */
export async function measureReplacement(threads: number, replacements: number, roundsPerMs: number): Promise<number> {
  const job: Job = { kind: 'busy', id: 0, rounds: Math.round(roundsPerMs) };
  const load = await keepBusy(threads, job);
  await replace(job);
  const costs: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    const before = await load.measure(() => pause(150));
    const during = await load.measure(async () => {
      for (let n = 0; n < replacements; n++) await replace(job);
    });
    const after = await load.measure(() => pause(150));
    const jobMs = (before.cpuMs + after.cpuMs) / (before.jobs + after.jobs);
    costs.push((during.cpuMs - during.jobs * jobMs) / replacements - COLD_JOBS * jobMs);
  }
  await load.stop();
  return Math.max(0, quantile(costs, 0.5));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const ask = (worker: Worker, message: RawMessage): void => worker.postMessage(message);

/** A new thread does its first jobs, and is ended. */
function replace(job: Job): Promise<void> {
  const worker = new Worker(compiled('contenders/raw-thread'));
  worker.once('message', () => {
    worker.once('message', () => void worker.terminate());
    ask(worker, { times: COLD_JOBS, job });
  });
  return new Promise((resolve) => worker.once('exit', () => resolve()));
}

interface Load {
  /** What this process used and the busy threads did while `act` ran. */
  measure(act: () => Promise<void>): Promise<{ cpuMs: number; jobs: number }>;
  stop(): Promise<void>;
}

async function keepBusy(threads: number, job: Job): Promise<Load> {
  let jobs = 0;
  const workers = Array.from({ length: threads }, () => new Worker(compiled('contenders/raw-thread')));
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
  for (const worker of workers) {
    worker.on('message', () => {
      jobs += STEP;
      ask(worker, { times: STEP, job });
    });
    ask(worker, { times: STEP, job });
  }
  await pause(100);
  return {
    async measure(act) {
      const [jobsBefore, cpuBefore] = [jobs, process.cpuUsage()];
      await act();
      const { user, system } = process.cpuUsage(cpuBefore);
      return { cpuMs: (user + system) / 1000, jobs: jobs - jobsBefore };
    },
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
