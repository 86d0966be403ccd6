import type { TimeHistogram } from '../core/counting/histogram.ts';
import type { MetricEntry, Sample } from './catalogue/entry.ts';

/** A value as prom-client's registry reads it. */
export interface RegistryValue {
  readonly value: number;
  readonly labels: Record<string, string | number>;
  /** Name of the line, where it is not that of the metric. */
  readonly metricName?: string;
}

export interface RegistryMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricEntry['type'];
  readonly aggregator: MetricEntry['aggregator'];
  readonly values: RegistryValue[];
}

/** One pool or server that reports through a register, with its constant labels. */
export interface ReporterOf<Source> {
  readonly labels: Readonly<Record<string, string>>;
  readonly source: Source;
}

/**
 * What a prom-client registry holds in the place of a counter, gauge or histogram. It keeps no values: it reads the plain
 * numbers of those that report when the registry asks, so that counting costs a task nothing. One serves all that share a register.
 */
export abstract class LiveMetric<Source> {
  /** Not readonly: a registry of the OpenMetrics kind cuts `_total` off. */
  name: string;
  readonly help: string;
  readonly type: MetricEntry['type'];
  readonly aggregator: MetricEntry['aggregator'];
  readonly labelNames: readonly string[];
  readonly #read: MetricEntry<Source>['read'];

  /** @param whose the label that tells those that report apart */
  constructor(entry: MetricEntry<Source>, prefix: string, whose: string) {
    this.name = prefix + entry.name;
    this.help = entry.help;
    this.type = entry.type;
    this.aggregator = entry.aggregator;
    this.labelNames = [whose, ...entry.labels];
    this.#read = entry.read;
  }

  protected abstract all(): Iterable<ReporterOf<Source>>;

  async get(): Promise<RegistryMetric> {
    const { name, help, type, aggregator } = this;
    const values: RegistryValue[] = [];
    for (const { labels, source } of this.all()) {
      for (const sample of this.#read(source)) values.push(...valuesOf(name, labels, sample));
    }
    return { name, help, type, aggregator, values };
  }

  /** `register.resetMetrics()` finds nothing to reset: the numbers are those of the pool or server, and a counter must not go back. */
  reset(): void {}
}

function valuesOf(name: string, constant: Readonly<Record<string, string>>, sample: Sample): RegistryValue[] {
  const labels = { ...constant, ...sample.labels };
  return typeof sample.value === 'number' ? [{ labels, value: sample.value }] : histogram(name, labels, sample.value);
}

/** Buckets are cumulative, and times become seconds. */
function histogram(name: string, labels: Record<string, string>, { bounds, counts, sum, count }: TimeHistogram): RegistryValue[] {
  let below = 0;
  const values: RegistryValue[] = bounds.seconds.map((le, i) => {
    below += counts[i]!;
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
  });
  values.push({ metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count });
  values.push({ metricName: `${name}_sum`, labels: { ...labels }, value: sum / 1000 });
  values.push({ metricName: `${name}_count`, labels: { ...labels }, value: count });
  return values;
}
