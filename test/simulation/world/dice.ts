import type { Random } from '../../../src/core/random.ts';

/** Chance, in the forms that a simulation wants it. */
export class Dice {
  readonly next: Random;

  constructor(random: Random) {
    this.next = random;
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)]!;
  }

  /** Evenly over the orders of magnitude. */
  log(from: number, to: number): number {
    return from * (to / from) ** this.next();
  }
}
