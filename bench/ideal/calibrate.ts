import { Worker } from 'node:worker_threads';
import { compiled } from '../contenders/contender.ts';
import type { RawMessage } from '../contenders/raw-thread.ts';
import type { Calibration } from '../results.ts';
import { quantile } from '../stats/quantiles.ts';
import { calibrateRounds } from '../work/busy.ts';
import type { FaultKind } from '../work/faults.ts';
import { createLedger } from '../work/ledger.ts';
import { publishSetting } from '../work/setting.ts';
import { measureReplacement } from './replacement.ts';

/** Heap limit of threads wherever the heap is to be exhausted, in megabytes. */
export const OOM_HEAP_MB = 32;

/** Measures what the machine gives: the busy loop's pace, and the CPU time of threads that start and die, alone and beside others that work. */
export async function calibrate(deaths: number, threads: number): Promise<Calibration> {
  const roundsPerMs = calibrateRounds();
  await deathMs('exit', 2);
  return {
    roundsPerMs,
    threadMs: await deathMs('exit', deaths),
    replacementMs: await measureReplacement(threads, deaths, roundsPerMs),
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
