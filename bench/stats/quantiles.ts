/** The middle of several runs and how far apart they lay. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly runs: number;
}

/** The value below which the share `q` of the samples lies, between neighbours linearly; NaN without samples. */
export function quantile(samples: ArrayLike<number>, q: number): number {
  return quantileOfSorted(Float64Array.from(samples).sort(), q);
}

export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

/** Median, lowest and highest of the values that are numbers; undefined when none is. */
export function spreadOf(values: readonly (number | undefined)[]): Spread | undefined {
  const known = values.filter((value): value is number => value !== undefined && Number.isFinite(value)).sort((a, b) => a - b);
  if (known.length === 0) return undefined;
  return { median: quantileOfSorted(known, 0.5), low: known[0]!, high: known.at(-1)!, runs: known.length };
}
