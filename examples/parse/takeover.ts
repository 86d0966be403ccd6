import type { Pool } from 'holdfast';

/** How long slots were empty between a dead thread and the next one, read from the pool's own histogram. */
export interface Takeovers {
  readonly count: number;
  /** Milliseconds in all. */
  readonly sum: number;
  /** Milliseconds at the upper bound of the bucket that holds the quantile. */
  quantile(q: number): number;
}

export async function takeoversOf(pool: Pool): Promise<Takeovers> {
  const metric = pool.metrics.register.getSingleMetric('holdfast_takeover_seconds');
  const values = (await metric?.get())?.values ?? [];
  const named = values as readonly {
    readonly metricName?: string;
    readonly value: number;
    readonly labels: { readonly le?: string | number };
  }[];
  const one = (name: string): number => named.find(({ metricName }) => metricName?.endsWith(name))?.value ?? 0;
  const buckets = named.filter(({ metricName }) => metricName?.endsWith('_bucket'));
  const count = one('_count');
  return {
    count,
    sum: one('_sum') * 1000,
    quantile: (q) => {
      const bucket = buckets.find(({ value }) => value >= q * count);
      return bucket?.labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(bucket?.labels.le) * 1000;
    },
  };
}
