import type { Clock } from '../../core/clock.ts';
import type { TimeHistogram } from '../../core/counting/histogram.ts';
import { Spread } from '../../core/counting/spread.ts';
import type { Tally } from '../../core/counting/tally.ts';
import type { ThreadState } from '../../dispatch/threads/phase.ts';
import type { Ledger } from '../../policies/ledger.ts';
import type { PoolState } from '../lifecycle.ts';
import type { NodesStats, PoolNodes } from '../nodes.ts';
import type { Routes } from '../routes.ts';

/**
 * `starting`: not every slot has had a thread yet. `ok`: every slot has one. `degraded`: some slots have none at the moment, or there is no node. `failed` and
 * `closed`: nothing runs any more.
 */
export type Health = 'starting' | 'ok' | 'degraded' | 'failed' | 'closed';

/** A moment of the pool in numbers. */
export interface PoolStats {
  /** As `pool.health()`. */
  readonly health: Health;
  /** Tasks accepted since the pool was made. */
  readonly accepted: number;
  /** Tasks of those that settled with a result. */
  readonly fulfilled: number;
  /** Tasks of those that settled with an error. Tasks that were refused are not counted. */
  readonly rejected: number;
  /** Tasks that were accepted and have not settled. */
  readonly open: number;
  /** Attempts that wait for a thread. */
  readonly queued: number;
  /** Attempts that were handed to a thread: running, or next on it. */
  readonly running: number;
  /** Failed attempts that were followed by another. */
  readonly retries: number;
  /** Tasks of those accepted that have settled. */
  readonly completed: number;
  /** From the acceptance of tasks to the start of their first attempt. */
  readonly waitTime: TimeSummary;
  /** From the start of attempts to their end, whatever ended them. */
  readonly runTime: TimeSummary;
  /** Share of the time of the threads that serve, since each took its slot, in which attempts ran; 0 to 1. Attempts that still run are not in it. */
  readonly utilization: number;
  /** Threads by state. */
  readonly threads: Readonly<Record<ThreadState, number>>;
  /** Threads started since the pool was made. */
  readonly threadStarts: number;
  /** Messages of attempts that had been given up; they were dropped. */
  readonly lateMessages: number;
  /** What is left of the retry budget, 0 to 1. */
  readonly retryBudget: number;
  /** The machines on which its threads live; undefined without the option `nodes`. */
  readonly nodes: NodesStats | undefined;
}

/** Times since the pool was made, in milliseconds; all 0 before the first. Percentiles are exact to three per cent. */
export interface TimeSummary {
  /** How many times were measured. */
  readonly count: number;
  /** The shortest. */
  readonly min: number;
  /** The mean. */
  readonly mean: number;
  /** Half of them are not longer. */
  readonly p50: number;
  /** 90 of 100 are not longer. */
  readonly p90: number;
  /** 99 of 100 are not longer. */
  readonly p99: number;
  /** 999 of 1000 are not longer. */
  readonly p999: number;
  /** The longest. */
  readonly max: number;
}

/** Where the numbers come from. */
export interface StatsSource {
  readonly clock: Clock;
  readonly life: { readonly state: PoolState };
  readonly ledger: Ledger;
  readonly routes: Routes;
  readonly tally: Tally;
  readonly nodes: PoolNodes | undefined;
}

export function healthOf({ life, routes }: Pick<StatsSource, 'life' | 'routes'>): Health {
  switch (life.state) {
    case 'failed':
      return 'failed';
    case 'closed':
      return 'closed';
    default:
      return routes.health;
  }
}

export function statsOf(source: StatsSource): PoolStats {
  const { ledger, routes, tally } = source;
  const threads: Record<ThreadState, number> = { starting: 0, spare: 0, ready: 0, busy: 0, stopping: 0, orphan: 0, dead: 0 };
  let running = 0;
  for (const thread of routes.threads()) {
    threads[thread.state]++;
    for (const bundle of thread.bundles) running += bundle.size - bundle.reported;
  }
  let retries = 0;
  for (const task of tally.tasks.values()) for (const count of task.retries.values.values()) retries += count;
  let threadStarts = 0;
  for (const count of tally.threadStarts.values.values()) threadStarts += count;
  return {
    health: healthOf(source),
    accepted: ledger.open + ledger.fulfilled + ledger.rejected,
    fulfilled: ledger.fulfilled,
    rejected: ledger.rejected,
    open: ledger.open,
    queued: routes.queued,
    running,
    completed: ledger.fulfilled + ledger.rejected,
    waitTime: summaryOf(tally, 'queue'),
    runTime: summaryOf(tally, 'run'),
    utilization: utilizationOf(source),
    retries,
    threads,
    threadStarts,
    lateMessages: tally.lateMessages,
    retryBudget: routes.retryBudget,
    nodes: source.nodes?.stats(),
  };
}

function histograms(tally: Tally, of: 'queue' | 'run'): readonly TimeHistogram[] {
  return tally.histograms === 'pool' ? [tally.times[of]] : Array.from(tally.tasks.values(), ({ times }) => times[of]);
}

function summaryOf(tally: Tally, of: 'queue' | 'run'): TimeSummary {
  const spread = new Spread();
  let sum = 0;
  for (const histogram of histograms(tally, of)) {
    spread.add(histogram.spread);
    sum += histogram.sum;
  }
  const { count, max } = spread;
  if (count === 0) return { count, min: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max };
  const [p50, p90, p99, p999] = [0.5, 0.9, 0.99, 0.999].map((share) => spread.quantile(share)) as [number, number, number, number];
  return { count, min: spread.min, mean: sum / count, p50, p90, p99, p999, max };
}

function utilizationOf({ routes, tally, clock }: StatsSource): number {
  let served = 0;
  for (const { roster } of routes.all) served += roster.servedFor(clock.now());
  const ran = histograms(tally, 'run').reduce((sum, histogram) => sum + histogram.sum, 0);
  return served > 0 ? Math.min(1, ran / served) : 0;
}
