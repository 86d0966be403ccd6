import pTimeout from 'p-timeout';
import type { Clock, TimeScale } from '../core/clock.ts';

/**
 * Waits for a promise that never rejects, but no longer than `ms` milliseconds; then `late` is the answer. For the life of
 * threads and of the pool, not for tasks: p-timeout makes an Error with its stack on every call.
 */
export function within<T, L>(promise: Promise<T>, ms: number, late: L, clock: Clock, scale: TimeScale = 'lived'): Promise<T | L> {
  if (ms === 0) return Promise.resolve(late);
  return pTimeout(promise, {
    milliseconds: ms,
    fallback: () => late,
    customTimers: {
      setTimeout: ((fn: () => void, delay: number) => clock.setTimeout(fn, delay, scale)) as typeof setTimeout,
      clearTimeout: ((timer: never) => clock.clearTimeout(timer)) as typeof clearTimeout,
    },
  });
}
