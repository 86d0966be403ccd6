import { seeded } from '../../src/core/random.ts';
import type { PoolUnderTest } from '../contenders/contender.ts';
import { createDriver, type Load } from './load.ts';
import type { Tally } from './tally.ts';

/** Arrival times in milliseconds of a Poisson process of the given rate: the same for everyone with the same seed. */
export function arrivals(seed: number, perSecond: number, tasks: number): number[] {
  const random = seeded(seed);
  let at = 0;
  return Array.from({ length: tasks }, () => {
    at += (-Math.log(1 - random()) * 1000) / perSecond;
    return at;
  });
}

/** Sends each task at its own time, whatever the pool does: waiting is not hidden by sending later. */
export async function openLoop(pool: PoolUnderTest, load: Load, times: readonly number[]): Promise<Tally> {
  const { tally, send, finish } = createDriver(pool, load);
  const began = performance.now();
  const finished = finish(() => tally.settled === times.length);
  const sendDue = (): void => {
    const now = performance.now() - began;
    while (tally.accepted < times.length && times[tally.accepted]! <= now) send(() => {});
    if (tally.accepted < times.length) setTimeout(sendDue, Math.max(0, times[tally.accepted]! - now));
  };
  sendDue();
  return finished;
}
