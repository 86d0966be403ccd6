import { Worker } from 'node:worker_threads';
import { compiled } from '../contenders/contender.ts';
import type { RawMessage } from '../contenders/raw-thread.ts';
import type { Calibration } from '../results.ts';
import { quantile } from '../stats/quantiles.ts';
import { calibrateRounds } from '../work/busy.ts';
import type { FaultKind } from '../work/faults.ts';
import type { Job } from '../work/job.ts';
import { createLedger } from '../work/ledger.ts';
import { publishSetting } from '../work/setting.ts';

/** Heap limit of threads wherever the heap is to be exhausted, in megabytes. */
export const OOM_HEAP_MB = 32;

/** Measures what the machine gives: the busy loop's pace, and the CPU time of threads that start and die, one by one. */
export async function calibrate(deaths: number): Promise<Calibration> {
  const roundsPerMs = calibrateRounds();
  await deathMs('exit', 2);
  return {
    roundsPerMs,
    threadMs: await deathMs('exit', deaths),
    coldMs: await coldMs(roundsPerMs, 2 * deaths),
    crashMs: await deathMs('crash', deaths),
    oomMs: await deathMs('oom', Math.ceil(deaths / 2)),
  };
}

/** CPU time of one thread from its start to its death by the given fault, the median of several. */
async function deathMs(kind: FaultKind, times: number): Promise<number> {
  publishSetting({ plan: { seed: 1, rates: { [kind]: 1 } }, ledger: createLedger(1), slowRounds: 0 });
  const costs: number[] = [];
  for (let i = 0; i < times; i++) costs.push(await cpuMs(() => liveAndDie({ kind: 'work', id: 0, rounds: 0 })));
  return quantile(costs, 0.5);
}

/** So many jobs of a millisecond, and the code of a new thread is as fast as that of an old one. */
const COLD_JOBS = 10;

/** What a thread's first jobs take beyond as many later ones, in CPU time: the median of many, for it is the small difference of large figures. */
async function coldMs(roundsPerMs: number, times: number): Promise<number> {
  publishSetting({ plan: { seed: 1, rates: {} }, ledger: createLedger(1), slowRounds: 0 });
  const job: Job = { kind: 'work', id: 0, rounds: Math.round(roundsPerMs) };
  const costs: number[] = [];
  for (let i = 0; i < times; i++) {
    const idle = await cpuMs(() => liveAndDie({ times: 0, job }));
    const first = await cpuMs(() => liveAndDie({ times: COLD_JOBS, job }));
    const later = await cpuMs(() => liveAndDie({ times: 3 * COLD_JOBS, job }));
    costs.push(first - idle - (later - first) / 2);
  }
  return Math.max(0, quantile(costs, 0.5));
}

/** CPU time of all that this process does meanwhile. */
async function cpuMs(act: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A bare thread starts, is given one message, and ends: by itself, or when it has answered. */
function liveAndDie(message: RawMessage): Promise<void> {
  const worker = new Worker(compiled('contenders/raw-thread'), { resourceLimits: { maxOldGenerationSizeMb: OOM_HEAP_MB } });
  worker.once('message', () => {
    worker.once('message', () => void worker.terminate());
    worker.postMessage(message);
  });
  worker.on('error', () => {});
  return new Promise((resolve) => worker.once('exit', () => resolve()));
}
