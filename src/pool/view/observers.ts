import type { Clock } from '../../core/clock.ts';
import type { Tally } from '../../core/counting/tally.ts';
import type { Emitter } from '../../core/events.ts';
import { attachChannels } from '../../diagnostics/channels.ts';
import { DeathReports } from '../../diagnostics/death-reports.ts';
import { createMetrics, type PoolMetrics } from '../../metrics/metrics.ts';
import type { Gauges, Info } from '../../metrics/source.ts';
import type { MetricsOptions } from '../../options/types.ts';
import type { PoolStats } from './stats.ts';

/** What the listeners of a pool may look at. */
export interface ObserverHost {
  readonly metrics: false | MetricsOptions;
  readonly emitter: Emitter;
  readonly clock: Clock;
  readonly tally: Tally;
  stats(): PoolStats;
  readonly gauges: () => Gauges;
  readonly info: Info;
}

/** The parts that only listen: metrics, diagnostics channels, crash reports. */
export class Observers {
  readonly metrics: PoolMetrics;
  readonly deaths: DeathReports;

  /** @throws {InvalidOptionError} `ERR_INVALID_OPTION` if the metrics cannot be registered */
  constructor(pool: ObserverHost) {
    const { emitter, clock, tally } = pool;
    this.metrics = createMetrics(pool.metrics, { tally, info: pool.info, gauges: pool.gauges });
    this.deaths = new DeathReports(emitter, clock, () => counters(pool.stats()));
    attachChannels(emitter, this.metrics.pool);
    emitter.on('close', () => this.metrics.close());
  }
}

/** The numbers of `stats()` on one level. */
function counters({ threads, health: _, nodes: __, waitTime: ___, runTime: ____, ...numbers }: PoolStats): Record<string, number> {
  return { ...numbers, ...Object.fromEntries(Object.entries(threads).map(([state, count]) => [`threads.${state}`, count])) };
}
