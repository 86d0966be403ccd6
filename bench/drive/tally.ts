import type { Figures } from '../results.ts';
import { quantileOfSorted } from '../stats/quantiles.ts';
import type { Ledger } from '../work/ledger.ts';

/** What became of the tasks of one load, as the main process saw it. */
export interface Tally {
  accepted: number;
  settled: number;
  right: number;
  wrong: number;
  failed: number;
  innocentsFailed: number;
  duplicated: number;
  latencies: number[];
  elapsedMs: number;
  /** Where things stood when the last task was sent: rates are taken up to here, while the pool had enough to do. */
  steady?: { readonly ms: number; readonly settled: number; readonly right: number };
  stalled: boolean;
  /** The first few errors, for the report's note. */
  errors: string[];
}

export const newTally = (): Tally => ({
  accepted: 0,
  settled: 0,
  right: 0,
  wrong: 0,
  failed: 0,
  innocentsFailed: 0,
  duplicated: 0,
  latencies: [],
  elapsedMs: 0,
  stalled: false,
  errors: [],
});

/** The tally as figures; times only of tasks that settled. */
export function figuresOf(tally: Tally): Figures {
  const sorted = Float64Array.from(tally.latencies).sort();
  const { ms, settled, right } = tally.steady ?? { ms: tally.elapsedMs, settled: tally.settled, right: tally.right };
  return {
    tasksPerSecond: (settled * 1000) / ms,
    goodput: (right * 1000) / ms,
    accepted: tally.accepted,
    settled: tally.settled,
    failed: tally.failed,
    lost: tally.accepted - tally.settled,
    wrong: tally.wrong,
    duplicated: tally.duplicated,
    innocentsFailed: tally.innocentsFailed,
    ...(sorted.length > 0
      ? { p50: quantileOfSorted(sorted, 0.5), p99: quantileOfSorted(sorted, 0.99), p999: quantileOfSorted(sorted, 0.999) }
      : {}),
  };
}

/** Work done to the end more often than once, over the first `tasks` ids. */
export function rerunsOf(ledger: Ledger, tasks: number): number {
  let reruns = 0;
  for (let id = 0; id < tasks; id++) reruns += Math.max(0, ledger.finishes(id) - 1);
  return reruns;
}

/** All starts of the first `tasks` ids. */
export function startsOf(ledger: Ledger, tasks: number): number {
  let starts = 0;
  for (let id = 0; id < tasks; id++) starts += ledger.starts(id);
  return starts;
}
