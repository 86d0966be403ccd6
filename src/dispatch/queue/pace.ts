import { MAX_BUNDLE } from '../../core/wire/control-block.ts';

/** Milliseconds for which a bundle should keep a thread of this machine busy. */
const TARGET = 1;
/**
 * For less than this share of it, a thread that sleeps is not woken while another gets a bundle anyway: to be woken costs more. Where callers wait for one
 * result before they submit the next task, bundles would otherwise become ever smaller, as each is divided among all threads.
 */
const WORTH = 1 / 20;
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
    const mean = Math.max(this.#mean, this.#target / 1_000_000);
    const share = Math.max(waiting / threads, Math.min(waiting, (WORTH * this.#target) / mean));
    return Math.max(1, Math.min(Math.floor(this.#target / mean), MAX_BUNDLE, Math.ceil(share)));
  }

  /** Mean run time in milliseconds, as far as it is known. */
  get mean(): number | undefined {
    return this.#mean;
  }
}
