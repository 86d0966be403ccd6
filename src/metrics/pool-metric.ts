import type { MetricEntry } from './catalogue/entry.ts';
import { LiveMetric, type ReporterOf } from './live-metric.ts';
import type { MetricsSource } from './source.ts';

/** One pool that reports through a register, with its constant labels. */
export type Reporter = ReporterOf<MetricsSource>;

/** A metric of pools: of all that have joined. */
export class PoolMetric extends LiveMetric<MetricsSource> {
  readonly reporters: Set<Reporter> = new Set();

  constructor(entry: MetricEntry, prefix: string) {
    super(entry, prefix, 'pool');
  }

  protected all(): Iterable<Reporter> {
    return this.reporters;
  }
}
