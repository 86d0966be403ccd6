/** A mean and half the width of its confidence interval (95 %). */
export interface Estimate {
  readonly mean: number;
  readonly half: number;
  /** Independent samples behind it. */
  readonly samples: number;
}

/** Quantile 0.975 of Student's distribution, to a few thousandths from three degrees of freedom on. */
const student = (degrees: number): number => 1.959964 + 2.3723 / degrees + 2.8225 / degrees ** 2 + 2.5546 / degrees ** 3;

export function estimate(samples: readonly number[]): Estimate {
  const n = samples.length;
  const mean = samples.reduce((sum, x) => sum + x, 0) / n;
  const variance = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  return { mean, half: student(n - 1) * Math.sqrt(variance / n), samples: n };
}

/** Means of runs of neighbours, for samples that depend on their neighbours. */
export function means(samples: readonly number[], batches: number): number[] {
  const size = Math.floor(samples.length / batches);
  return Array.from({ length: batches }, (_, i) => {
    const batch = samples.slice(i * size, (i + 1) * size);
    return batch.reduce((sum, x) => sum + x, 0) / batch.length;
  });
}

export const scaled = ({ mean, half, samples }: Estimate, by: number): Estimate => ({ mean: mean * by, half: half * by, samples });

/**
 * The mean of something that is costly to sample, by its difference from something cheap that is nearly the same, sampled together with it; and by many more samples of the
 * cheap one alone (a control variate).
 */
export function controlled(pairs: readonly (readonly [costly: number, cheap: number])[], cheap: readonly number[]): Estimate {
  const difference = estimate(pairs.map(([x, y]) => x - y));
  const { mean, half } = estimate(cheap);
  return { mean: mean + difference.mean, half: Math.hypot(half, difference.half), samples: pairs.length };
}

/** A forecast beside what was simulated. */
export interface Comparison {
  readonly what: string;
  readonly forecast: number;
  readonly simulated: Estimate;
}

/**
 * How far the forecast lies from the simulated mean, in half widths of the interval: within 1 in 95 of 100 cases. Where nothing was seen at all, the
 * rule of three says what may have been missed.
 */
export function distance({ forecast, simulated: { mean, half, samples } }: Comparison): number {
  if (half > 0) return Math.abs(forecast - mean) / half;
  if (mean === 0) return forecast / (3 / samples);
  return forecast === mean ? 0 : Number.POSITIVE_INFINITY;
}
