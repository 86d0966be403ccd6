import { Worker } from 'node:worker_threads';
import { compiled } from '../contenders/contender.ts';
import type { Calibration } from '../results.ts';
import { calibrateRounds } from '../work/busy.ts';
import type { FaultKind } from '../work/faults.ts';
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
    crashMs: await deathMs('crash', deaths),
    oomMs: await deathMs('oom', Math.ceil(deaths / 2)),
  };
}

/** CPU time of one thread from its start to its death by the given fault, the median of several. */
async function deathMs(kind: FaultKind, times: number): Promise<number> {
  publishSetting({ plan: { seed: 1, rates: { [kind]: 1 } }, ledger: createLedger(1), slowRounds: 0 });
  const costs: number[] = [];
  for (let i = 0; i < times; i++) {
    const before = process.cpuUsage();
    await liveAndDie();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000);
  }
  return costs.sort((a, b) => a - b)[Math.floor(times / 2)]!;
}

function liveAndDie(): Promise<void> {
  const worker = new Worker(compiled('contenders/raw-thread'), { resourceLimits: { maxOldGenerationSizeMb: OOM_HEAP_MB } });
  worker.once('message', () => worker.postMessage({ kind: 'work', id: 0, rounds: 0 }));
  worker.on('error', () => {});
  return new Promise((resolve) => worker.once('exit', () => resolve()));
}
