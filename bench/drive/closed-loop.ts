import type { PoolUnderTest } from '../contenders/contender.ts';
import { createDriver, type Load } from './load.ts';
import type { Tally } from './tally.ts';

export type Until = { readonly tasks: number } | { readonly ms: number } | { readonly when: () => boolean };

/** Keeps `inFlight` tasks with the pool: each settlement sends the next, until all were sent or the time is up. */
export async function closedLoop(pool: PoolUnderTest, load: Load, inFlight: number, until: Until): Promise<Tally> {
  const { tally, send, lastSent, check, finish } = createDriver(pool, load);
  let over = false;
  const stop = (): void => {
    over = true;
    lastSent();
    check();
  };
  const timer = 'ms' in until ? setTimeout(stop, until.ms) : undefined;
  const limit = 'tasks' in until ? until.tasks : Number.POSITIVE_INFINITY;
  const enough = 'when' in until ? until.when : () => false;
  const more = (): boolean => !over && tally.accepted < limit && !enough();

  const next = (): void => {
    if (more()) send(settled);
    else if (!over) stop();
  };
  const nextAndCheck = (): void => {
    next();
    check();
  };
  const settled = (ok: boolean): void => {
    if (ok) next();
    // A pool that rejects at once would otherwise keep us in microtasks, where no timer can stop the loop.
    else setImmediate(nextAndCheck);
  };
  const finished = finish(() => !more() && tally.settled === tally.accepted);
  for (let i = 0; i < inFlight && more(); i++) send(settled);
  const result = await finished;
  clearTimeout(timer);
  return result;
}
