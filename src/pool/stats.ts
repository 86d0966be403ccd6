import type { ThreadState } from '../dispatch/threads/pool-thread.ts';
import type { Manager } from './compose.ts';

export type Health = 'starting' | 'ok' | 'degraded' | 'failed' | 'closed';

/** A moment of the pool in numbers. */
export interface PoolStats {
  readonly health: Health;
  /** Accepted so far. */
  readonly accepted: number;
  readonly fulfilled: number;
  readonly rejected: number;
  /** Accepted and not settled. */
  readonly open: number;
  /** Waiting for a thread. */
  readonly queued: number;
  /** Handed to a thread: running, or next on it. */
  readonly running: number;
  /** Attempts that were followed by another. */
  readonly retries: number;
  /** Threads by state. */
  readonly threads: Readonly<Record<ThreadState, number>>;
  /** Threads started since the pool was made. */
  readonly threadStarts: number;
  /** Messages of attempts that had been given up. */
  readonly lateMessages: number;
  /** What is left of the retry budget, 0 to 1. */
  readonly retryBudget: number;
}

export function healthOf(manager: Manager): Health {
  switch (manager.life.state) {
    case 'failed':
      return 'failed';
    case 'closed':
      return 'closed';
    default:
      return manager.routes.main.roster.health;
  }
}

export function statsOf(manager: Manager): PoolStats {
  const { ledger, routes, tally } = manager;
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
    health: healthOf(manager),
    accepted: ledger.open + ledger.fulfilled + ledger.rejected,
    fulfilled: ledger.fulfilled,
    rejected: ledger.rejected,
    open: ledger.open,
    queued: routes.all.reduce((sum, dispatcher) => sum + dispatcher.backlog.size, 0),
    running,
    retries,
    threads,
    threadStarts,
    lateMessages: tally.lateMessages,
    retryBudget: routes.main.budget.available,
  };
}
