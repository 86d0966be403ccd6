import type { Dice } from '../world/dice.ts';

/**
 * The event loop of one thread stands still for a while, and all others go on, as where the machine gives one thread no processor, or a debugger stops
 * it. What it was to do it does afterwards. That the main loop stands still apart from the threads is a fault of the sky: `block`.
 */
export class Stalls {
  readonly #dice: Dice;
  readonly #rate: number;
  /** Milliseconds that one may last; 0: no stalls in this seed. */
  readonly longest: number;

  constructor(dice: Dice) {
    this.#dice = dice;
    const strikes = dice.chance(0.15);
    this.#rate = strikes ? dice.log(0.0005, 0.02) : 0;
    this.longest = strikes ? dice.log(5, 5_000) : 0;
  }

  /** Milliseconds for which a thread stands still from this event on; mostly none. */
  draw(): number {
    if (this.#rate === 0 || !this.#dice.chance(this.#rate)) return 0;
    return this.longest * this.#dice.next();
  }

  /** Which of these it is. */
  whom<T>(threads: readonly T[]): T {
    return this.#dice.pick(threads);
  }
}
