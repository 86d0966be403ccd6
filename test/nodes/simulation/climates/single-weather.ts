import type { Random } from '../../../../src/core/random.ts';
import { Dice } from '../../../simulation/world/dice.ts';
import type { Climate, Weather } from '../climate.ts';

/** What alone shows whether a protection holds: beside anything else, a node that is lost would have its excuse. */
const ALONE: readonly Weather[] = ['brokerFreeze', 'brokerFreeze', 'block', 'cutIn', 'delay'];

/** Some seeds have one kind of weather and no other; in some the slots follow the nodes. Drawn from a stream of its own, so that all others stay as they are. */
export function withSingleWeather(climate: Climate, random: Random): Climate {
  const dice = new Dice(random);
  const alone = dice.chance(0.12);
  const follows = dice.chance(0.15) && !climate.votes;
  const weather: Partial<Climate> = alone
    ? { every: { [dice.pick(ALONE)]: dice.log(3_000, 10_000) }, longest: 15_000, frames: {}, tasks: Math.max(climate.tasks, 100) }
    : {};
  const { threads: _, spares, ...pool } = climate.pool;
  return {
    ...climate,
    ...weather,
    ...(follows && { pool: { ...pool, ...(dice.chance(0.5) && { spares: Math.min(spares ?? 0, climate.fleet.length - 1) }) } }),
  };
}
