import type { Clock } from '../clock.ts';

/** Delays between restarts. */
export interface BackoffLimits {
  /** Milliseconds before the second restart; each further one waits twice as long. 0 means no delays at all. */
  minTimeout: number;
  /** Milliseconds of the longest delay. */
  maxTimeout: number;
  /** Milliseconds without a restart after which the next one is a first one again. @default Infinity: never */
  resetAfter?: number;
}

/**
 * Growing delay between restarts: the first is immediate, then `minTimeout`, doubled each time up to `maxTimeout`.
 * A first crash is most often an accident, a row of them is not.
 */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #clock: Clock;
  #restarts = 0;
  #lastAt = 0;

  constructor(limits: BackoffLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Restarts in a row so far. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Counts one restart and says how many milliseconds it has to wait. */
  next(): number {
    const now = this.#clock.now();
    if (this.#restarts > 0 && now - this.#lastAt > (this.#limits.resetAfter ?? Number.POSITIVE_INFINITY)) this.reset();
    const { minTimeout, maxTimeout } = this.#limits;
    const delay = this.#restarts === 0 ? 0 : Math.min(maxTimeout, minTimeout * 2 ** (this.#restarts - 1));
    this.#restarts++;
    this.#lastAt = now + delay;
    return delay;
  }

  /** The next restart is a first one again. */
  reset(): void {
    this.#restarts = 0;
  }
}
