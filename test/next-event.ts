import type { Pool, PoolEventName, PoolEvents } from '../src/index.ts';

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The next event of this name. An idle pool does not keep the process alive, so a timer has to. */
export async function nextEvent<Name extends PoolEventName>(pool: Pool, name: Name): Promise<PoolEvents[Name]> {
  let seen: PoolEvents[Name] | undefined;
  pool.once(name, (one) => {
    seen = one;
  });
  while (seen === undefined) await turn();
  return seen;
}
