import type { Clock } from '../../core/clock.ts';

/** The limit doubles while as many lines as it allows are done within this many milliseconds, … */
const FAST = 250;
/** … and halves when they take longer than this. */
const SLOW = 1_000;

/**
 * How many lines may be on their way at once. About as many as are done in half a second: enough to keep every thread
 * busy, and few enough that an interrupted job drains soon and a killed one has little to do again. Never fewer than
 * one a thread and one that waits.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #least: number;
  readonly #most: number;
  #limit: number;
  #counted = 0;
  #since: number;

  constructor(clock: Clock, threads: number) {
    this.#clock = clock;
    this.#least = threads + 1;
    this.#most = 1_024 * threads;
    this.#limit = 4 * threads;
    this.#since = clock.now();
  }

  /** What the limit never goes beyond. */
  get most(): number {
    return this.#most;
  }

  get limit(): number {
    return this.#limit;
  }

  /** A line is done. */
  settled(): void {
    if (++this.#counted < this.#limit) return;
    const now = this.#clock.now();
    const took = now - this.#since;
    if (took < FAST) this.#limit = Math.min(this.#most, this.#limit * 2);
    else if (took > SLOW) this.#limit = Math.max(this.#least, this.#limit >> 1);
    this.#counted = 0;
    this.#since = now;
  }
}
