import type { Dice } from '../world/dice.ts';

/** What comes of a teardown. `blocks`: its loop never turns again. */
export type TeardownFate = 'done' | 'throws' | 'exits' | 'hangs' | 'blocks';

/** Task modules that want something done before their thread ends, and do it well or badly. */
export class Teardowns {
  readonly #dice: Dice;
  /** Share of threads whose module has a teardown, and of teardowns that fail. */
  readonly #share: number;
  readonly #failing: number;
  readonly #duration: number;

  constructor(dice: Dice) {
    this.#dice = dice;
    const strikes = dice.chance(0.25);
    this.#share = strikes ? dice.pick([0.5, 1]) : 0;
    this.#failing = strikes ? dice.pick([0, 0.1, 0.5]) : 0;
    this.#duration = strikes ? dice.log(0.01, 300) : 0;
  }

  /** Whether the module of a thread that starts has one. */
  has(): boolean {
    return this.#share > 0 && this.#dice.chance(this.#share);
  }

  draw(): { readonly fate: TeardownFate; readonly ms: number } {
    const fate = this.#dice.chance(this.#failing) ? this.#dice.pick(['throws', 'exits', 'hangs', 'blocks'] as const) : 'done';
    return { fate, ms: this.#duration * this.#dice.next() };
  }
}
