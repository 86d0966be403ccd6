import type { Clock } from '../core/clock.ts';
import type { Attempt } from '../core/task.ts';
import type { PoolThread } from './pool-thread.ts';

/**
 * Run time-outs, at no cost per task: each thread has at most one timer, which looks at the item that is running, and at when
 * it started. Time that an item waited behind others does not count.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #onTimeout: (thread: PoolThread, attempt: Attempt) => void;

  constructor(clock: Clock, onTimeout: (thread: PoolThread, attempt: Attempt) => void) {
    this.#clock = clock;
    this.#onTimeout = onTimeout;
  }

  /** A bundle was sent, whose tightest limit is `limit` milliseconds. */
  watch(thread: PoolThread, limit: number, now: number): void {
    if (now + limit < thread.watchAt) this.#arm(thread, now + limit, limit);
  }

  forget(thread: PoolThread): void {
    this.#clock.clearTimeout(thread.watchTimer);
    thread.watchTimer = undefined;
    thread.watchAt = Number.POSITIVE_INFINITY;
  }

  #arm(thread: PoolThread, at: number, delay: number): void {
    this.#clock.clearTimeout(thread.watchTimer);
    thread.watchAt = at;
    thread.watchTimer = this.#clock.setTimeout(() => this.#look(thread), Math.ceil(delay));
  }

  #look(thread: PoolThread): void {
    thread.watchTimer = undefined;
    thread.watchAt = Number.POSITIVE_INFINITY;
    if (thread.phase !== 'serving') return;
    thread.handle.poll(); // This timer may be late, and the result already here.
    if (thread.phase !== 'serving' || thread.idle) return;
    const now = this.#clock.now();
    const current = thread.current();
    if (current === undefined) {
      this.watch(thread, tightest(thread), now);
      return;
    }
    const limit = current.attempt.task.spec.limits.run;
    const left = thread.handle.itemStartedAt + limit - now;
    if (left <= 0) this.#onTimeout(thread, current.attempt);
    else this.watch(thread, Math.min(left, tightest(thread)), now);
  }
}

function tightest(thread: PoolThread): number {
  let limit = Number.POSITIVE_INFINITY;
  for (const bundle of thread.bundles) for (const attempt of bundle.attempts) limit = Math.min(limit, attempt.task.spec.limits.run);
  return limit;
}
