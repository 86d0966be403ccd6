import type { Dice } from '../world/dice.ts';

/** People and servers set the wall clock, ahead and back: each look at it finds it somewhere else, by up to this many milliseconds. */
const FAR = 3 * 365 * 86_400_000;

/** By how much the wall clock is wrong now. Nothing that happens may depend on it. */
export function wallSteps(dice: Dice, steady: boolean): () => number {
  if (steady || !dice.chance(0.5)) return () => 0;
  return () => Math.round(FAR * (2 * dice.next() - 1));
}
