import type { RunOptions } from '../../../src/options/types.ts';
import type { Climate } from '../world/climate.ts';
import type { Dice } from '../world/dice.ts';

/**
 * A few threads that are busy for long, and tasks that vote and may not wait for long; many of their inputs cannot be cloned. A copy fails before it
 * has begun, while the others still wait for a thread.
 */
export function withRefusedInputs(climate: Climate, dice: Dice): Climate {
  if (!dice.chance(0.02)) return climate;
  const queue = dice.pick([20, 50, 100]);
  const vote: RunOptions = {
    redundancy: { replicas: dice.pick([3, 4, 5]), quorum: 3, maxReplicas: 5 },
    hedge: false,
    idempotent: true,
    timeout: { queue },
  };
  return {
    ...climate,
    pool: { ...climate.pool, threads: dice.pick([1, 1, 2, 3]), retry: dice.pick([false, 1]) },
    runs: [undefined, vote],
    rates: { ...climate.rates, uncloneableInput: dice.log(0.1, 0.6) },
    duration: dice.log(5, 100),
    tasks: Math.min(climate.tasks, 2000),
  };
}
