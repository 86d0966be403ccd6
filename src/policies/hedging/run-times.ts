/** Each bin is this much wider than the one before: a quantile is at most that factor too large. */
const GROWTH = 1.1;
/** Milliseconds at the upper end of the first bin. */
const SMALLEST = 0.001;
/** The last one ends after some days. */
const BINS = 260;
/** With fewer samples the 95th percentile is little more than the longest one seen. */
const ENOUGH = 32;
/** The number of samples that are remembered in full; beyond it the older half counts half. */
const MEMORY = 4096;

/** The 95th percentile is computed anew after this many samples. */
const LOOK_EVERY = 16;

const LOG_GROWTH = Math.log(GROWTH);

/** A running estimate of how long the tasks of one export take, in bins that grow with the time, as in HDR histograms and DDSketch. */
export class RunTimes {
  readonly #bins = new Float64Array(BINS);
  #count = 0;
  #p95: number | undefined;
  #sinceLook = LOOK_EVERY;

  observe(ms: number): void {
    this.#sinceLook++;
    const bin = ms <= SMALLEST ? 0 : Math.min(BINS - 1, Math.ceil(Math.log(ms / SMALLEST) / LOG_GROWTH));
    this.#bins[bin]!++;
    if (++this.#count <= MEMORY) return;
    this.#count = 0;
    for (let i = 0; i < BINS; i++) this.#count += this.#bins[i]! /= 2;
  }

  /** About the 95th percentile, at next to no cost; `undefined` as long as too few samples are known. */
  get p95(): number | undefined {
    if (this.#p95 === undefined || this.#sinceLook >= LOOK_EVERY) {
      this.#p95 = this.quantile(0.95);
      this.#sinceLook = 0;
    }
    return this.#p95;
  }

  /** Milliseconds that a share `q` of the tasks stays below, rounded up to the end of its bin; `undefined` as long as too few are known. */
  quantile(q: number): number | undefined {
    if (this.#count < ENOUGH) return undefined;
    let below = 0;
    for (let bin = 0; bin < BINS; bin++) {
      below += this.#bins[bin]!;
      if (below >= q * this.#count) return SMALLEST * GROWTH ** bin;
    }
    return undefined;
  }
}
