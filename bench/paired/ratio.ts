import { quantileOfSorted } from '../stats/quantiles.ts';

/** A ratio of paired measurements, with the interval in which it lies with 95 % confidence. */
export interface Ratio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
}

/** Two-sided 95 % points of Student's t by degrees of freedom; beyond these the normal distribution is close enough. */
const T = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09, 2.09];

/**
 * Of `ours` to `theirs`, pair by pair: what moved both at that moment cancels out. The geometric mean, so that it does not matter which of the two
 * is divided by which. `undefined` for less than two pairs: one says nothing about how far it may be off.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Ratio | undefined {
  const logs = ours.map((value, i) => Math.log(value / theirs[i]!)).filter(Number.isFinite);
  const pairs = logs.length;
  if (pairs < 2) return undefined;
  const mean = logs.reduce((sum, log) => sum + log, 0) / pairs;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (pairs - 1);
  const reach = (T[pairs - 2] ?? 1.98) * Math.sqrt(variance / pairs);
  return { ratio: Math.exp(mean), low: Math.exp(mean - reach), high: Math.exp(mean + reach), pairs };
}

/**
 * The middle of the ratios, with the interval in which it lies with 95 % confidence, by the ranks alone. A slice in which the machine did something else
 * counts for no more than any other, so this holds where a mean of so few would say nothing.
 */
export function middleRatioOf(ours: readonly number[], theirs: readonly number[]): Ratio | undefined {
  const ratios = ours
    .map((value, i) => value / theirs[i]!)
    .filter((ratio) => Number.isFinite(ratio) && ratio > 0)
    .sort((a, b) => a - b);
  const pairs = ratios.length;
  if (pairs < 6) return undefined; // Of fewer, not even the outermost are as far apart as that.
  const rank = Math.max(0, Math.floor((pairs - 1.96 * Math.sqrt(pairs)) / 2));
  return { ratio: quantileOfSorted(ratios, 0.5), low: ratios[rank]!, high: ratios[pairs - 1 - rank]!, pairs };
}

/** No more digits than are known: the last one printed is about as large as the interval. */
export function digitsOf({ low, high }: Ratio): number {
  return Math.max(0, Math.min(3, Math.floor(-Math.log10((high - low) / 2))));
}

export function ratioText(ratio: Ratio | undefined): string {
  if (ratio === undefined) return '';
  if (ratio.high > 9 * ratio.low) return `not known after ${ratio.pairs} rounds`;
  const digits = digitsOf(ratio);
  const [middle, low, high] = [ratio.ratio, ratio.low, ratio.high].map((value) => value.toFixed(Math.max(1, digits)));
  const verdict = ratio.low <= 1 && ratio.high >= 1 ? ', no difference shown' : '';
  return `${middle} (${low} to ${high}${verdict})`;
}

/** The same as part of a sentence. */
export function besideText(ratio: Ratio, other: string): string {
  const [middle, low, high] = [ratio.ratio, ratio.low, ratio.high].map((value) => value.toFixed(Math.max(1, digitsOf(ratio))));
  if (ratio.low <= 1 && ratio.high >= 1) return `no difference from ${other} shown (${low} to ${high} times)`;
  return `${middle} times ${other} (${low} to ${high})`;
}

/** A figure with two digits, which is what moves from one minute to the next leaves of it. */
export function about(value: number): string {
  if (!Number.isFinite(value) || value === 0) return '';
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  const rounded = Math.round(value / step) * step;
  return rounded >= 100 ? Math.round(rounded).toLocaleString('en-US') : String(Number(rounded.toPrecision(2)));
}
