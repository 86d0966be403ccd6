import { Tally } from '../../src/core/counting/tally.ts';
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
