import { settlePromises } from './process-globals.ts';
import type { Timeline } from './timeline.ts';

/** The event loop of a simulated thread: callbacks wait as long as code of a task keeps it busy. */
export class Loop {
  /** The loop whose code runs now; `undefined` while it is the manager's turn. */
  static current: Loop | undefined;
  readonly #timeline: Timeline;
  readonly #held: (() => void)[] = [];
  /** `busy`: synchronous code is on the stack. `frozen`: a native call is, that nothing ends. `gone`: the thread is dead. */
  state: 'free' | 'busy' | 'frozen' | 'gone' = 'free';
  /** Until then, on the threads' own clock, nothing is done here that would be done otherwise. */
  #standsUntil = Number.NEGATIVE_INFINITY;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Runs `fn` as a callback of the loop, `delay` from now or when the loop is free. */
  later(fn: () => void, delay: number): void {
    this.#timeline.inside(() => this.#turn(fn), delay);
  }

  /** Synchronous code takes so long; then `fn`, still on its stack. */
  busy(ms: number, fn: () => void): void {
    this.block();
    this.unblock(fn, ms);
  }

  /** Synchronous code takes forever, or until `unblock`. */
  block(): void {
    if (this.state === 'free') this.state = 'busy';
  }

  unblock(fn: () => void, delay: number): void {
    this.#timeline.inside(() => this.#released(fn), delay);
  }

  /** Nothing runs here any more, but the thread is not dead. */
  freeze(): void {
    if (this.state !== 'gone') this.state = 'frozen';
  }

  /** Nothing runs here for this time, whatever is due. */
  stand(ms: number): void {
    this.#standsUntil = Math.max(this.#standsUntil, this.#timeline.insideNow + ms);
  }

  /** Milliseconds for which it still stands still. What is left by rounding is nothing. */
  get stands(): number {
    const left = this.#standsUntil - this.#timeline.insideNow;
    return left > 1e-3 ? left : 0;
  }

  end(): void {
    this.state = 'gone';
    this.#held.length = 0;
  }

  #turn(fn: () => void): void {
    if (this.stands > 0) {
      this.#timeline.inside(() => this.#turn(fn), this.stands);
      return;
    }
    if (this.state === 'busy') this.#held.push(fn);
    if (this.state !== 'free') return;
    Loop.current = this;
    fn();
  }

  #released(fn: () => void): void {
    if (this.stands > 0) {
      this.#timeline.inside(() => this.#released(fn), this.stands);
      return;
    }
    if (this.state !== 'busy') return;
    this.state = 'free';
    Loop.current = this;
    fn();
    settlePromises();
    while (this.state === 'free' && this.#held.length > 0) {
      this.#held.shift()!();
      settlePromises();
    }
  }
}
