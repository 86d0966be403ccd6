/** Buckets for each doubling: a quantile is off by 4 % at most. */
const STEPS = 8;
/** The shortest time that is counted apart, as a power of two of milliseconds: about a microsecond. */
const LEAST = -10;
const BUCKETS = 44 * STEPS;

/** Times of the last seconds, for their quantiles; memory that never grows. */
export class RecentTimes {
  readonly #span: number;
  #now = new Float64Array(BUCKETS);
  #before = new Float64Array(BUCKETS);
  #turnedAt = Number.NEGATIVE_INFINITY;

  /** @param span milliseconds after which what is older than that begins to be forgotten */
  constructor(span: number) {
    this.#span = span;
  }

  add(ms: number, weight: number): void {
    const bucket = Math.floor((Math.log2(ms) - LEAST) * STEPS);
    this.#now[Math.max(0, Math.min(BUCKETS - 1, bucket))]! += weight;
  }

  /** Forgets what is too old. To be called now and then. */
  age(now: number): void {
    if (now - this.#turnedAt < this.#span) return;
    const old = this.#before;
    this.#before = this.#now;
    this.#now = old.fill(0);
    this.#turnedAt = now;
  }

  /** Milliseconds; null if there is nothing to tell. */
  quantiles(...shares: readonly number[]): (number | null)[] {
    let total = 0;
    for (let i = 0; i < BUCKETS; i++) total += this.#now[i]! + this.#before[i]!;
    return shares.map((share) => (total === 0 ? null : this.#at(share * total)));
  }

  #at(rank: number): number {
    let below = 0;
    for (let i = 0; i < BUCKETS; i++) {
      below += this.#now[i]! + this.#before[i]!;
      if (below >= rank) return 2 ** (LEAST + (i + 0.5) / STEPS);
    }
    return 2 ** (LEAST + BUCKETS / STEPS);
  }
}
