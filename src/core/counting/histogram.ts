import { Spread } from './spread.ts';

/** Upper bounds of the time histograms, in seconds: a tenth of a millisecond to ten minutes, finer where most tasks are, and between 1 and 2.5 s. */
export const TIME_BUCKETS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 5, 10, 30, 60, 120, 300, 600,
];

/** A power of two below the shortest time that matters: 2^-10 milliseconds. */
const LEAST = 10;

/** Bounds of a histogram, and for each power of two the first bucket that a time of that size may be in: the search begins there. */
export class Bounds {
  /** In seconds, ascending. */
  readonly seconds: readonly number[];
  readonly ms: readonly number[];
  readonly #first: readonly number[];

  constructor(seconds: readonly number[] = TIME_BUCKETS) {
    this.seconds = seconds;
    // Rounded, because 0.0001 * 1000 is a little more than a tenth.
    this.ms = seconds.map((bound) => Number((bound * 1000).toPrecision(12)));
    this.#first = Array.from({ length: 33 }, (_, bits) => {
      const least = bits === 0 ? 0 : 2 ** (bits - 1 - LEAST);
      const at = this.ms.findIndex((bound) => bound >= least);
      return at < 0 ? this.ms.length : at;
    });
  }

  /** The bucket of a time; one more than there are bounds is everything above. */
  of(ms: number): number {
    const { ms: bounds } = this;
    if (!(ms > 0)) return 0;
    // Beyond 32 bits it is searched from the beginning.
    let bucket = ms < 4_000_000 ? this.#first[32 - Math.clz32(ms * 2 ** LEAST)]! : 0;
    while (bucket < bounds.length && ms > bounds[bucket]!) bucket++;
    return bucket;
  }
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
    this.counts[this.bounds.of(ms)]!++;
    this.sum += ms;
    this.count++;
    this.spread.observe(ms);
  }
}
