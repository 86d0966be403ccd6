import type { Dice } from '../world/dice.ts';

/** Inputs that can be sent, and that no thread can read: nested too deeply for its stack, or of a kind that cannot reach its process. */
export class UnreadInputs {
  readonly #dice: Dice;
  readonly #share: number;

  constructor(dice: Dice) {
    this.#dice = dice;
    this.#share = dice.chance(0.05) ? dice.log(0.001, 0.2) : 0;
  }

  /** Whether the next task has one. */
  strikes(): boolean {
    return this.#share > 0 && this.#dice.chance(this.#share);
  }
}
