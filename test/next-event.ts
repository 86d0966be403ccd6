import type { Pool, PoolEventName, PoolEvents } from '../src/index.ts';

/** A moment for the threads: whoever asks again at once takes the core from those for which it waits. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** The next event of this name. An idle pool does not keep the process alive, so a timer has to. */
export function nextEvent<Name extends PoolEventName>(pool: Pool, name: Name): Promise<PoolEvents[Name]> {
  const alive = setInterval(() => {}, 60_000);
  return new Promise((resolve) => {
    pool.once(name, (one) => {
      clearInterval(alive);
      resolve(one);
    });
  });
}
