import { MAX_BUNDLE } from '../../core/wire/control-block.ts';

/** Milliseconds for which a bundle should keep a thread of this machine busy. */
const TARGET = 1;
/** Weight of one report in the running mean: heavy tasks among many light ones stay in memory for hundreds of reports. */
const RISE = 0.3;
const FALL = 0.02;

/**
 * How many tasks travel together. Tasks are bundled only while they are far shorter than what a message costs; the mean
 * rises fast and falls slowly, so that a few long tasks among short ones end bundling before anyone waits behind them.
 */
export class Pace {
  readonly #target: number;
  #mean: number | undefined;

  /** @param target milliseconds that a bundle should keep a thread busy */
  constructor(target: number = TARGET) {
    this.#target = target;
  }

  /** Takes in one report: `items` items took `ms` milliseconds in all. */
  observe(items: number, ms: number): void {
    const mean = ms / items;
    if (this.#mean === undefined) {
      this.#mean = mean;
      return;
    }
    const weight = mean > this.#mean ? RISE : Math.min(0.5, FALL * items);
    this.#mean += (mean - this.#mean) * weight;
  }

  /** Items for the next bundle, given what waits and how many threads share it. */
  size(waiting: number, threads: number): number {
    if (this.#mean === undefined || this.#mean >= this.#target) return 1;
    const byTime = Math.floor(this.#target / Math.max(this.#mean, this.#target / MAX_BUNDLE));
    return Math.max(1, Math.min(byTime, MAX_BUNDLE, Math.ceil(waiting / threads)));
  }

  /** Mean run time in milliseconds, as far as it is known. */
  get mean(): number | undefined {
    return this.#mean;
  }
}
