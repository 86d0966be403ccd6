import { type Clock, MAX_DELAY, type Timer } from '../core/clock.ts';
import { TimerHeap, type VirtualTimer } from './timer-heap.ts';

export interface VirtualClockOptions {
  /** Milliseconds that `now()` returns at first. @default 0 */
  now?: number;
  /** What `wall()` answers at first, in milliseconds since 1970. @default 0 */
  wall?: number;
}

/**
 * A clock that stands still until it is moved, for tests and for the simulation. Timers fire in the order of
 * (time, insertion). While one fires, `now()` is the time it was due at. Between two timers everything that promises
 * have to do is done, as in Node's own loop.
 */
export class VirtualClock implements Clock {
  readonly #timers: TimerHeap = new TimerHeap();
  readonly #wallAtZero: number;
  #now: number;

  constructor(options: VirtualClockOptions = {}) {
    this.#now = options.now ?? 0;
    this.#wallAtZero = (options.wall ?? 0) - this.#now;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#wallAtZero + this.#now;
  }

  machine(): number {
    return this.#now;
  }

  fromMachine(ms: number): number {
    return ms;
  }

  /** A delay below 0, or one that is not a number, counts as 0; one that Node's timers would not keep as their longest. */
  setTimeout(fn: () => void, ms: number): Timer {
    const delay = ms > 0 ? Math.min(ms, MAX_DELAY) : 0;
    return this.#timers.push(this.#now + delay, fn);
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer !== undefined) this.#timers.cancel(timer as VirtualTimer);
  }

  /** How many timers wait to fire. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due, on the scale of `now()`; `undefined` if none waits. */
  get nextAt(): number | undefined {
    return this.#timers.peek()?.at;
  }

  /**
   * Fires the next timer if it is due by `until`, synchronously, and moves `now()` to its time. Promises get their turn
   * only when the caller yields: a simulation drives the clock with this.
   *
   * @returns whether a timer fired
   */
  step(until: number = Number.POSITIVE_INFINITY): boolean {
    const timer = this.#timers.peek();
    if (timer === undefined || timer.at > until) return false;
    this.#timers.pop();
    this.#now = Math.max(this.#now, timer.at);
    timer.fire();
    return true;
  }

  /** Moves time on by `ms` and fires what falls due on the way. What a timer throws rejects this promise. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    while (this.step(until)) await settle();
    this.#now = until;
  }

  /**
   * Fires timers until none waits.
   *
   * @param limit after that many it gives up with a `RangeError`: something re-arms itself forever. Default 1,000,000.
   * @returns how many fired
   */
  async runUntilIdle(limit = 1_000_000): Promise<number> {
    await settle();
    for (let fired = 0; fired < limit; fired++) {
      if (!this.step()) return fired;
      await settle();
    }
    throw new RangeError(
      `Expected the clock to run idle within ${limit} timers, got ${this.pending} still waiting. Does a timer re-arm itself forever?`,
    );
  }
}

/** Lets promises do all they have to do: Node empties its microtask queue before it goes on to the next immediate. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
