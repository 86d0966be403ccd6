import type { Dice } from '../world/dice.ts';

/**
 * Callers that never pause: each has its next task ready as soon as one has settled, so the pool is never idle. Their number is half of what the
 * threads can do, all of it, or twice as much. 0: not in this seed.
 */
export function drawClosedLoops(dice: Dice, threads: number): number {
  if (!dice.chance(0.3)) return 0;
  return Math.max(1, Math.round(threads * dice.pick([0.5, 1, 2, 2, 4])));
}
