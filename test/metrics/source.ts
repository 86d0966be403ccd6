import { Tally, type TaskTally } from '../../src/core/counting/tally.ts';
import { type Gauges, INFO_LABELS, type Info, type MetricsSource } from '../../src/metrics/source.ts';

/** A pool at rest. */
export const QUIET: Gauges = {
  openTasks: 0,
  queueLength: 0,
  oldestWaiting: 0,
  longestRunning: 0,
  running: new Map(),
  busyMs: 0,
  threads: {},
  capacity: { threads: 3, spares: 1, maxQueue: 1_000 },
  orphans: 0,
  heaps: new Map([['0', 5_000_000]]),
  cells: new Map([['0', 50_000_000]]),
  quarantinedKeys: 0,
  health: 'ok',
  retryBudgetAvailable: 1,
  restartsLeft: 5,
};

export const INFO = Object.fromEntries(INFO_LABELS.map((label) => [label, label])) as Info;

/** What metrics are read from, without a pool. */
export function sourceOf(gauges: Partial<Gauges> = {}, tally = new Tally()): MetricsSource {
  return { tally, info: INFO, gauges: () => ({ ...QUIET, ...gauges }) };
}

/** A pool that has seen a bit of everything. */
export function busy(): MetricsSource {
  const running = new Map<TaskTally, number>();
  const source = sourceOf({
    queueLength: 7,
    threads: { ready: 1, busy: 2 },
    orphans: 1,
    quarantinedKeys: 3,
    health: 'degraded',
    retryBudgetAvailable: 0.25,
    running,
    openTasks: 12,
    oldestWaiting: 1_500,
    longestRunning: 30_000,
    busyMs: 90_000,
    restartsLeft: 1,
  });
  const { tally } = source;
  const task = tally.task('default');
  running.set(task, 2);
  task.votes = true;
  task.hedged = true;
  task.accepted = 10;
  task.fulfilled = 6;
  task.rejectedBy('timeout', 'run');
  task.rejectedBy('timeout', 'total');
  for (const ms of [0.5, 1, 1.5, 40]) task.attemptEnded('ok', ms, false);
  task.attemptEnded('ok', 7, true);
  task.attemptEnded('crash', 700_000, false);
  tally.refused.add('queue_full', 3);
  task.retries.add('crash', 3);
  task.times.queue.observe(3);
  task.times.total.observe(4);
  tally.threadStarts.add('replacement', 4);
  tally.threadExits.add('crash', 4);
  tally.startup.observe(28);
  tally.takeover.observe(0.2);
  task.conflicts.add('quorum');
  task.ballots.add('agreed', 2);
  task.hedges.add('true');
  tally.lateMessages = 5;
  return source;
}
