import type { Tally } from '../core/counting/tally.ts';
import type { ThreadState } from '../dispatch/threads/pool-thread.ts';
import type { Ledger } from '../policies/ledger.ts';
import type { PoolState } from './lifecycle.ts';
import type { NodesStats, PoolNodes } from './nodes.ts';
import type { Routes } from './routes.ts';

/**
 * `starting`: not every slot has had a thread yet. `ok`: every slot has one. `degraded`: some slots have none at the moment. `failed` and
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

/** Where the numbers come from. */
export interface StatsSource {
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
    retries,
    threads,
    threadStarts,
    lateMessages: tally.lateMessages,
    retryBudget: routes.retryBudget,
    nodes: source.nodes?.stats(),
  };
}
