import type { Clock } from '../core/clock.ts';
import type { Emitter } from '../core/events.ts';
import type { Tally } from '../core/tally.ts';
import { attachChannels } from '../diagnostics/channels.ts';
import { DeathReports } from '../diagnostics/death-reports.ts';
import { createMetrics, type PoolMetrics } from '../metrics/metrics.ts';
import type { MetricsOptions } from '../options/types.ts';
import type { PoolStats } from './stats.ts';

/** What the listeners of a pool may look at. */
export interface ObserverHost {
  readonly metrics: false | MetricsOptions;
  readonly emitter: Emitter;
  readonly clock: Clock;
  readonly tally: Tally;
  stats(): PoolStats;
  quarantinedKeys(): number;
}

/** The parts that only listen: metrics, diagnostics channels, crash reports. */
export class Observers {
  readonly metrics: PoolMetrics;
  readonly deaths: DeathReports;

  /** @throws {InvalidOptionError} `ERR_INVALID_OPTION` if the metrics cannot be registered */
  constructor(pool: ObserverHost) {
    const { emitter, clock, tally } = pool;
    this.metrics = createMetrics(pool.metrics, { tally, gauges: () => gauges(pool) });
    this.deaths = new DeathReports(emitter, clock, () => counters(pool.stats()));
    attachChannels(emitter, this.metrics.pool);
    emitter.on('close', () => this.metrics.close());
  }
}

function gauges(pool: ObserverHost): ReturnType<Parameters<typeof createMetrics>[1]['gauges']> {
  const { queued: queueLength, threads, health, retryBudget: retryBudgetAvailable } = pool.stats();
  return { queueLength, threads, orphans: threads.orphan, quarantinedKeys: pool.quarantinedKeys(), health, retryBudgetAvailable };
}

/** The numbers of `stats()` on one level. */
function counters({ threads, health: _, ...numbers }: PoolStats): Record<string, number> {
  return { ...numbers, ...Object.fromEntries(Object.entries(threads).map(([state, count]) => [`threads.${state}`, count])) };
}
