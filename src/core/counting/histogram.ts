import { PLACES, placeOf, Spread } from './spread.ts';

/** Upper bounds of the time histograms, in seconds: a tenth of a millisecond to ten minutes, finer where most tasks are, and between 1 and 2.5 s. */
export const TIME_BUCKETS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 5, 10, 30, 60, 120, 300, 600,
];

/** Bounds of a histogram, and for each place of a spread the first bucket that a time counted there may be in: the search begins there. */
export class Bounds {
  /** In seconds, ascending. */
  readonly seconds: readonly number[];
  readonly ms: readonly number[];
  #first: Uint16Array | undefined;

  constructor(seconds: readonly number[] = TIME_BUCKETS) {
    this.seconds = seconds;
    // Rounded, because 0.0001 * 1000 is a little more than a tenth.
    this.ms = seconds.map((bound) => Number((bound * 1000).toPrecision(12)));
  }

  /** The bucket of a time; one more than there are bounds is everything above. @param place where a spread counts the time */
  of(ms: number, place: number = placeOf(ms)): number {
    const { ms: bounds } = this;
    this.#first ??= firstBuckets(bounds);
    let bucket = this.#first[place]!;
    while (bucket < bounds.length && ms > bounds[bucket]!) bucket++;
    return bucket;
  }
}

// Filled by bounds: a loop over all places is so hot that V8 sets its optimizing compiler on it, which costs a cold pool three megabytes.
function firstBuckets(bounds: readonly number[]): Uint16Array {
  const first = new Uint16Array(PLACES).fill(bounds.length);
  let from = 0;
  for (const [bucket, bound] of bounds.entries()) {
    const to = placeOf(bound) + 1;
    first.fill(bucket, from, to);
    from = Math.max(from, to);
  }
  return first;
}

export const DEFAULT_BOUNDS: Bounds = new Bounds();

/** A histogram that costs an addition and a few comparisons; prom-client reads it when it is scraped. */
export class TimeHistogram {
  readonly bounds: Bounds;
  /** Per bucket, not cumulative; the last one is everything above. */
  readonly counts: number[];
  /** Milliseconds. */
  sum = 0;
  count = 0;
  readonly spread: Spread = new Spread();

  constructor(bounds: Bounds = DEFAULT_BOUNDS) {
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.ms.length + 1).fill(0);
  }

  observe(ms: number): void {
    const place = placeOf(ms);
    this.counts[this.bounds.of(ms, place)]!++;
    this.sum += ms;
    this.count++;
    this.spread.observe(ms, place);
  }
}
