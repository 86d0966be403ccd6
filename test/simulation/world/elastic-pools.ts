import type { Dice } from './dice.ts';

/** A pool that has more threads while tasks wait, and fewer while there is nothing to do. */
export interface ElasticPool {
  readonly min: number;
  readonly idleTimeout: number;
  /** Threads that start at the same time. */
  readonly staging: number;
}

/** @param threads the most that the pool may have @returns `undefined`: in this seed their number is fixed, and all start at once */
export function drawElasticPool(dice: Dice, threads: number): ElasticPool | undefined {
  if (!dice.chance(0.3)) return undefined;
  return {
    min: dice.whole(0, threads),
    idleTimeout: dice.pick([0, 1, 20, 100, 1_000, 30_000]),
    staging: dice.pick([1, 2, Number.POSITIVE_INFINITY]),
  };
}
