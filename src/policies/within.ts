import pTimeout from 'p-timeout';
import type { Clock } from '../core/clock.ts';

/**
 * Waits for a promise that never rejects, but no longer than `ms` milliseconds; then `late` is the answer. For the life of
 * threads and of the pool, not for tasks: p-timeout makes an Error with its stack on every call.
 */
export function within<T, L>(promise: Promise<T>, ms: number, late: L, clock: Clock): Promise<T | L> {
  if (ms === 0) return Promise.resolve(late);
  return pTimeout(promise, {
    milliseconds: ms,
    fallback: () => late,
    customTimers: {
      setTimeout: ((fn: () => void, delay: number) => clock.setTimeout(fn, delay)) as typeof setTimeout,
      clearTimeout: ((timer: never) => clock.clearTimeout(timer)) as typeof clearTimeout,
    },
  });
}
